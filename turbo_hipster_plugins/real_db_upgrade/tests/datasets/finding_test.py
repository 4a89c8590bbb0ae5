import pytest

from turbo_hipster_real_db_upgrade.datasets import finding
from turbo_hipster_real_db_upgrade.datasets.description import (
    Dataset,
    DatasetRefused,
)

TODAY = "project: openstack/nova\nengine: mariadb\nseed: seed.sql\n"
OF_2014 = '{"project": "p", "type": "mysql", "seed_data": "seed.sql"}'


def test_every_dataset_of_a_folder_is_found(describe, tmp_path):
    # given one of today, one of 2014, one that is wrong, and other folders
    describe(TODAY, name="a")
    describe(OF_2014, name="b", file="config.json")
    describe("nonsense", name="c")
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "README").write_text("not a dataset")

    # then each is there by name, and the wrong one says why
    one, two, wrong = finding.find(tmp_path)
    assert isinstance(one, Dataset) and one.name == "a"
    assert isinstance(two, Dataset) and two.name == "b"
    assert isinstance(wrong, finding.Refused)
    assert wrong.folder == tmp_path / "c" and "dataset.yaml" in wrong.why


def test_where_both_descriptions_stand_todays_counts(describe, tmp_path):
    describe(TODAY, name="a")
    describe(OF_2014, name="a", file="config.json")
    [one] = finding.find(tmp_path)
    assert one.project == "openstack/nova"


def test_two_datasets_of_one_name_are_both_refused(describe, tmp_path):
    describe(TODAY + "name: x\n", name="a")
    describe(TODAY, name="x")
    describe(TODAY, name="y")
    found = list(finding.find(tmp_path))
    assert [type(one) for one in found] == [
        finding.Refused,
        finding.Refused,
        Dataset,
    ]
    assert "'x' is taken" in found[0].why


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DatasetRefused, match="datasets_dir"):
        list(finding.find(tmp_path / "gone"))
