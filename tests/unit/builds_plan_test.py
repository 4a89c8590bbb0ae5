"""A plan: what an order takes from the configuration, and what is secret."""

import json
from pathlib import Path

from turbo_hipster.builds import plan, request
from turbo_hipster.conf import load
from turbo_hipster.plugins.words import Probed


def planned(tmp_path, secrets=(), options=""):
    file = tmp_path / "a.conf"
    file.write_text(
        "[DEFAULT]\nenabled_jobs = unit\n"
        f"state_dir = {tmp_path}\n[job:unit]\n{options}\n"
    )
    settings = load.load([file], [])
    job = plan.PlannedJob(settings.jobs["unit"], "m:C", secrets)
    return job, plan.Plan(settings, {"unit": job}, {}, (), (), {})


def order(tmp_path, parameters=None, **told):
    job, whole = planned(tmp_path, **told)
    asked = request.accept(
        json.dumps(parameters or {}).encode(),
        job="unit",
        function="build:unit",
        label="",
        unique="u",
        core=job.core,
    )
    return whole.order(job, asked, {})


def test_values_of_secret_options_are_found_by_either_spelling():
    probed = Probed(
        "m:C",
        "d",
        "1",
        options=(
            {"name": "api-token", "secret": True},
            {"name": "pass_word", "secret": True},
            {"name": "user", "secret": False},
        ),
    )
    raw = {"api_token": ["t1", "t2"], "pass-word": ["p"], "user": ["u"]}
    assert probed.secrets(raw) == ("t1", "t2", "p")


def test_an_order_hides_secret_options_and_secret_parameters(tmp_path):
    made = order(
        tmp_path,
        {"PASSWORD": "from the wire"},
        secrets=("from the file",),
        options="redact = PASSWORD",
    )
    assert made.secrets == ("from the wire", "from the file")
    assert "from the" not in repr(made)


def test_an_order_survives_being_written_down(tmp_path):
    made = order(tmp_path, {"A": "1", "LD_PRELOAD": "x"})
    made.workspace.create()
    made.write(made.plain())
    assert type(made).read(made.workspace.root) == made
    assert made.workspace.order.stat().st_mode & 0o077 == 0
    assert made.notes == (
        "not passed on: LD_PRELOAD would steer the system the job runs on",
    )


def test_the_task_is_not_told_what_was_dropped(tmp_path):
    made = order(tmp_path, {"LD_PRELOAD": "x"})
    assert made.parameters == {"LD_PRELOAD": "x"}
    told = made.for_task(made.plain())
    assert told["parameters"] == {}
    assert told["build"]["parameters"] == {}


def test_a_build_gets_the_workers_environment_but_for_private_words(
    tmp_path, monkeypatch
):
    for name in (
        "LD_PRELOAD", "PYTHONPATH", "GIT_DIR", "IFS", "NOTIFY_SOCKET",
        "OS_SITE__PASSWORD", "TURBO_HIPSTER_X", "CREDENTIALS_DIRECTORY",
    ):  # fmt: skip
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("http_proxy", "proxy")
    made = order(tmp_path)
    assert "x" not in made.environment.values()
    assert made.environment["http_proxy"] == "proxy"
    assert made.environment["TURBO_HIPSTER_BUILD"] == made.build.id


def test_an_owner_is_this_very_process():
    me = plan.myself()
    assert Path(f"/proc/{me.pid}").exists()
    assert me == plan.myself()
