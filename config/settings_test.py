"""Settings of the tests: fast hashes, plain static files, a data folder that is thrown away, no network waits."""

import os
import tempfile

os.environ["INTERCODER_DATA"] = tempfile.mkdtemp(prefix="intercoder-test-")
os.environ["SECRET_KEY"] = "only for tests"  # noqa: S105 (not a secret)
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
os.environ.pop("REDIS_URL", None)
os.environ.pop("GITHUB_TOKEN", None)

from config.settings import *  # noqa: F403 (the environment must be set before the settings are read)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
GITHUB_SECONDS_BETWEEN_REQUESTS = 0
GITHUB_RETRY_SECONDS = [0.0, 0.0, 0.0]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in real use: the browser tests' server writes from several threads, which a database in memory cannot.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}  # noqa: F405
