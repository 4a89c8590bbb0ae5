"""The program teaches, refuses kindly, and is hurt by no broken guest."""

import json
import os
import signal
import subprocess
import sys

import pytest

from turbo_hipster.cli import bygone, foreign, table
from turbo_hipster.command import Command, Lister

GUEST = """\
import sys
from turbo_hipster import exceptions
from turbo_hipster.command import Command, Lister


class Good(Command):
    '''Say something.

    It teaches here.
    '''

    def get_parser(self, prog_name):
        parser = super().get_parser(prog_name)
        parser.add_argument("what")
        return parser

    def take_action(self, parsed_args):
        self.app.stdout.write(f"slots {self.settings().slots}\\n")
        if parsed_args.what == "refuse":
            raise exceptions.ServerUnavailable("nobody\\nanswers")
        if parsed_args.what == "interrupt":
            raise KeyboardInterrupt
        if parsed_args.what == "much":
            for _ in range(100000):
                self.app.stdout.write("x" * 80 + "\\n")
        return 7 if parsed_args.what == "seven" else None


class Rows(Lister):
    '''Show rows.'''

    def take_action(self, parsed_args):
        return ("Name", "Seconds"), [("a", 1.5), ("b", None)]
"""


@pytest.fixture
def guest(tmp_path):
    """Install distributions that bring commands, by their metadata alone."""
    site = tmp_path / "site"

    def install(distribution, points, **modules):
        info = site / f"{distribution}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(
            "[turbo_hipster.cli]\n" + "\n".join(points) + "\n"
        )
        for name, text in modules.items():
            (site / f"{name}.py").write_text(text)

    install.site = site
    return install


