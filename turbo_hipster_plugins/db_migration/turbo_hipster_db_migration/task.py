"""The task: run a history on private servers, and say what it does."""

from __future__ import annotations

from types import SimpleNamespace

from turbo_hipster import exceptions, model, task
from turbo_hipster_db_migration.options import OPTIONS, refuse_unusable


class DbMigration(task.Task):
    """Run a project's migrations, and say whether their history is sound."""

    options = OPTIONS

    @classmethod
    def check(cls, options: SimpleNamespace) -> None:
        """Raise InvalidJob if the section's options cannot work."""
        refuse_unusable(options)

    def run(self, context: task.TaskContext) -> model.Result:
        """Judge the change."""
        raise exceptions.CannotJudge("db_migration is not built yet")
