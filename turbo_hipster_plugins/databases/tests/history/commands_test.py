"""``turbo-hipster history``, as a person calls it."""

import contextlib
import io
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
import yaml

from turbo_hipster.command import Application
from turbo_hipster.exceptions import TurboHipsterError
from turbo_hipster_databases.cli.history_import import HistoryImport
from turbo_hipster_databases.cli.history_limits import HistoryLimits
from turbo_hipster_databases.cli.history_show import HistoryShow

COMMANDS = {
    "import": HistoryImport,
    "show": HistoryShow,
    "limits": HistoryLimits,
}
STEPS = {"133->134": 2.0, "134->135": 40.0}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs a command and returns how it ended."""
    config = tmp_path / "turbo-hipster.conf"
    config.write_text(f"[DEFAULT]\nstate_dir = {tmp_path / 'state'}\n")
    monkeypatch.setenv("COLUMNS", "200")

    def call(name, *words):
        out, err = io.StringIO(), io.StringIO()
        app = Application(out, err, [str(config)])
        command = COMMANDS[name](app, None)
        try:
            with contextlib.redirect_stderr(err):
                parser = command.get_parser(f"turbo-hipster history {name}")
                status = command.run(parser.parse_args([*map(str, words)]))
        except TurboHipsterError as error:  # as the program ends with it
            status = error.exit_status
            err.write(str(error))
        except SystemExit as error:
            status = error.code
        return SimpleNamespace(
            returncode=status, stdout=out.getvalue(), stderr=err.getvalue()
        )

    return call


def rows(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_logs_are_imported_once_and_shown(run, old_log, tmp_path):
    # given logs of seven builds in a folder, one of them packed
    for number in range(7):
        old_log(str(number), {**STEPS, "135->136": number}, packed=number == 6)
    (tmp_path / "logs" / "index.html").write_text("nothing")

    # when they are imported twice
    first = run("import", tmp_path / "logs", "-f", "json")
    again = run("import", tmp_path / "logs", "-f", "json")

    # then they are taken, and known the second time
    assert [row["result"] for row in rows(first)] == ["taken"] * 7
    assert {row["steps"] for row in rows(first)} == {3}
    assert "7 taken, 0 known already, 0 not read, 1 other" in first.stderr
    assert {row["result"] for row in rows(again)} == {"known already"}

    # and each step has its figures
    shown = rows(run("show", "-f", "json"))
    assert [row["step"] for row in shown] == [*STEPS, "135->136"]
    assert shown[1]["n"] == 7 and shown[1]["median"] == 40
    assert (shown[1]["last"], shown[1]["limit"]) == (40, 52)
    assert shown[1]["figures"] == [40.0] * 7
    assert {row["dataset"] for row in shown} == {"user_001"}


def test_the_table_is_for_people(run, old_log, tmp_path):
    for number in range(5):
        old_log(str(number), {"1->2": 10.0 * number})
    assert run("import", tmp_path / "logs").returncode == 0
    done = run("show")
    assert done.returncode == 0, done.stderr
    [row] = [line for line in done.stdout.splitlines() if "1->2" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == [
        "user_001", "mysql", "1->2", "5", "20 s", "14.8 s", cells[6],
        "1.82 min", cells[8],
    ]  # fmt: skip
    assert sorted(cells[8]) == sorted("▁▃▅▆█")


@pytest.mark.parametrize(
    "words, steps",
    [
        ((), 4),
        (("--dataset", "other"), 2),
        (("--step", "134->135"), 2),
        (("--engine", "sqlite"), 0),
        (("--project", "nova", "--dataset", "user_001"), 2),
        (("--quantity", "rows_read", "--quantity", "seconds"), 8),
        (("--quantity", "write_stall"), 0),
    ],
)
def test_what_is_shown_can_be_chosen(run, old_log, tmp_path, words, steps):
    old_log("1", STEPS)
    old_log("1", STEPS, dataset="other")
    said = run("import", tmp_path / "logs")
    # the same steps on another dataset are no build that is known
    assert "2 taken" in said.stderr
    assert len(rows(run("show", "-f", "json", *words))) == steps


def test_reports_are_imported_too(run, our_report):
    our_report("b1")
    path = our_report("b2", seconds=50.0)
    done = run("import", path.parents[1], "--machine", "vm-2")
    assert done.returncode == 0 and "2 taken" in done.stderr
    [row] = rows(run("show", "-f", "json"))
    assert (row["step"], row["figures"]) == ("151->152", [41.5, 50.0])
    assert row["machine"] == "vm-2"


def test_what_cannot_be_read_is_said_and_the_rest_is_taken(
    run, old_log, tmp_path
):
    log = old_log("1", STEPS)
    (tmp_path / "text").write_text("no log")
    done = run("import", log, tmp_path / "none", tmp_path / "text", "-f=json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert [row["result"] for row in told] == ["taken", "not read", "not read"]
    assert "no such file" in told[1]["why"]
    assert "no log in the format of 2013" in told[2]["why"]


def test_limits_are_suggested_for_a_file_that_a_job_reads(
    run, old_log, tmp_path
):
    # given 37 builds of 1, 2, 3 ... seconds
    for number in range(1, 38):
        old_log(str(number), {"1->2": float(number)})
    assert run("import", tmp_path / "logs").returncode == 0

    # when limits are asked for by the 99th percentile
    done = run(
        "limits", "--dataset", "user_001", "--percentile", "0.99",
        "--quantity", "seconds",
    )  # fmt: skip

    # then it is the slowest of these runs, and not the fastest
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout) == {
        "datasets": {"user_001/mysql": {"seconds": {"1->2": 37}}}
    }
    assert "# n=37, median 19, 99 % took at most 37" in done.stdout

    # and programs are told the same, with the robust limit
    [row] = rows(run("limits", "-f", "json", "--quantity", "seconds"))
    assert row["percentile"] == 37 and row["limit"] > 37
    assert row["learned"] == pytest.approx(19 + 6 * 1.4826 * 9)


def test_limits_are_written_and_nothing_is_lost(run, old_log, tmp_path):
    for number in range(5):
        old_log(str(number), {"1->2": 20.0 + number})
    run("import", tmp_path / "logs")
    file = tmp_path / "limits.yaml"
    done = run("limits", "--write", file)
    assert done.returncode == 0, done.stderr
    assert f"3 limits written to {file}" in done.stdout
    before = file.read_text()
    assert "user_001/mysql" in yaml.safe_load(before)["datasets"]

    # a file that exists is only replaced when told so
    file.write_text("# mine\n" + before)
    refused = run("limits", "--write", file)
    assert refused.returncode == 2 and "--replace" in refused.stderr
    assert file.read_text().startswith("# mine")
    assert run("limits", "--write", file, "--replace").returncode == 0
    assert file.read_text() == before
    assert list(tmp_path.glob(".limits*")) == []


def test_without_history_there_is_nothing_and_nothing_is_made(run, tmp_path):
    shown, limits = run("show", "-f", "json"), run("limits")
    assert rows(shown) == [] and "no history yet" in shown.stderr
    assert limits.returncode == 1
    assert yaml.safe_load(limits.stdout) == {"datasets": {}}
    assert not (tmp_path / "state").exists()


def test_another_history_is_named_by_its_url(run, old_log, tmp_path):
    url = f"sqlite:///{tmp_path}/mine.sqlite"
    done = run("import", old_log("1", STEPS), "--history", url)
    assert done.returncode == 0, done.stderr
    assert len(rows(run("show", "--history", url, "-f", "json"))) == 2
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    "words, said",
    [
        (("import",), "PATH"),
        (("import", "/none", "--dataset", "x" * 101), "101 characters"),
        (("show", "--history", "sqlite:////no/h.sqlite"), "no history at"),
        (("show", "--history", "nonsense"), "cannot be used"),
        (("show", "--quantity", "time"), "invalid choice"),
        (("limits", "--percentile", "99"), "write 0.99 for the 99th"),
        (("limits", "--percentile", "most"), "is no share"),
        (("limits", "--write", "/x", "-f", "json"), "leave -f out"),
    ],
)
def test_what_cannot_be_meant_is_explained(run, words, said):
    done = run(*words)
    assert done.returncode == 2
    assert said in done.stderr


def test_datasets_of_one_name_are_not_mixed_up(run, our_report, old_log):
    for number in range(5):
        assert run("import", our_report(f"b{number}")).returncode == 0
        log = old_log(str(number), {"151->152": float(number)})
        assert run("import", log, "--engine", "mariadb").returncode == 0
    refused = run("limits")
    assert refused.returncode == 2
    assert "nova and openstack/nova each have" in refused.stderr
    assert run("limits", "--project", "nova").returncode == 0


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_program_has_the_command_and_its_help_teaches(name):
    done = subprocess.run(
        [sys.executable, "-m", "turbo_hipster", "history", name, "--help"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert f"turbo-hipster history {name} " in done.stdout
    assert COMMANDS[name].__doc__.splitlines()[0] in done.stdout
