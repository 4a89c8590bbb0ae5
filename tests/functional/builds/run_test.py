"""``turbo-hipster run``: a build at a desk, from end to end."""

import json
import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.functional


class Desk:
    """A configuration, a project, and the command."""

    def __init__(self, place):
        self.place = place
        self.results = place / "results" / "mine"
        self.tree = place / "project"
        self.tree.mkdir()
        self.git("init", "-q", "-b", "master")
        (self.tree / "file").write_text("committed\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "base")
        (self.tree / "file").write_text("changed\n")
        self.running = []

    def git(self, *words):
        subprocess.run(
            ["git", "-c", "user.name=T", "-c", "user.email=t@t", *words],
            cwd=self.tree,
            check=True,
            capture_output=True,
        )

    def start(self, command, *words, **options):
        config = self.place / "desk.conf"
        lines = [f"{name} = {value}" for name, value in options.items()]
        config.write_text(
            "[DEFAULT]\nenabled_jobs = unit\n"
            f"state_dir = {self.place / 'state'}\n"
            "[publish]\npublishers = local\n"
            f"[publish:local]\npath = {self.place / 'published'}\n"
            "[job:unit]\nplugin = shell_script\nkill_grace = 5\n"
            f"command = {command}\n" + "\n".join(lines) + "\n"
        )
        program = [sys.executable, "-P", "-m", "turbo_hipster"]
        self.running.append(
            subprocess.Popen(
                [*program, "--config-file", config, "run", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=self.place,
                text=True,
                start_new_session=True,
            )
        )
        return self.running[-1]

    def run(self, command, *words, **options):
        """Return the exit status and what was said."""
        process = self.start(
            command, "unit", "--results", str(self.results), *words, **options
        )
        said, _ = process.communicate(timeout=60)
        return process.returncode, said

    @property
    def report(self):
        return json.loads((self.results / "report.json").read_text())


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    for process in made.running:
        process.kill()
        process.wait()
        process.stdout.close()
    builds = tmp_path / "state" / "builds"
    assert not builds.exists() or not list(builds.iterdir())


def test_a_good_change_ends_with_0_and_its_report(desk):
    status, said = desk.run(
        "grep changed file", "--project", str(desk.tree), "--base", "HEAD"
    )
    assert status == 0, said
    assert said.count("SUCCESS") == 1
    assert f"report: {desk.results}" in said
    assert desk.report["verdict"] == "SUCCESS"
    log = (desk.results / "shell_output.log").read_text()
    assert "[output] changed\n" in log


def test_a_bad_change_ends_with_1_and_the_lines_that_tell(desk):
    status, said = desk.run("echo alas; exit 3", checkout="none")
    assert status == 1
    assert "FAILURE\n" in said
    assert "| " in said
    assert "alas" in said
    assert desk.report["verdict"] == "FAILURE"


def test_a_change_with_findings_is_told_them_and_not_the_log(desk):
    said = {"findings": [{"id": "TH-X", "message": "It is bad"}]}
    status, told = desk.run(
        f"echo noise; echo '{json.dumps(said)}' >$TH_RESULT_JSON",
        checkout="none",
    )
    assert status == 1
    assert "\n  TH-X: It is bad\n" in told
    assert "noise" not in told


def test_parameters_reach_the_command(desk):
    status, said = desk.run(
        'test "$ONE" = "1 = x" && test -z "$LD_PRELOAD$TWO"',
        *("--param", "ONE=1 = x", "--param", "LD_PRELOAD="),
        checkout="none",
    )
    assert status == 0, said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--param", "ONE"], "write it as NAME=VALUE"),
        (["--param", "LOG_PATH=/etc"], "LOG_PATH"),
        (["--param", "ZUUL_PROJECT=../x"], "'../x' is refused"),
    ],
)
def test_refused_input_ends_with_2(desk, words, said):
    status, told = desk.run("true", *words)
    assert status == 2, told
    assert said in told


def test_an_unknown_job_and_a_bad_option_end_with_2(desk):
    process = desk.start("true", "other")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "there is no [job:other]" in said
    status, said = desk.run("true", timeout="never")
    assert status == 2
    assert "timeout" in said


def test_a_report_that_cannot_be_written_ends_with_3(desk):
    desk.results.parent.write_text("a file in the place of the folder")
    status, said = desk.run("true", checkout="none")
    assert status == 3, said
    assert "problem: [publish:results]" in said
    assert "the results are kept in" in said


def test_what_cannot_be_judged_ends_with_75(desk):
    status, said = desk.run("exit 75", checkout="none")
    assert status == 75, said
    status, said = desk.run(
        "true",
        *("--param", "ZUUL_PROJECT=p", "--param", "ZUUL_BRANCH=b"),
        *("--param", "ZUUL_REF=r", "--param", f"ZUUL_URL=file://{desk.place}"),
        setup_timeout="3",
    )
    assert status == 75, said


def test_a_time_limit_ends_with_124(desk):
    status, said = desk.run("sleep 1000", checkout="none", timeout="0.5")
    assert status == 124, said
    assert "TIMED_OUT" in said


def test_ctrl_c_cancels_and_ends_with_130(desk, wait_until):
    # given a command that says that it runs
    process = desk.start(
        f"touch {desk.place}/runs; sleep 1000",
        *("unit", "--results", str(desk.results)),
        checkout="none",
    )
    wait_until((desk.place / "runs").exists, "the command")

    # when the whole group is interrupted, as a terminal does
    os.killpg(process.pid, signal.SIGINT)

    # then
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "ABORTED" in said
    assert desk.report["verdict"] == "ABORTED"


@pytest.fixture
def heard():
    """Let SIGQUIT be heard: who starts tests in the background ignores it."""
    before = signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGQUIT, before)


@pytest.mark.usefixtures("heard")
def test_a_quit_from_the_keyboard_leaves_nothing(desk, wait_until):
    process = desk.start(
        f"echo $$ > {desk.place}/runs; exec sleep 1000",
        *("unit", "--results", str(desk.results)),
        checkout="none",
        kill_grace="0",
    )
    runs = desk.place / "runs"
    wait_until(lambda: runs.exists() and runs.read_text(), "the command")

    # when Ctrl-\ ends the command line itself
    os.killpg(process.pid, signal.SIGQUIT)

    # then the keeper is there to end the build
    process.communicate(timeout=60)
    pid = int(runs.read_text())
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "the end")
    builds = desk.place / "state" / "builds"
    wait_until(builds.is_dir, "the folder of the builds")
    for path in list(builds.iterdir()):
        assert (path / "order.json").exists()  # for the next one to sweep
        subprocess.run(["rm", "-r", path], check=True)
