"""What plugin authors build on: a change here is a change of the promise.

Who changes a line of this file on purpose says so in the ChangeLog.
"""

import dataclasses
import inspect

import pytest

from turbo_hipster import command, exceptions, model, publisher, report, task


def shape(kind):
    """Return the public methods of a class with their parameters' names."""
    return {
        name: list(inspect.signature(value).parameters)[1:]
        for name, value in vars(kind).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }


def test_a_task_has_one_method_to_write():
    assert task.Task.__abstractmethods__ == {"run"}
    assert list(inspect.signature(task.Task.run).parameters) == [
        "self",
        "context",
    ]
    assert list(inspect.signature(task.Task.check).parameters) == ["options"]
    assert (task.Task.options, task.Task.steps) == ((), ())


def test_the_context_offers_what_it_always_did():
    assert shape(task.TaskContext) == {
        "plan": ["names"],
        "step": ["name"],
        "checkout": ["ref", "project"],
        "execute": ["argv", "cwd", "env", "timeout", "watch", "log"],
        "start": ["argv", "cwd", "env", "user", "log"],
        "finding": [
            "id",
            "message",
            "severity",
            "where",
            "measured",
            "limit",
            "limit_source",
            "advice",
            "detail",
        ],
        "table": ["name", "rows", "title"],
        "chart": ["chart"],
        "artefact": ["path", "title"],
        "not_checked": ["what", "why"],
    }
    assert list(task.TaskContext.__annotations__) == [
        "build",
        "base",
        "workspace",
        "results_dir",
        "state_dir",
        "log",
    ]


def test_a_command_ends_with_its_status_and_its_tail():
    assert task.Exit._fields == ("status", "seconds", "timed_out", "tail")


def test_a_publisher_has_one_method_to_write():
    assert publisher.Publisher.__abstractmethods__ == {"publish"}
    assert shape(publisher.Publisher)["publish"] == [
        "folder",
        "destination",
        "parameters",
    ]


def test_a_renderer_has_one_method_to_write():
    assert report.Renderer.__abstractmethods__ == {"render"}
    assert shape(report.Renderer)["render"] == ["report", "folder"]


def test_commands_are_told_their_program():
    assert set(shape(command.Application)) == set()
    assert {"settings", "get_parser", "run"} <= {
        name for name, _ in inspect.getmembers(command.Command)
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("TurboHipsterError", 75),
        ("ConfigurationError", 2),
        ("InvalidJob", 2),
        ("PluginError", 2),
        ("RefusedInput", 2),
        ("CannotJudge", 75),
        ("FetchFailed", 75),
        ("CommandFailed", 75),
        ("PublishFailed", 3),
        ("NotMine", 3),
        ("ServerUnavailable", 69),
    ],
)
def test_each_error_ends_a_command_with_its_status(error, status):
    assert getattr(exceptions, error).exit_status == status


def test_a_cancel_passes_a_tasks_own_except():
    assert not issubclass(exceptions.Cancelled, Exception)


def test_the_words_have_the_fields_they_always_had():
    words = {
        model.Result: "verdict sentences",
        model.Change: "project branch ref commit number pipeline url",
        model.Build: "id job unique function label change log_path parameters",
        model.Step: "name started seconds verdict",
        model.Finding: "id severity message where measured limit "
        "limit_source advice accepted proposed detail",
        model.NotChecked: "what why",
        model.Table: "name rows title",
        model.Series: "name points",
        model.Chart: "name kind unit series title",
        model.Artefact: "path title bytes",
        model.Report: "job build change verdict sentences started seconds "
        "worker steps findings not_checked tables charts artefacts",
    }
    for word, fields in words.items():
        found = [field.name for field in dataclasses.fields(word)]
        assert found == fields.split(), word


def test_the_words_are_frozen():
    result = model.Result.success("fine")

    with pytest.raises(dataclasses.FrozenInstanceError):
        result.verdict = model.Verdict.FAILURE


def test_the_values_on_the_wire_never_change():
    assert [verdict.value for verdict in model.Verdict] == [
        "SUCCESS",
        "FAILURE",
        "TIMED_OUT",
        "ABORTED",
        "ERROR",
    ]
    assert [one.value for one in model.Severity] == ["fail", "warn", "note"]
    assert [one.value for one in model.Published] == [
        "published",
        "partly",
        "not",
    ]
