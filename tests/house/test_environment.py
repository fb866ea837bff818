"""The environment is made once, again when the lock changes, and refuses in one sentence."""

import os
import shutil
import subprocess
import sys

import pytest

from config import environment
from tests.house import ROOT

pytestmark = pytest.mark.process
LAUNCH = 'import sys; print("launched", sys.argv[1:], sys.prefix)'

MAKE = "sys.exit(main('requirements.lock'))"


@pytest.fixture
def clone(tmp_path):
    """The start of a project without packages: what is asked of pip is to install nothing."""
    project = tmp_path / "a clone"
    (project / "config").mkdir(parents=True)
    for name in ("start", "config/python.sh", "config/environment.py", "config/__init__.py"):
        shutil.copy(ROOT / name, project / name)
    (project / "config/launch.py").write_text(LAUNCH)
    (project / "requirements.lock").write_text("# nothing\n")
    return project


def start(project, *options, **settings):
    command = [project / "start", *options]
    env = {**os.environ, "PIP_NO_INDEX": "1", **settings}
    return subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, check=False)


def test_start_makes_the_environment_and_hands_over(clone):
    done = start(clone, "--port", "8765")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == f"launched ['--port', '8765'] {clone}/.venv"
    assert (clone / ".venv/requirements.lock").read_text() == "# nothing\n"


def test_pip_is_asked_again_only_when_the_lock_has_changed(clone):
    start(clone)
    assert start(clone).stdout.splitlines() == [f"launched [] {clone}/.venv"]
    (clone / "requirements.lock").write_text("# still nothing\n")
    again = start(clone).stdout.splitlines()
    assert again[0] == "Installing 0 packages, once. This takes about a minute ..."
    assert (clone / ".venv/requirements.lock").read_text() == "# still nothing\n"


def test_an_environment_whose_python_is_gone_is_made_anew(clone):
    start(clone)
    (clone / ".venv/bin/python").unlink()
    assert start(clone).stdout.splitlines()[0] == "Making the environment in .venv ..."


def test_packages_without_hashes_are_refused_and_asked_for_again(clone):
    (clone / "requirements.lock").write_text("six==1.17.0\n")
    for _ in range(2):
        done = start(clone)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("The packages could not be installed; the lines above say why.")
    assert not (clone / ".venv/requirements.lock").exists()


def test_a_python_without_venv_is_told_what_to_install(clone):
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    code = f"import sys; sys.modules['ensurepip'] = None; from config.environment import main; {MAKE}"
    done = subprocess.run([sys.executable, "-c", code], cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Python's venv module is missing. Install it: apt-get install python{version}-venv\n"


def test_no_python_that_is_new_enough(clone, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("dirname", "sh"):
        (tools / tool).symlink_to(shutil.which(tool))
    done = start(clone, PATH=str(tools))
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Intercoder needs Python 3.11 or newer, and none was found. Install it: apt-get install"
    )


def test_help_needs_no_environment(clone):
    shutil.copy(ROOT / "config/launch.py", clone / "config/launch.py")
    for name in ("ask_health", "children", "fingerprint", "terminal"):
        shutil.copy(ROOT / f"config/{name}.py", clone / "config")
    done = start(clone, "--help")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "usage: ./start [-h] [--port N] [--demo]")
    assert not (clone / ".venv").exists()


def test_a_disk_without_room(clone, monkeypatch):
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 10**8})())
    with pytest.raises(environment.Missing, match=r"The packages need 700 MB in .*, and there is less\."):
        environment.make(clone, "requirements.lock")
