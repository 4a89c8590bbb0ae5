"""The configuration is read once, and each mistake has its place."""

import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turbo_hipster import exceptions
from turbo_hipster.conf import find, load


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("OS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


@pytest.fixture
def write(tmp_path):
    def write(text, name="th.conf"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


def mistakes(path):
    return [(p.section, p.option) for p in load.problems([path])]


def only(path):
    (problem,) = load.problems([path])
    return problem


# -- what is read -----------------------------------------------------------


def test_no_file_gives_the_defaults():
    settings = load.load([])
    assert settings.slots == 2
    assert settings.gearman.servers == (("127.0.0.1", 4730),)
    assert settings.jobs == {}


def test_without_a_section_local_publishes_below_the_state_folder(write):
    path = write("[DEFAULT]\nstate_dir = /srv/th\n")
    (publisher,) = load.load([path]).publishers
    assert publisher.publisher == "local"
    assert publisher.raw == {"path": ["/srv/th/published"]}


def test_a_path_that_is_given_is_left_alone(write):
    path = write("[publish:local]\npath = /var/www\nurl = https://l/\n")
    (publisher,) = load.load([path]).publishers
    assert publisher.raw["path"] == ["/var/www"]
    assert publisher.url == "https://l/"


def test_a_job_has_typed_core_options_and_raw_text(write):
    path = write(
        "[DEFAULT]\nenabled_jobs = unit\n"
        '[job:unit]\ncommand = "a b" "c" $HOME\ntimeout = 5\n'
        "log_limit = 2KiB\nlabels = x, y\nsilence_timeout =\n"
    )
    job = load.load([path]).jobs["unit"]
    assert job.core.timeout == 5
    assert job.core.log_limit == 2048
    assert job.core.labels == ["x", "y"]
    assert job.core.silence_timeout is None
    assert job.core.plugin == "shell_script"
    assert job.raw["command"] == ['"a b" "c" $HOME']
    assert job.source == str(path)


def test_the_environment_reaches_plain_groups(write, monkeypatch):
    path = write("[DEFAULT]\nslots = 3\n")
    monkeypatch.setenv("OS_DEFAULT__SLOTS", "7")
    monkeypatch.setenv("OS_GEARMAN__SERVERS", "gm.example.org")
    settings = load.load([path])
    assert settings.slots == 7
    assert settings.gearman.servers == (("gm.example.org", 4730),)


def test_later_files_win_and_folders_come_after_files(write, tmp_path):
    first = write("[DEFAULT]\nslots = 3\n[job:a]\ntimeout = 1\nredact = A\n")
    write("[DEFAULT]\nslots = 4\n[job:a]\ntimeout = 2\n", "d/20.conf")
    write("[DEFAULT]\nslots = 5\n", "d/30.conf")
    write("[DEFAULT]\nslots = 9\n", "d/40.conf.old")
    settings = load.load([first], [tmp_path / "d"])
    assert settings.slots == 5
    assert settings.jobs["a"].core.timeout == 2
    assert settings.jobs["a"].core.redact == ["A"]


def test_a_repeated_key_has_several_values(write):
    path = write("[job:a]\nprepare = one\nprepare = two\n")
    assert load.load([path]).jobs["a"].raw["prepare"] == ["one", "two"]


def test_plain_values_are_expanded_and_raw_ones_are_not(write):
    path = write(
        "[DEFAULT]\nstate_dir = /srv\nlog_dir = $state_dir/log\n"
        "[job:a]\ncommand = $state_dir\n"
    )
    assert load.load([path]).jobs["a"].raw["command"] == ["$state_dir"]


def test_options_of_the_log_are_known(write):
    path = write(
        "[DEFAULT]\nlog_file = /var/log/th.log\nlog-dir = /x\ndebug = true\n"
    )
    assert load.problems([path]) == []


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("[::1]:4731", ("::1", 4731)),
        ("[fe80::1%eth0]", ("fe80::1%eth0", 4730)),
        ("::1", ("::1", 4730)),
        ("gm.example.org", ("gm.example.org", 4730)),
        ("10.0.0.1:1", ("10.0.0.1", 1)),
    ],
)
def test_a_server_is_a_host_and_a_port(write, text, pair):
    path = write(f"[gearman]\nservers = {text}\n")
    assert load.load([path]).gearman.servers == (pair,)


@pytest.mark.parametrize(
    "text", ["a:b:c", "a:", "a:0", "a:65536", "http://a:1", "[::1", "a b"]
)
def test_what_is_no_server_is_refused(write, text):
    assert mistakes(write(f"[gearman]\nservers = {text}\n")) == [
        ("gearman", "servers")
    ]


