"""Whatever a migration does wrong, it is told, and the house stays clean."""

import os
import re
import socket
from pathlib import Path

import pytest

from theatre.disks import small_disk_fixture
from turbo_hipster_databases.exceptions import DiskFull

__all__ = ["small_disk_fixture"]

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

OPEN = """
other = sa.create_engine(op.get_bind().engine.url).connect()
other.execute(sa.text("SELECT * FROM people")).all()
import builtins
builtins.kept = other
"""

STEPS = {
    "prompts": ("input('Sure? ')", "asked a question, and nobody"),
    "hangs": ("time.sleep(600)", "did not end within 15.. s"),
    "exits": ("raise SystemExit('enough')", "it called sys.exit('enough')"),
    "ends the process": ("import os; os._exit(3)", "ended (exit status 3)"),
    "segfaults": (
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "the process ended (signal 11)",
    ),
    "kills itself": (
        "import os; op.execute('CREATE TABLE x (id INTEGER)'); "
        "os.kill(os.getpid(), 9)",
        "it killed its own process: os.kill",
    ),
    "kills its group": (
        "import os; os.killpg(0, 9)",
        "it killed its own process: os.killpg",
    ),
    "is killed by a child": (
        "import os; os.system('kill -9 $PPID')",
        "killed again when it was tried a second time",
    ),
    "leaves a transaction open": (OPEN, "it left a transaction open"),
    "is no Python": ("raise KeyError('missing')", "KeyError: 'missing'"),
    "is no SQL": ("op.execute('INSERT INTO nowhere')", "incomplete input"),
    "loses its table": ("op.drop_table('nowhere')", "no such table"),
}


def stray(state_dir):
    """Yield what is left of builds: processes, mounts, halves and nooks."""
    home = state_dir.with_name("databases")
    for folder in Path("/proc").iterdir():
        try:
            told = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        # other test processes have builds of their own
        if str(home) in told and folder.name != str(os.getpid()):
            yield told.replace("\0", " ")
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        if str(home) in line:
            yield line
    for pattern in (".making-*", ".trial-*", ".locks/*"):
        yield from home.glob(f"snapshots/{pattern}")
    yield from home.glob("nooks/*")


@pytest.fixture(autouse=True)
def _clean(state_dir, tmp_path, monkeypatch):
    """Nothing of a build is left, in its folders or anywhere else."""
    place = tmp_path / "builds"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    yield
    assert list(place.iterdir()) == []
    assert list(stray(state_dir)) == []


@pytest.mark.parametrize("fault", STEPS)
def test_a_step_that_does_wrong_is_the_changes_fault(change, step, fault):
    does, says = STEPS[fault]

    outcome = change.judge(
        step("two", "one", does),
        step_timeout="15" if fault == "hangs" else "120",
    )

    assert outcome.verdict.value == "FAILURE"
    (finding,) = outcome.findings
    assert (finding.id, finding.severity.value) == ("TH-M102", "fail")
    assert finding.where["revision"] == "two"
    said = re.sub(r"15\.\d+", "15..", finding.message)
    assert says in said
    # the child that killed its parent may be about to end
    assert outcome.left <= (fault == "is killed by a child")


def test_a_step_that_does_right_is_not(change, sound_step):
    outcome = change.judge(sound_step, checks="undo")

    assert outcome.verdict.value == "SUCCESS"
    assert outcome.findings == ()
    assert outcome.left == 0


@pytest.fixture
def elsewhere():
    """A server that somebody may connect to; ``came`` says whether."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)

        def came():
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield listener.getsockname()[1], came


def test_a_step_that_connects_elsewhere_does_not_get_there(
    change, step, elsewhere
):
    port, came = elsewhere

    outcome = change.judge(
        step(
            "two",
            "one",
            f"import socket; socket.create_connection(('127.0.0.1', {port}))",
        )
    )

    if any("network" in one.what for one in outcome.not_checked):
        assert not os.environ.get("CI")
        pytest.skip("no network can be taken away here")
    (finding,) = outcome.findings
    assert finding.id == "TH-M102"
    assert "unreachable" in finding.message
    assert not came()


def test_a_step_that_ends_its_own_server_is_the_changes_fault(change, step):
    outcome = change.judge(
        step(
            "two",
            "one",
            """
            op.execute("SHUTDOWN")
            while True:  # it takes a moment
                op.execute("SELECT 1")
                time.sleep(0.01)
            """,
        ),
        engines="mariadb",
    )

    (finding,) = outcome.findings
    assert (finding.id, finding.where["revision"]) == ("TH-M102", "two")
    assert "fails on MariaDB" in finding.message


def test_a_step_that_fills_the_disk_is_not_judged(
    change, step, small_disk, monkeypatch
):
    disk = small_disk(24)
    monkeypatch.setattr("tempfile.tempdir", str(disk))

    with pytest.raises(DiskFull, match="two was not judged") as told:
        change.judge(
            step(
                "two",
                "one",
                """
                for number in range(64):
                    op.bulk_insert(sa.table("people", sa.column("name")),
                                   [{"name": "x" * 2**20}])
                """,
            )
        )

    assert str(disk) in str(told.value)
    assert list(disk.iterdir()) == []
