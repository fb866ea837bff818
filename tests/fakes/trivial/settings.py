"""The real settings, with the trivial work added."""

from config.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.fakes.trivial"]  # noqa: F405