# -- what is refused --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "section", "option"),
    [
        ("[gearmann]\n", "gearmann", ""),
        ("[job:]\n", "job:", ""),
        ("[gearman]\nserver = a\n", "gearman", "server"),
        ("[DEFAULT]\nslots = two\n", "DEFAULT", "slots"),
        ("[DEFAULT]\nslots = 0\n", "DEFAULT", "slots"),
        ("[DEFAULT]\nslots = 2 # two\n", "DEFAULT", "slots"),
        ("[DEFAULT]\nstate_dir = here\n", "DEFAULT", "state_dir"),
        ("[DEFAULT]\nstate_dir = $nowhere\n", "DEFAULT", "state_dir"),
        ("[DEFAULT]\nworker_name = a b\n", "DEFAULT", "worker_name"),
        ("[DEFAULT]\nenabled_jobs = a\n", "DEFAULT", "enabled_jobs"),
        (
            "[DEFAULT]\nenabled_jobs = a, a\n[job:a]\n",
            "DEFAULT",
            "enabled_jobs",
        ),
        ("[gearman]\nservers =\n", "gearman", "servers"),
        ("[gearman]\nresult_text = poem\n", "gearman", "result_text"),
        ("[gearman]\nca_file = a\ncert_file = b\n", "gearman", "cert_file"),
        ("[gearman]\nca_file = a\nkey_file = b\n", "gearman", "key_file"),
        ("[gearman]\ncert_file = a\nkey_file = b\n", "gearman", "cert_file"),
        ("[git]\norigin = ext::sh\n", "git", "origin"),
        ("[git]\norigin = ssh://-oProxy\n", "git", "origin"),
        ("[publish:local]\nurl = /logs\n", "publish:local", "url"),
        ("[publish:local]\nurl = file://x\n", "publish:local", "url"),
        ("[publish]\npublishers = swift\n", "publish", "publishers"),
        ("[job:../a]\n", "job:../a", ""),
        ("[job:-a]\n", "job:-a", ""),
        ("[job:.a]\n", "job:.a", ""),
        ("[job:a b]\n", "job:a b", ""),
        ("[job:a]\nlabels = x/y\n", "job:a", "labels"),
        ("[job:a]\nlabels = x:y\n", "job:a", "labels"),
        ("[job:a]\ntimeout = soon\n", "job:a", "timeout"),
        ("[job:a]\nlog_limit = 1GB\n", "job:a", "log_limit"),
        ("[job:a]\ncheckout = all\n", "job:a", "checkout"),
        ('[job:a]\nplugin = "x"\n', "job:a", "plugin"),
        ("[job:a]\ncommand = make ; true\n", "job:a", "command"),
    ],
)
def test_a_mistake_names_file_section_and_option(write, text, section, option):
    path = write(text)
    problem = only(path)
    assert (problem.section, problem.option) == (section, option)
    if "\n" in text:
        assert problem.file == str(path)
    with pytest.raises(exceptions.ConfigurationError) as caught:
        load.load([path])
    assert f"[{section}]" in str(caught.value)


def test_two_jobs_that_would_offer_one_function_are_refused(write):
    path = write(
        "[DEFAULT]\nenabled_jobs = a, a:b\n[job:a]\nlabels = b\n[job:a:b]\n"
    )
    assert "build:a:b" in only(path).message


def test_a_word_that_is_nearly_right_gets_a_hint(write):
    assert "mean slots?" in only(write("[DEFAULT]\nslot = 1\n")).message


def test_a_wrong_value_of_the_environment_names_the_variable(monkeypatch):
    monkeypatch.setenv("OS_DEFAULT__SLOTS", "many")
    (problem,) = load.problems([])
    assert "OS_DEFAULT__SLOTS" in str(problem)


def test_syntax_names_the_line(write):
    assert only(write("[DEFAULT]\nslots\n")).line == 2


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    (problem,) = load.problems([tmp_path / "none.conf"])
    assert "cannot be read" in str(problem)
    (problem,) = load.problems([], [tmp_path / "none.d"])
    assert "no folder" in str(problem)


def test_a_file_that_is_not_utf8_says_so(tmp_path):
    path = tmp_path / "latin.conf"
    path.write_bytes(b"[DEFAULT]\n# caf\xe9\n")
    assert (only(path).line, only(path).message) == (2, "is not UTF-8")


def test_the_first_mistake_is_raised_with_the_number_of_the_rest(write):
    path = write("[DEFAULT]\nslots = x\ndrain_timeout = y\n[nix]\n")
    with pytest.raises(exceptions.ConfigurationError, match=r"and 2 more"):
        load.load([path])


def test_publishers_that_are_not_used_are_checked_too(write):
    assert mistakes(write('[publish:x]\npublisher = "local"\n')) == [
        ("publish:x", "publisher")
    ]


# -- where files are --------------------------------------------------------


def test_the_file_in_the_home_is_found(tmp_path):
    conf = tmp_path / "home/.config/turbo-hipster/turbo-hipster.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text("")
    conf.with_suffix(".conf.d").mkdir()
    assert find.default_files() == [conf]
    assert find.default_dirs() == [conf.with_suffix(".conf.d")]


def test_the_places_of_oslo_config_are_looked_at(tmp_path):
    conf = tmp_path / "home/.turbo-hipster/turbo-hipster.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text("")
    assert find.default_files() == [conf]


def test_what_the_fork_server_imports_does_not_carry_the_log():
    code = (
        "import sys; from turbo_hipster.conf import section, job, settings; "
        "sys.exit(sum(m.startswith('oslo_log.') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# -- anything ---------------------------------------------------------------

PIECES = st.sampled_from(
    ["[", "]", "DEFAULT", "gearman", "job:", "a", "slots", "servers", "=", ":"]
    + [" ", "\n", "\n\n", "\t", "#", ";", '"', "'", "$", "${", "%", "\\", ","]
    + ["log_file", "1", "é", "\r", "\x0c", "\u2028", "{", "-"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_read_or_complained_about(tmp_path, text):
    path = tmp_path / "th.conf"
    path.write_text(text, encoding="utf-8", newline="")
    if not load.problems([path]):
        load.load([path])
