"""The job's own command for an empty database."""

import pytest

from turbo_hipster.exceptions import CannotJudge

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


def test_a_release_is_read_on_an_empty_database_that_was_prepared(brisk):
    # given a release whose history nobody has read yet
    brisk.dataset()
    brisk.base = brisk.project.commit({"README": "released"})
    brisk.step("new", "two", "pass")

    # when a change is judged, twice
    told = "for $DATABASE_URL with $(ls alembic.ini)"
    first = brisk.judge(prepare=f'echo "prepared {told}"')
    second = brisk.judge(prepare=f'echo "prepared {told}"')

    # then the command ran once: the history of a release is kept
    [line] = [one for one in first.log.splitlines() if "prepared" in one]
    assert "for sqlite:///" in line
    assert line.endswith(" with alembic.ini")
    assert "prepared" not in second.log


def test_a_command_that_fails_blames_nobody(brisk):
    brisk.dataset()
    brisk.step("new", "two", "pass")

    with pytest.raises(CannotJudge, match=r"prepare failed .* no such luck"):
        brisk.judge(prepare="echo no such luck; exit 3")
