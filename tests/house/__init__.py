"""Tests of what stands around the application: commands, locks, containers. They start the real processes."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
