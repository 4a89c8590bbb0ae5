"""Statements name the tables whose rows they change."""

import pytest

from turbo_hipster_databases.observing import told


@pytest.mark.parametrize(
    "text, table",
    [
        ("UPDATE t SET a = $1", "t"),
        ("  update only public.T set a = 1", "t"),
        ('UPDATE ONLY "public"."Odd ""name""" SET a = 1', 'Odd "name"'),
        ("INSERT INTO other.t (a) VALUES ($1)", "other.t"),
        ("/* app */ -- why\n DELETE FROM ONLY t WHERE a = $1", "t"),
        ("COPY t (a, b) FROM STDIN", "t"),
        ("CREATE TABLE IF NOT EXISTS t AS SELECT 1", "t"),
        ("CREATE UNLOGGED TABLE t AS SELECT 1", "t"),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY m", "m"),
        ("INSERT IGNORE INTO `odd``name` VALUES (...)", "odd`name"),
        ("REPLACE INTO `turbo` . `t` VALUES (?)", "turbo.t"),
        ("MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", "t"),
        ("insert into été values (1)", "été"),
    ],
)
def test_a_change_is_laid_to_the_table_it_names(text, table):
    assert told.changed([(text, 3)], "public") == {table: 3}


@pytest.mark.parametrize(
    "text",
    ["SELECT * FROM t", "COPY t TO STDOUT", "TRUNCATE t", "", "FETCH 5 IN c"],
)
def test_what_changes_no_rows_is_passed_over(text):
    assert told.changed([(text, 3)], "public") == {}


def test_a_change_that_hides_makes_all_unknown():
    hidden = "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone"

    assert told.changed([("UPDATE t SET a = 1", 1), (hidden, 2)], "x") is None


def test_a_change_that_hides_and_changed_nothing_is_no_matter():
    hidden = "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone"

    assert told.changed([(hidden, 0)], "x") == {}


def test_rows_of_what_was_dropped_are_told():
    statements = [
        ("INSERT INTO a VALUES (1)", 1),
        ('INSERT INTO "B" VALUES (1)', 2),
        ("INSERT INTO c VALUES (1)", 4),
        ('DROP TABLE IF EXISTS a, public."B" CASCADE', 0),
    ]

    assert told.dropped(statements, "public") == {"a": 1, "B": 2}
