"""The work itself, as RQ calls it."""

import subprocess


def run_true() -> int:
    """Run ``true`` and return its exit status."""
    return subprocess.run(["true"]).returncode
