"""TH-M501: squawk's words are read, whatever stands around them."""

import json
import os
from types import SimpleNamespace

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases.model import Direction, Migration, Ran
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.checks import squawk

SQL = ("CREATE TABLE a (id int)", "ALTER TABLE a\nADD b int NOT NULL;")
SAYS = (
    '[{"file":"one.sql","line":2,"line_end":3,"level":"Warning",'
    '"message":"It  blocks","help":"Wait","rule_name":"a-rule"}]'
)


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """Let a squawk of our own speak, which shows what it was given."""

    def judged(says=SAYS, name="postgresql", statements=SQL, **options):
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "squawk"
        text = f"#!/bin/sh\ncat \"$3\"\necho '{says}'\nexit 1\n"
        program.write_text(options.pop("program", text))
        program.chmod(0o755)
        if not options.pop("real", False):
            monkeypatch.setattr(
                squawk.sysconfig, "get_path", lambda name: str(folder)
            )
        if options.pop("missing", False):
            program.unlink()
            monkeypatch.setenv("PATH", str(folder))
        stage = SimpleNamespace(
            migration=Migration("one", files={"one.py": ""}),
            up=SimpleNamespace(
                ran=Ran(Migration("one"), Direction.UP, 1.0, statements)
            ),
        )

        class Look(task.Task):
            """Let squawk look."""

            def run(self, context):
                board = Board(context)
                ground = SimpleNamespace(
                    name=name,
                    board=board,
                    context=context,
                    settings=SimpleNamespace(squawk=True, **options),
                )
                walk = SimpleNamespace(stages=[stage], judged={"one"})
                squawk.check(ground, walk)
                board.show({name: name})
                return model.Result.success()

        return run_task(Look)

    yield judged
    assert os.environ["PATH"]


def test_what_it_says_warns_with_the_statement(judged):
    outcome = judged()

    (finding,) = outcome.findings
    assert finding.severity is model.Severity.WARN
    assert finding.message == "one: a-rule: It blocks"
    assert finding.where["rule"] == "a-rule"
    assert finding.advice.startswith("Wait.")
    assert finding.detail == "ALTER TABLE a\nADD b int NOT NULL;"


def test_all_that_it_says_is_read_however_much_it_is(judged):
    remarks = [
        {"line": 0, "message": f"remark {one} {'x' * 80}", "rule_name": "a"}
        for one in range(2000)
    ]
    says = json.dumps(remarks)
    assert len(says) > 2 * 64 * 2**10  # more than is kept of a command

    outcome = judged(says)

    assert len(outcome.findings) == 2000
    assert outcome.not_checked == ()


def test_a_program_that_does_not_start_is_said(judged):
    outcome = judged(program="#!/nowhere/at/all\n")

    assert outcome.findings == ()
    assert "said no JSON" in outcome.not_checked[0].why


@pytest.mark.skipif(not squawk.program(), reason="squawk-cli is an extra")
def test_the_real_one_has_more_to_say_than_is_kept_of_a_command(judged):
    statements = [f"CREATE INDEX i{one} ON a (b)" for one in range(300)]

    outcome = judged(real=True, statements=statements)

    blocking = [
        one
        for one in outcome.findings
        if one.where["rule"] == "require-concurrent-index-creation"
    ]
    assert len(blocking) == 300
    assert blocking[-1].detail == "CREATE INDEX i299 ON a (b);"


def test_the_sql_it_read_is_published(judged):
    outcome = judged(statements=(*SQL, "UPDATE alembic_version SET x='one'"))

    text = outcome.files["sql/one.sql"].decode()
    assert (
        text
        == "CREATE TABLE a (id int);\n\nALTER TABLE a\nADD b int NOT NULL;\n\n"
    )


def test_nothing_to_say_is_no_finding(judged):
    assert judged("[]").findings == ()


def test_words_that_are_no_json_are_said_to_be_none(judged):
    outcome = judged("panic")

    assert outcome.findings == ()
    assert "status 1" in outcome.not_checked[0].why


def test_a_squawk_that_is_missing_is_said_with_what_to_install(judged):
    outcome = judged(missing=True)

    assert "[squawk]" in outcome.not_checked[0].why


def test_only_sql_of_postgresql_is_read(judged):
    outcome = judged(name="mariadb")

    assert outcome.findings == ()
    (row,) = outcome.tables["checks"].rows
    assert row["squawk (TH-M501)"] == "off"


def test_statements_that_are_not_seen_are_said(judged):
    outcome = judged(statements=None)

    assert "does not let us see" in outcome.not_checked[0].why


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alembic_version SET version_num='b'",
        "INSERT INTO alembic_version (version_num) VALUES ('a')",
        "DELETE FROM public.alembic_version WHERE 1",
        'CREATE TABLE "alembic_version" (version_num VARCHAR(32))',
    ],
)
def test_what_the_tool_notes_for_itself_is_not_read(statement):
    assert squawk.NOT_THE_MIGRATION.match(statement)
    assert not squawk.NOT_THE_MIGRATION.match("UPDATE people SET x='v'")
