"""The bundled shop shows what it promises."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


def test_the_migration_that_is_bad_is_pointed_at_and_no_other(tmp_path):
    # given a folder for everything that the demo makes
    folder = tmp_path / "tmp"
    folder.mkdir()

    # when it runs, with fewer rows than it has for people
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "turbo_hipster", "real-data", "demo"),
            *("--rows", "300000", "--reports", str(tmp_path / "reports")),
        ],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    # then it says what is wrong with one migration
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "production/sqlite: 0004->0005 " in ended.stdout
    assert f"report: {tmp_path}/reports/real-data/index.html" in ended.stdout
    report = json.loads(
        Path(tmp_path, "reports/real-data/report.json").read_text()
    )
    failing = [
        one["where"]["revision"]
        for one in report["findings"]
        if one["severity"] == "fail"
    ]
    assert set(failing) == {"0005"}

    # and leaves nothing else behind
    assert list(folder.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["tmp", "reports"]


def test_too_few_rows_are_refused(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "turbo_hipster", "real-data", "demo",
         "--rows", "10"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "--rows is 10" in ended.stderr
    assert list(tmp_path.iterdir()) == []
