"""Makes `.venv` and installs the locked packages: `python3 -m config.environment requirements.lock`.

Runs before anything is installed, so it uses the standard library alone.
"""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {  # which locks are met once this one is installed, and the room it needs
    "requirements.lock": (["requirements.lock"], 700),
    "requirements-dev.lock": (["requirements.lock", "requirements-dev.lock"], 1500),
}


class Missing(Exception):
    """Something of the machine is not there; the sentence says how to get it."""


def main(lock: str, root: Path = ROOT) -> int:
    try:
        make(root, lock)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


def make(root: Path, lock: str) -> None:
    """Bring `.venv` to what the lock names. A copy of the lock beside it tells that this has been done."""
    met, megabytes = LOCKS[lock]
    folder = root / ".venv"
    if is_usable(folder) and (folder / lock).exists() and same(folder / lock, root / lock):
        return
    check_can_make(root, megabytes)
    if not is_usable(folder):
        print("Making the environment in .venv ...", flush=True)
        run([sys.executable, "-m", "venv", "--clear", str(folder)], "The environment in .venv could not be made.")
    install(root, lock)
    for name in met:
        shutil.copyfile(root / name, folder / name)


def same(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()


def is_usable(folder: Path) -> bool:
    """An environment whose Python is gone (an upgrade of the system) or has no pip is made anew."""
    try:
        asked = subprocess.run([folder / "bin/python", "-m", "pip", "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return asked.returncode == 0


def check_can_make(root: Path, megabytes: int) -> None:
    if not (is_there("venv") and is_there("ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Missing(f"Python's venv module is missing. Install it: apt-get install python{version}-venv")
    if shutil.disk_usage(root).free < megabytes * 10**6:
        raise Missing(f"The packages need {megabytes} MB in {root}, and there is less. Make room, then start again.")


def is_there(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def install(root: Path, lock: str) -> None:
    """What the lock names and nothing else: it is complete, and pip trips over extras with a newer version about."""
    packages = sum("==" in line for line in (root / lock).read_text().splitlines())
    print(f"Installing {packages} packages, once. This takes about a minute ...", flush=True)
    pip = [str(root / ".venv/bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run(
        [*pip, "install", "--no-deps", "--require-hashes", "--requirement", str(root / lock)],
        "The packages could not be installed; the lines above say why. Is the network there? Then start again.",
    )


def run(command: list[str], sentence: str) -> None:
    if subprocess.run(command, check=False).returncode:
        raise Missing(sentence)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
