"""A plugin may fall at import; the asker gets one line that says why."""

import contextlib
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest

from turbo_hipster import exceptions, plugins
from turbo_hipster.conf.settings import JobSettings

pytestmark = [
    pytest.mark.functional,
    pytest.mark.usefixtures("broken", "leaves_nothing"),
]
CORE = ("plugin", "timeout", "kill_grace")


def ask(name, limit=30, **section):
    raw = {key: [value] for key, value in section.items()}
    return plugins.probe(plugins.TASKS, name, raw, "job:it", CORE, limit=limit)


def test_a_sound_plugin_tells_all_about_itself():
    probed = ask("sound", greeting="hi", timeout="3")
    assert probed == plugins.Probed(
        entry="broken_plugins.sound:Sound",
        distribution="turbo-hipster-broken-plugins",
        version="0.1",
        options=(
            {
                "name": "greeting",
                "type": "string value",
                "default": "hello",
                "required": False,
                "secret": False,
                "help": "What to say.",
            },
        ),
        steps=("greet",),
        summary="Passes every change.",
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("exits", "while importing it it ended its process with exit stat"),
        ("exits_zero", "ended its process with exit status 0"),
        ("vanishes", "ended its process with exit status 0"),
        ("asserts", "raised AssertionError: never so small"),
        ("raises", "raised RuntimeError: broken on purpose"),
        ("raises_base", "Odd: broken on purpose"),
        ("interrupts", "raised KeyboardInterrupt"),
        ("segfaults", "died of SIGSEGV"),
        ("aborts", "died of SIGABRT"),
        ("writes_garbage", "wrote to a pipe that is not its own"),
        ("closes_fds", "closed file descriptors that are not its own"),
        ("kills_its_guard", "while importing it it killed the process"),
        ("needs_missing", "No module named 'a_module_that_nobody_wrote'"),
        ("bad_syntax", 'raised File "<string>", line 1 def broken('),
        ("no_module", "No module named 'broken_plugins.there_is_none'"),
        ("no_class", "has no attribute 'Absent'"),
        ("not_a_class", "is no class"),
        ("not_a_task", "no subclass of turbo_hipster.task.Task"),
        ("abstract", "it must define run"),
        ("odd_options", "options is a str"),
        ("odd_option", "options has a str in it"),
        ("twice", "'greeting' is there twice"),
        ("odd_steps", "steps must be a tuple of names"),
        ("takes_core_name", "'kill-grace' of the plugin 'takes_core_name'"),
        ("old_core_name", "the core option 'timeout' of [job:it]"),
        ("check_exits", "while checking the options it ended its process"),
        ("check_raises", "while checking the options it raised Runtime"),
        ("check_segfaults", "while checking the options it died of SIGSEGV"),
        ("sond", "did you mean sound?"),
    ],
)
def test_a_broken_plugin_is_refused_with_its_reason(name, words):
    with pytest.raises(exceptions.PluginError) as caught:
        ask(name)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_a_broken_plugin_printed_is_in_the_notes():
    with pytest.raises(exceptions.PluginError) as caught:
        ask("raises")
    [note] = caught.value.__notes__
    assert 'raise RuntimeError("broken on purpose")' in note


@pytest.mark.parametrize("name", ["loops", "loops_loudly", "stops"])
def test_a_plugin_that_never_ends_is_killed_at_its_limit(name):
    with pytest.raises(exceptions.PluginError, match="more than 1 sec"):
        ask(name, limit=1)


def test_a_loop_is_shown_where_it_turns():
    with pytest.raises(exceptions.PluginError) as caught:
        ask("check_loops", limit=8)  # it has to get there
    assert "in loops" in caught.value.__notes__[0]


@pytest.mark.parametrize("name", ["loops", "leaves_children"])
def test_no_process_of_a_probe_is_left(name, witness):
    with contextlib.suppress(exceptions.PluginError):
        ask(name, limit=2)
    assert witness.gone()
    assert witness.pids()


def test_children_in_sessions_of_their_own_are_killed_too(witness):
    probed = ask("hides_children")
    assert witness.gone()
    assert "left" in probed.notes[0]


@pytest.mark.heavy
def test_a_fork_bomb_is_put_out(witness):
    ask("bombs", limit=60)
    assert witness.gone(30)
    assert len(witness.pids()) > 100


@pytest.mark.parametrize(
    "name", ["sound_but_loud", "leaves_threads", "forks_through"]
)
def test_an_odd_plugin_that_works_is_taken(name):
    assert ask(name).summary == "Passes every change."


def test_moving_house_in_a_probe_moves_nobody_else():
    assert ask("moves_house").summary == "Passes every change."


def test_a_required_option_that_is_missing_is_named():
    with pytest.raises(
        exceptions.ConfigurationError, match=r"\[job:it\] greeting: a value"
    ):
        ask("needs_option")


def test_an_option_of_nobody_is_named_with_its_nearest():
    with pytest.raises(
        exceptions.ConfigurationError, match="greting; did you mean greeting"
    ):
        ask("sound", greting="hi")


def test_the_reason_of_a_check_comes_with_the_section():
    with pytest.raises(exceptions.InvalidJob) as caught:
        ask("refuses")
    assert str(caught.value) == "[job:it] greeting is rude; say hello"


def test_an_import_alone_asks_for_no_options():
    assert plugins.probe(plugins.TASKS, "needs_option").steps == ("greet",)


def job(name, plugin):
    return JobSettings(name=name, core=SimpleNamespace(plugin=plugin), raw={})


def test_one_broken_plugin_costs_only_its_own_job():
    outcomes = plugins.probe_all(
        [job("a", "sound"), job("b", "segfaults"), job("c", "loops")]
        + [job("d", "exits"), job("e", "sound")],
        limit=3,
    )
    assert list(outcomes) == ["a", "b", "c", "d", "e"]
    assert [
        job
        for job, outcome in outcomes.items()
        if isinstance(outcome, plugins.Probed)
    ] == ["a", "e"]


def test_a_probe_dies_with_its_asker(witness):
    asker = subprocess.Popen(
        [sys.executable, "-c"]
        + [
            textwrap.dedent("""
            from turbo_hipster import plugins
            plugins.probe(plugins.TASKS, "loops", limit=600)
            """)
        ]
    )
    try:
        while not witness.pids():
            witness.gone(0.05)
            assert asker.poll() is None
    finally:
        asker.kill()
        asker.wait()
    assert witness.gone()


def test_the_asker_imports_no_plugin():
    script = textwrap.dedent("""
        import sys
        from turbo_hipster import plugins
        assert plugins.installed(plugins.TASKS)
        plugins.probe(plugins.TASKS, "sound")
        assert "broken_plugins" not in sys.modules
    """)
    subprocess.run([sys.executable, "-c", script], check=True)
