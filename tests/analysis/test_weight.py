"""The web process stays light: what only jobs need is not loaded with the addresses."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("scipy", "pandas", "statsmodels", "vl_convert", "github")
CODE = """
import sys, django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print(*sorted(name for name in {heavy} if name in sys.modules))
"""


def test_no_heavy_library_is_loaded_with_the_addresses(tmp_path):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "INTERCODER_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(heavy=HEAVY)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == []
