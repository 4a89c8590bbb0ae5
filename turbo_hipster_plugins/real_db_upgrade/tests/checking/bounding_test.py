"""The budget of a pass ends what is asked, also in its midst."""

import contextlib
import itertools

import pytest

from turbo_hipster_real_db_upgrade.checking import passes
from turbo_hipster_real_db_upgrade.checking.bounding import (
    CutOff,
    bounded,
    in_time,
)
from turbo_hipster_real_db_upgrade.checking.budget import Budget

functional = [pytest.mark.functional, pytest.mark.timeout(300)]
ENDLESS = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
    " FROM n) SELECT COUNT(*) FROM n",
    "mariadb": "SELECT COUNT(*) FROM seq_1_to_1000000 a"
    " JOIN seq_1_to_1000000 b ON a.seq <> b.seq",
    "postgresql": "SELECT pg_sleep(100000)",
}


class Used(Budget):
    """A budget that is used up when it was asked so often."""

    def __init__(self, times):
        super().__init__(5)
        self._times = times

    @property
    def left(self):
        self._times -= 1
        return float(max(self._times + 1, 0))


class TestAQuery:
    pytestmark = functional

    @pytest.mark.parametrize("engine", ENDLESS)
    def test_that_would_never_end_is_cut_off(self, on, engine):
        def body(server):
            with contextlib.closing(server().connect()) as connection:
                cursor = connection.cursor()
                with (
                    pytest.raises(CutOff, match="budget of 0.5 s"),
                    bounded(connection, engine, Budget(0.5)),
                ):
                    cursor.execute(ENDLESS[engine])
                    cursor.fetchall()
                # and the connection can be used for what is short
                with bounded(connection, engine, Budget(60)):
                    cursor.execute("SELECT 1")
                    assert cursor.fetchall()[0][0] == 1
                cursor.close()

        on(engine, body)

    def test_that_fails_by_itself_says_so(self, on):
        def body(server):
            with (
                contextlib.closing(server().connect()) as connection,
                pytest.raises(connection.Error, match="missing"),
                bounded(connection, "sqlite", Budget(60)),
            ):
                connection.execute("SELECT * FROM missing")

        on("sqlite", body)


def test_a_stream_of_rows_is_cut_off():
    rows = ((number,) for number in itertools.count())
    with pytest.raises(CutOff):
        for _ in in_time(rows, Used(3)):
            pass


def test_without_a_budget_all_rows_come():
    rows = [(number,) for number in range(30_000)]
    assert list(in_time(iter(rows), None)) == rows


class TestTheTask:
    pytestmark = functional

    def test_what_is_cut_off_is_not_checked_and_said(
        self, shop, only, monkeypatch
    ):
        # given a change that loses rows, and a budget that is used up when
        # the first table is looked at
        only("data")
        monkeypatch.setattr(passes, "Budget", lambda _: Used(1))
        shop.dataset()
        shop.step("new", "two", 'op.execute("DELETE FROM orders")')

        # when it is judged
        outcome = shop.judge()

        # then nothing is said of its rows, but that nobody looked
        assert outcome.findings == ()
        [gap] = [one for one in outcome.not_checked if "data" in one.what]
        assert gap.what == "user_001/sqlite: two->new, data (tables orders)"
        assert gap.why == "the budget of 5 s is used up"
        [row] = outcome.tables["migrations"].rows
        assert row["data"] == "not checked"
