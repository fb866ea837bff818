"""A small GitHub: repositories whose issues live on, answers as GitHub describes them itself, and scripted faults."""

from tests.fakes.github import faults
from tests.fakes.github.answers import FakeGitHub
from tests.fakes.github.transport import in_process, served

__all__ = ["FakeGitHub", "faults", "in_process", "served"]
