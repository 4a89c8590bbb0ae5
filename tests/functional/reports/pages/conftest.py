"""Sample reports, and a browser to look at their pages."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from turbo_hipster import model
from turbo_hipster.reports import document
from turbo_hipster.reports.page import Page

STARTED = 1385156565.908
CHANGE = model.Change(
    project="openstack/nova",
    branch="master",
    ref="refs/zuul/master/Z2f1d5e9c3b8a4d1e9f0a7b6c5d4e3f2a",
    commit="8f6b1f0c4c55f0f2f8d5f7a1f4f2d8f7c7d6e5a4",
    number="61753,4",
    pipeline="check",
    url="http://zuul.example.org/p",
)
WORKER = {
    "hostname": "th01.example.org",
    "version": "1.0.0",
    "kill": "cgroup",
    "engines": ["mariadb 10.11", "postgresql 15"],
}
V = model.Verdict
S = model.Severity


def stamped(lines: list[str], tag: str = "output") -> str:
    return "".join(
        f"2013-11-22 21:{42 + n // 60:02d}:{n % 60:02d},{n * 37 % 1000:03d} "
        f"[{tag}] {line}\n"
        for n, line in enumerate(lines)
    )


def steps(*rows: tuple[str, float, model.Verdict]) -> tuple[model.Step, ...]:
    made, at = [], STARTED
    for name, seconds, verdict in rows:
        made.append(model.Step(name, at, seconds, verdict))
        at += seconds
    return tuple(made)


def report(verdict: model.Verdict, *sentences: str, **more) -> model.Report:
    base = model.Report(
        job="real-db-upgrade_nova",
        build="b-20131122-214245-7f3a",
        change=CHANGE,
        verdict=verdict,
        sentences=sentences,
        started=STARTED,
        seconds=131.4,
        worker=WORKER,
    )
    return dataclasses.replace(base, **more)


def success(folder: Path) -> model.Report:
    (folder / "task_output.log").write_text(
        stamped(["step 1 of 2: set up", "step 2 of 2: run"], "task")
    )
    (folder / "shell_output.log").write_text(
        stamped(["collected 214 items", *["." * 60] * 4, "214 passed"])
    )
    files = folder / "files"
    files.mkdir()
    (files / "coverage report.html").write_text("<h1>coverage</h1>")
    return report(
        V.SUCCESS,
        "214 tests passed.",
        job="unit",
        seconds=42.7,
        steps=steps(("set up", 3.2, V.SUCCESS), ("run", 39.5, V.SUCCESS)),
        artefacts=(
            model.Artefact("files/coverage report.html", "Coverage", 17),
        ),
    )


def failure(folder: Path) -> model.Report:
    (folder / "git_prep.log").write_text(
        stamped(["From http://zuul.example.org/p/openstack/nova"], "git")
    )
    (folder / "shell_output.log").write_text(
        stamped(
            [
                "0 errors so far, reading error.py",
                *[f"{n} -> {n + 1}... done" for n in range(133, 151)],
                "\x1b[1m151 -> 152...\x1b[0m",
                "Traceback (most recent call last):",
                '  File "nova/db/migration.py", line 41, in upgrade',
                "    instances.c.uuid.alter(nullable=False)",
                "sqlalchemy.exc.OperationalError: (1205, 'Lock wait timeout')",
            ]
        )
        + "2013-11-22 21:43:13,100 [heartbeat] silent for 30 s\n"
        + "2013-11-22 21:43:14,000 [script exit code = 1]\n"
    )
    return document.read(Path(__file__).with_name("failure.json"))


def migrations(folder: Path) -> model.Report:
    (folder / "shell_output.log").write_text(
        stamped([f"{n} -> {n + 1}... done" for n in range(133, 153)])
    )
    rows, points, other = [], [], []
    for n in range(20):
        seconds = round(0.4 + (n * 7919 % 97) / 11 + (n == 18) * 31, 3)
        points.append((f"{133 + n}->{134 + n}", seconds))
        other.append((f"{133 + n}->{134 + n}", seconds * 0.6))
        rows.append(
            {
                "engine": "mariadb" if n % 2 else "postgresql",
                "dataset": "nova_user_001",
                "revision": str(134 + n),
                "from": [str(133 + n)],
                "direction": "up",
                "seconds": seconds,
                "rows_changed": n * 13_337,
                "rows_read": n * 44_123,
                "state": "slow" if n == 18 else "done",
            }
        )
    return report(
        V.SUCCESS,
        "20 migrations ran on 2 engines; the slowest took 32.1 s.",
        steps=steps(
            ("restore", 12.0, V.SUCCESS), ("upgrade", 119.4, V.SUCCESS)
        ),
        tables=(model.Table("migrations", tuple(rows), "Migrations"),),
        charts=(
            model.Chart(
                "seconds",
                "bar",
                "s",
                (
                    model.Series("mariadb", tuple(points)),
                    model.Series("postgresql", tuple(other)),
                ),
                "Time of each migration",
            ),
            model.Chart(
                "stall",
                "line",
                "ms",
                tuple(
                    model.Series(
                        name,
                        tuple(
                            (t, None if t == 40 else (t * k % 61) + k * 9)
                            for t in range(0, 120, 4)
                        ),
                    )
                    for name, k in (("reads", 3), ("writes", 11))
                ),
                "Latency of clients while migrating",
            ),
        ),
    )


def error(folder: Path) -> model.Report:
    (folder / "git_prep.log").write_text(
        stamped(
            [
                "Cloning into 'nova'...",
                "fatal: unable to access 'http://zuul.example.org/p/': "
                "Could not resolve host",
            ],
            "git",
        )
    )
    (folder / "task_output.log").write_text(
        stamped(["fetching refs/zuul/master/Z2f1d"], "task")
    )
    return report(
        V.ERROR,
        "LOST: the worker went away while this build ran; what it had "
        "written until then is shown.",
        steps=steps(("checkout", 30.0, V.ERROR)),
        not_checked=(model.NotChecked("Everything", "The build was lost."),),
    )


def huge(folder: Path) -> model.Report:
    with (folder / "shell_output.log").open("wb") as log:
        line = b"2013-11-22 21:42:45,908 [output] all is quiet %09d\n"
        for start in range(0, 400_000, 10_000):
            log.write(b"".join(line % n for n in range(start, start + 10_000)))
            if start == 200_000:
                log.write(b"2013-11-22 21:50:00,001 [output] fatal: disk\n")
    return report(V.TIMED_OUT, "The build was stopped after 3600 s.")


HOSTILE = (
    "<script>alert(1)</script>\"'&`|</div>{{ 7*7 }}\u202egnp.exe\x00\x1b[31m"
)


def hostile(folder: Path) -> model.Report:
    (folder / "shell_output.log").write_bytes(
        HOSTILE.encode()
        + b"\n\xff\xfe invalid \xc3(\n"
        + b"\x1b]0;title\x07\x1b[1;31mred\x1b[0m plain\r\n"
        + b"y" * 90_000
        + b"\n</pre></script><img src=x onerror=alert(2)>\n"
        + "مرحبا\n".encode()
        + b"]]>--><!-- error: boom\nno new line at the end"
    )
    (folder / "javascript:alert(1).log").write_text("x")
    files = folder / "files"
    files.mkdir()
    (files / "a\"><img src=x>'.txt").write_text("x")
    (files / "javascript:alert(1)").write_text("x")
    bad = HOSTILE
    return report(
        V.FAILURE,
        bad * 3,
        bad,
        job=bad,
        build=bad,
        change=model.Change(
            bad, bad, bad, bad, bad, bad, "javascript:alert(1)"
        ),
        worker={bad: bad, "hostname": bad},
        steps=steps((bad, 1.0, V.FAILURE)),
        findings=(
            model.Finding(
                bad, S.FAIL, bad, {bad: bad}, bad, bad, bad, bad
            ),
            model.Finding(bad, S.WARN, bad, accepted=bad),
            model.Finding(bad, S.NOTE, "a" * 400, proposed=bad),
        ),
        not_checked=(model.NotChecked(bad, bad),),
        tables=(model.Table(bad, ({bad: bad, "x": [bad, {bad: bad}]},), bad),),
        charts=(
            model.Chart(
                bad, "line", bad,
                (model.Series(bad, ((bad, 1.0), (bad, float("nan")))),), bad,
            ),
        ),
        artefacts=(
            model.Artefact("../../etc/passwd", bad, 3),
            model.Artefact("//evil.example/x", "", 3),
            model.Artefact("javascript:alert(1)", bad, 3),
            model.Artefact(bad, "", 3),
        ),
    )  # fmt: skip


SAMPLES = {
    make.__name__: make
    for make in (success, failure, migrations, error, huge, hostile)
}


def written(name: str, folder: Path) -> Path:
    """Write the page of a sample; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    page.write_text(
        "".join(Page().render(SAMPLES[name](folder), folder)), "utf-8"
    )
    return page


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    """The pages of all samples, by name."""
    return {
        name: written(name, tmp_path_factory.mktemp(name)) for name in SAMPLES
    }
