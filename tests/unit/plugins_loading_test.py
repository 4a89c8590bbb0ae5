"""A build process loads the one class it needs, and nothing else."""

import pytest

from turbo_hipster import exceptions, plugins, publisher, task


class Inner:
    class Judge(task.Task):
        def run(self, context):
            raise NotImplementedError


class Unfinished(task.Task):
    pass


@pytest.fixture
def here(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "a_plugin", sys.modules[__name__])


def test_a_nested_class_is_found(here):
    assert plugins.load("a_plugin:Inner.Judge") is Inner.Judge


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("a_plugin:Absent", "no 'Absent'"),
        ("a_plugin", "is no class"),
        ("a_plugin:Inner", "no subclass"),
        ("a_plugin:Unfinished", "must define run"),
    ],
)
def test_what_is_no_task_is_refused(here, entry, words):
    with pytest.raises(exceptions.PluginError, match=words):
        plugins.load(entry)


def test_another_contract_may_be_asked_for(here):
    with pytest.raises(exceptions.PluginError, match="Publisher"):
        plugins.load("a_plugin:Inner.Judge", publisher.Publisher)


def test_what_an_import_raises_is_not_hidden():
    with pytest.raises(ModuleNotFoundError):
        plugins.load("a_module_that_nobody_wrote:Task")
