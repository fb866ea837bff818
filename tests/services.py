"""PostgreSQL and Redis, where this machine has them; what the tests do there is in databases of their own."""

import os
import random
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis

LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/intercoder"
LOCAL_REDIS = "redis://127.0.0.1:6379"


def postgres_url(database: str) -> str | None:
    """The address of a database of this name on the server at TEST_DATABASE_URL, else on the local one.
    None when no server answers."""
    server = os.environ.get("TEST_POSTGRES_URL") or os.environ.get("TEST_DATABASE_URL") or LOCAL_POSTGRES
    if not answers(named(server, "postgres")):
        return None
    return named(server, database)


def named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def answers(url: str) -> bool:
    try:
        psycopg2.connect(url, connect_timeout=3).close()
    except psycopg2.OperationalError:
        return False
    return True


def redis_url() -> str | None:
    """The address of an empty Redis database, so that two runs at once do not read each other's messages."""
    server = os.environ.get("TEST_REDIS_URL") or LOCAL_REDIS
    for number in random.sample(range(1, 16), 15):
        url = f"{server.rstrip('/')}/{number}"
        try:
            with redis.Redis.from_url(url, socket_connect_timeout=3) as client:
                if client.dbsize() == 0:
                    return url
        except redis.RedisError:
            return None
    return None
