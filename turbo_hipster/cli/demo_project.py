"""The project of the demo: a shop with a test suite, and two changes to it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SHOP = '''"""Prices are in cents; a basket is a list of them."""


def total(basket, discount=0):
    """Return the sum, less a discount in per cent, in whole cents."""
    return round(sum(basket) * (100 - discount) / 100)
'''

TESTS = """import unittest

from shop import total


class TotalTest(unittest.TestCase):
    def test_an_empty_basket_costs_nothing(self):
        self.assertEqual(total([]), 0)

    def test_prices_add_up(self):
        self.assertEqual(total([250, 199]), 449)

    def test_a_discount_is_taken_off(self):
        self.assertEqual(total([1000], discount=15), 850)


if __name__ == "__main__":
    unittest.main()
"""

GOOD = (
    "Take nothing off a basket that is too small",
    SHOP.replace(
        "    return round",
        "    if sum(basket) < 500:\n        discount = 0\n    return round",
    ),
)
BAD = (
    "Simplify the discount",
    SHOP.replace("(100 - discount) / 100", "(1 - discount)"),
)

CHANGES = {"1,1": GOOD, "2,1": BAD}
"""Subject and new ``shop.py`` of each change, by review and patch set."""

JOB = """\
[DEFAULT]
enabled_jobs = unit
state_dir = {state}
worker_name = demo
slots = 2

[gearman]
servers = {server}

[git]
origin = {origin}

[publish:local]
path = {reports}

[job:unit]
plugin = shell_script
command = {python} -m unittest --verbose
timeout = 60
"""


def create(folder: Path) -> None:
    """Make the repository ``folder/shop`` with its two changes."""
    project = folder / "shop"
    project.mkdir()
    _git(project, "init", "--quiet", "--initial-branch=main")
    (project / "shop.py").write_text(SHOP)
    (project / "test_shop.py").write_text(TESTS)
    _git(project, "add", ".")
    _git(project, "commit", "--quiet", "--message=A shop that adds up")
    for number, (subject, text) in CHANGES.items():
        _git(project, "checkout", "--quiet", "--detach", "main")
        (project / "shop.py").write_text(text)
        _git(project, "commit", "--quiet", "--all", f"--message={subject}")
        _git(project, "update-ref", ref(number), "HEAD")
    _git(project, "checkout", "--quiet", "main")


def ref(number: str) -> str:
    """Return the ref that a change is fetched by."""
    return f"refs/changes/{number.replace(',', '/')}"


def _git(project: Path, *arguments: str) -> None:
    author = {"NAME": "Demo", "EMAIL": "demo@example.org"}
    environment = {
        **os.environ,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_AUTHOR_{key}": value for key, value in author.items()},
        **{f"GIT_COMMITTER_{key}": value for key, value in author.items()},
    }
    subprocess.run(
        ["git", *arguments], cwd=project, check=True, env=environment
    )
