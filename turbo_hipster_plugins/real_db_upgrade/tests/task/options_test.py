"""Options are refused before a build could only fail."""

from types import SimpleNamespace

import pytest

from turbo_hipster.exceptions import InvalidJob
from turbo_hipster_real_db_upgrade.options import OPTIONS, refuse_unusable


def options(**given):
    """Return a section's options with their defaults."""
    usual = {option.dest: option.default for option in OPTIONS}
    usual |= {"datasets_dir": "/datasets", "tool": "alembic"}
    usual |= {"tool_options": {"config": "alembic.ini"}}
    return SimpleNamespace(**{**usual, **given})


@pytest.mark.parametrize(
    "scale", [[], ["1", "10", "100"], ["100", "2.5", "12%"], ["1", "2", "8"]]
)
def test_sizes_that_tell_are_taken(scale):
    refuse_unusable(options(scale=scale))


@pytest.mark.parametrize(
    "scale, said",
    [
        (["1", "lots"], "per cent above 0"),
        (["0", "10", "100"], "per cent above 0"),
        (["1", "10", "101"], "up to 100"),
        (["nan", "10", "100"], "per cent above 0"),
        (["1", "100"], "at least 3 sizes"),
        (["1", "100", "1.0"], "at least 3 sizes"),
        (["50", "75", "100"], "8 times the smallest"),
    ],
)
def test_sizes_that_could_tell_nothing_are_refused(scale, said):
    with pytest.raises(InvalidJob, match=said):
        refuse_unusable(options(scale=scale))


def test_a_file_of_limits_is_read_when_the_job_is_loaded(tmp_path):
    path = tmp_path / "limits.yaml"
    path.write_text("limits: {seconds: 5}")
    refuse_unusable(options(limits=str(path)))
    path.write_text("limits: {seconds: five}")
    with pytest.raises(InvalidJob) as refused:
        refuse_unusable(options(limits=str(path)))
    assert f"limits: {path}: limits.seconds" in str(refused.value)


def test_a_file_of_limits_has_its_whole_path():
    with pytest.raises(InvalidJob, match="whole path"):
        refuse_unusable(options(limits="limits.yaml"))
