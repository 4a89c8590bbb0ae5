"""A job's own file of limits judges, and is named."""

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

SLOW = "time.sleep(0.4)"


def test_a_finding_names_the_file_that_its_limit_is_from(brisk, tmp_path):
    # given a dataset that allows much, and a file that allows less
    brisk.dataset(more="limits: {seconds: 100}\n")
    path = tmp_path / "limits.yaml"
    path.write_text("datasets: {user_001/sqlite: {seconds: 0.2}}")
    brisk.step("new", "two", SLOW)

    # when a change is judged with both
    brisk.judge(limits=str(path))

    # then the file's limit counts, and is named
    [finding] = brisk.outcome.findings
    assert finding.id == "TH-R101"
    assert finding.limit == 0.2 and finding.limit_source == "limits.yaml"
    assert finding.message.endswith("(limit 200 ms, limits.yaml)")


def test_a_file_that_allows_it_is_silent(brisk, tmp_path):
    brisk.dataset()
    path = tmp_path / "limits.yaml"
    path.write_text("datasets: {user_002: {seconds: 0.2}}")
    brisk.step("new", "two", SLOW)
    assert brisk.judge(limits=str(path)).findings == ()