@pytest.fixture
def run(tmp_path, guest):
    """Run the program in a process, with no configuration but the given."""

    def run(*words, stdout=subprocess.PIPE):
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("OS_")
        }
        environment.update(
            PYTHONPATH=str(guest.site),
            HOME=str(tmp_path),
            XDG_CONFIG_HOME=str(tmp_path / "xdg"),
            COLUMNS="79",
        )
        command = [sys.executable, "-m", "turbo_hipster", *words]
        return subprocess.run(
            command,
            env=environment,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


@pytest.fixture
def good(guest):
    points = ["guest_good = guest:Good", "guest rows = guest:Rows"]
    guest("guest-dist", points, guest=GUEST)


# -- help -------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_shows_every_command_and_the_first_steps(run, words):
    done = run(*words)
    assert done.returncode == 0
    assert done.stderr == ""
    for name in table.COMMANDS:
        assert f"  {name} " in done.stdout
    assert "turbo-hipster demo" in done.stdout


def test_help_imports_neither_cliff_nor_oslo():
    code = (
        "import sys; from turbo_hipster.cli.main import main; main([]); "
        "bad = {'cliff', 'oslo_config', 'stevedore'} & set(sys.modules); "
        "sys.exit(str(bad) if bad else 0)"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_a_command_imports_no_interactive_shell():
    code = (
        "import sys; import turbo_hipster.command; "
        "bad = {'cmd2', 'prompt_toolkit'} & set(sys.modules); "
        "sys.exit(str(bad) if bad else 0)"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True).returncode == 0


@pytest.mark.parametrize("name", table.COMMANDS)
def test_every_command_of_ours_is_there_and_teaches(name):
    found = foreign.resolve(table.COMMANDS[name].target)
    assert issubclass(found, Command | Lister)
    assert len((found.__doc__ or "").splitlines()) > 1


def test_the_version_is_told(run):
    assert run("--version").stdout.startswith("turbo-hipster ")


def test_a_group_has_a_help_of_its_own(run):
    done = run("plugin", "--help")
    assert done.returncode == 0
    assert "plugin list" in done.stdout
    assert "worker" not in done.stdout


def test_the_help_of_a_command_is_its_docstring(run, good):
    done = run("guest", "good", "--help")
    assert done.returncode == 0
    assert "It teaches here." in done.stdout
    assert "--config-file" in done.stdout
    assert run("help", "guest", "good").stdout == done.stdout


# -- usage ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["wroker"], "did you mean worker?"),
        (["config"], "config sample"),
        (["config", "chekc"], "config check"),
        (["config", "convert", "x"], "x cannot be read"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_wrong_usage_says_what_there_is(run, words, said):
    done = run(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ["-c", "/etc/turbo-hipster/config.yaml"],
        ["-b", "-c", "/etc/turbo-hipster/config.yaml", "-p", "/run/x.pid"],
        ["--config=/etc/turbo-hipster/config.yaml", "--background"],
        ["-c/etc/turbo-hipster/config.yaml"],
    ],
)
def test_the_command_line_of_the_first_one_is_answered(run, words):
    done = run(*words)
    assert done.returncode == 2
    assert (
        "turbo-hipster config convert /etc/turbo-hipster/config.yaml"
        in done.stderr
    )


@pytest.mark.parametrize(
    "words",
    [
        ["plugin", "list", "-c", "name"],
        ["--config-file", "x", "worker"],
        ["-b"],
        ["-c"],
        [],
    ],
)
def test_todays_command_line_is_not_taken_for_the_first_ones(words):
    assert bygone.answer(words) == ""


# -- configuration ----------------------------------------------------------


def test_the_configuration_is_named_before_or_after_the_command(
    run, good, tmp_path
):
    one, two = tmp_path / "one.conf", tmp_path / "two.conf"
    one.write_text("[DEFAULT]\nslots = 3\n")
    two.write_text("[DEFAULT]\nslots = 4\n")
    before = run("--config-file", str(one), "guest", "good", "x")
    assert before.stdout == "slots 3\n"
    after = run("guest", "good", "x", "--config-file", str(two))
    assert after.stdout == "slots 4\n"
    both = run(
        *("--config-file", str(two), "guest", "good", "x"),
        *("--config-file", str(one)),
    )
    assert both.stdout == "slots 3\n"


def test_a_folder_is_read_too(run, good, tmp_path):
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/a.conf").write_text("[DEFAULT]\nslots = 9\n")
    folder = ("--config-dir", str(tmp_path / "conf.d"))
    assert run(*folder, "guest", "good", "x").stdout == "slots 9\n"


def test_nothing_named_and_nothing_there_gives_the_defaults(run, good):
    assert run("guest", "good", "x").stdout == "slots 2\n"


def test_a_mistake_in_the_file_ends_with_two_and_one_line(run, good, tmp_path):
    conf = tmp_path / "th.conf"
    conf.write_text("[DEFAULT]\nslot = 3\n")
    done = run("--config-file", str(conf), "guest", "good", "x")
    assert done.returncode == 2
    assert f"{conf}:2: [DEFAULT] slot" in done.stderr
    assert done.stderr.count("\n") == 1


# -- how it ends ------------------------------------------------------------


def test_the_status_of_a_command_is_the_programs(run, good):
    assert run("guest", "good", "seven").returncode == 7


def test_an_error_is_one_line_and_its_own_status(run, good):
    done = run("guest", "good", "refuse")
    assert done.returncode == 69
    assert done.stderr == "turbo-hipster: nobody answers\n"


@pytest.mark.parametrize("first", [True, False])
def test_debug_shows_where_an_error_came_from(run, good, first):
    words = ["guest", "good", "refuse"]
    done = run(*(["--debug", *words] if first else [*words, "--debug"]))
    assert done.returncode == 69
    assert "Traceback" in done.stderr


def test_an_interrupt_ends_with_130(run, good):
    done = run("guest", "good", "interrupt")
    assert done.returncode == 128 + signal.SIGINT
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(run, good):
    read, write = os.pipe()
    os.close(read)
    try:
        done = run("guest", "good", "much", stdout=write)
    finally:
        os.close(write)
    assert done.returncode == 128 + signal.SIGPIPE
    assert done.stderr == ""


# -- rows -------------------------------------------------------------------


def test_rows_are_a_table_for_people_and_json_for_programs(run, good):
    assert "| a    |" in run("guest", "rows").stdout
    done = run("guest", "rows", "-f", "json")
    assert json.loads(done.stdout) == [
        {"Name": "a", "Seconds": 1.5},
        {"Name": "b", "Seconds": None},
    ]


def test_a_column_that_does_not_exist_is_refused_in_one_line(run, good):
    done = run("guest", "rows", "-c", "nix")
    assert done.returncode == 2
    assert "there are Name, Seconds" in done.stderr


# -- guests -----------------------------------------------------------------

BROKEN = {
    "missing": "import nowhere_at_all\n",
    "leaving": "import sys\nsys.exit(3)\n",
    "garbled": "def (:\n",
    "empty": "",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_guest_costs_itself_alone(run, guest, good, how):
    guest("bad-dist", ["bad = bad_module:Bad"], bad_module=BROKEN[how])
    listed = run("--help")
    assert listed.returncode == 0
    assert "bad-dist" in listed.stdout
    assert run("guest", "good", "x").returncode == 0
    done = run("bad")
    assert done.returncode == 2
    assert "bad-dist" in done.stderr
    assert done.stderr.count("\n") == 1


def test_any_other_error_of_a_guest_says_whose_it_is(run, guest):
    text = "raise RuntimeError('no')\n"
    guest("bad-dist", ["bad = bad_module:Bad"], bad_module=text)
    done = run("bad")
    assert done.returncode == 1
    assert "while loading the command 'bad' of bad-dist" in done.stderr


def test_a_guest_that_is_no_command_is_told(run, guest):
    guest("bad-dist", ["bad = bad_module:Bad"], bad_module="Bad = 3\n")
    done = run("bad")
    assert done.returncode == 2
    assert "is no Command" in done.stderr


def test_two_guests_of_one_name_are_refused_and_both_named(run, guest):
    guest("first-dist", ["twin = guest:Good"], guest=GUEST)
    guest("second-dist", ["twin = guest:Rows"])
    listed = run("--help").stdout
    assert "first-dist and second-dist" in listed
    done = run("twin", "x")
    assert done.returncode == 2
    assert "first-dist and second-dist" in done.stderr


def test_a_guest_cannot_take_a_name_of_ours(run, guest):
    guest("bad-dist", ["config_check = guest:Good"], guest="1 / 0")
    assert run("config", "check", "--help").returncode == 0
    assert "the name is ours: bad-dist" in run("--help").stdout


def test_one_of_ours_never_looks_at_the_guests(run, guest):
    guest("bad-dist", ["x = y:Z"])
    spy = (
        "import sys, importlib.metadata as m; from turbo_hipster.cli import "
        "main, foreign\n"
        "def spy(): raise SystemExit('looked')\n"
        "foreign.commands = spy\n"
        "main._find(['config', 'check'])\n"
        "sys.exit(5)"
    )
    command = [sys.executable, "-c", spy]
    assert subprocess.run(command, capture_output=True).returncode == 5
