"""The tests cannot reach the network."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("8.8.8.8", 53)])
def test_a_connection_to_another_machine_is_blocked(address):
    with socket.socket() as client, pytest.raises(SocketConnectBlockedError):
        client.connect(address)


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_name_of_another_machine_is_blocked():
    with pytest.raises((SocketConnectBlockedError, socket.gaierror)):
        socket.create_connection(("api.github.com", 443))


def test_a_connection_on_this_machine_is_allowed():
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
        assert client.getpeername() == server.getsockname()
