import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_real_db_upgrade.datasets import of_today
from turbo_hipster_real_db_upgrade.datasets.description import (
    DatasetRefused,
    Invariant,
    Limits,
)

SMALL = "project: openstack/nova\nengine: mariadb\nseed: seed.sql\n"

FULL = """\
name: big
project: openstack/nova
seed: {mariadb: seed.sql, postgresql: seed.dump}
engine: [postgresql, mariadb]
taken_at: 2026-10-01
revision: 216
production_rows: {instances: 12000000}
overlays: [odd.sql, odder.sql]
ladder: [stable/1, main]
limits:
  seconds: {default: 60, "151->152": 333.5}
  write_stall: 5
invariants:
  - query: SELECT count(*) FROM users
  - {query: SELECT count(*) FROM orphans, is: 0}
workload: workload.sql
"""


def test_a_small_description_is_enough(describe):
    path = describe(SMALL)
    dataset = of_today.read(path)
    assert dataset.name == "user_001"
    assert dataset.project == "openstack/nova"
    assert dataset.seeds == {"mariadb": path.parent / "seed.sql"}
    assert dataset.described_by == path
    assert str(dataset) == "dataset user_001 of openstack/nova"


def test_everything_that_is_said_is_taken(describe):
    path = describe(
        FULL, beside=["seed.dump", "odd.sql", "odder.sql", "workload.sql"]
    )
    dataset = of_today.read(path)
    folder = path.parent
    assert dataset.name == "big"
    assert list(dataset.seeds.items()) == [
        ("postgresql", folder / "seed.dump"),
        ("mariadb", folder / "seed.sql"),
    ]
    assert dataset.taken_at == datetime.date(2026, 10, 1)
    assert dataset.revision == "216"
    assert dataset.production_rows == {"instances": 12_000_000}
    assert dataset.overlays == (folder / "odd.sql", folder / "odder.sql")
    assert dataset.ladder == ("stable/1", "main")
    assert dataset.limits == {
        Quantity.SECONDS: Limits(60, {"151->152": 333.5}),
        Quantity.WRITE_STALL: Limits(5),
    }
    assert dataset.limits[Quantity.SECONDS].of("151->152") == 333.5
    assert dataset.limits[Quantity.SECONDS].of("152->153") == 60
    assert dataset.invariants == (
        Invariant("SELECT count(*) FROM users"),
        Invariant("SELECT count(*) FROM orphans", stays=False, value=0),
    )
    assert dataset.workload == folder / "workload.sql"


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "is no mapping"),
        ("- a", "is no mapping"),
        ("a: [", "is no YAML"),
        ("a: \x01", "is no YAML"),
        ("engine: x\nseed: seed.sql", "project is missing"),
        ("project: p\nengine: x", "seed is missing"),
        ("project: p\nseed: seed.sql", "engine is missing"),
        ("project: p\nengine: x\nseed: no.sql", "there is no file"),
        ("project: p\nengine: x\nseed: ../seed.sql", "must be a file in"),
        ("project: p\nengine: x\nseed: /etc/passwd", "must be a file in"),
        ("project: p\nengine: x\nseed: .", "is no file"),
        ("project: p\nseed: {}", "seed names no file"),
        ("project: p\nengine: y\nseed: {x: seed.sql}", "no file for y"),
        (SMALL + "overlay: [a]", "did you mean overlays?"),
        (SMALL + "banana: 1", "no key 'banana' is known; there are engine"),
        (SMALL + "overlays: [no.sql]", "overlays[0]: there is no file"),
        (SMALL + "overlays: {a: b}", "overlays is no list"),
        (SMALL + "taken_at: yesterday", "a date looks like"),
        (SMALL + "production_rows: {a: many}", "which is no number"),
        (SMALL + "production_rows: {a: 1.5}", "which is no whole number"),
        (SMALL + "production_rows: {a: -1}", "must be 0 or more"),
        (SMALL + "production_rows: 7", "is no mapping"),
        (SMALL + "limits: {second: 1}", "did you mean seconds?"),
        (SMALL + "limits: {seconds: fast}", "seconds.default is 'fast'"),
        (SMALL + "limits: {seconds: .nan}", "must be 0 or more"),
        (SMALL + "limits: {seconds: true}", "which is no number"),
        (SMALL + "invariants: {query: a}", "invariants is no list"),
        (SMALL + "invariants: [{is: 1}]", "invariants[0]: query is missing"),
        (SMALL + "invariants: [{query: a, is: [1]}]", "neither number"),
        (SMALL + 'name: "a\\nb"', "cannot be shown"),
        (SMALL + "workload: no.sql", "workload: there is no file"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(describe, text, said):
    path = describe(text)
    with pytest.raises(DatasetRefused) as refused:
        of_today.read(path)
    assert str(path) in str(refused.value)
    assert said in str(refused.value)


def test_a_link_may_lead_to_another_disk(describe, tmp_path):
    path = describe(SMALL)
    large = tmp_path / "large.sql"
    large.write_text("-- all of it\n")
    (path.parent / "seed.sql").unlink()
    (path.parent / "seed.sql").symlink_to(large)
    assert of_today.read(path).seeds["mariadb"].samefile(large)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(DatasetRefused, match="cannot be read"):
        of_today.read(tmp_path / "dataset.yaml")


def test_a_description_of_many_megabytes_is_refused(describe):
    path = describe("# " + "x" * of_today.LARGEST)
    with pytest.raises(DatasetRefused, match="more than"):
        of_today.read(path)


@given(st.text(max_size=60) | st.binary(max_size=60))
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_but_a_refusal_comes_of_nonsense(tmp_path, text):
    path = tmp_path / "dataset.yaml"
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    path.write_bytes(data)
    with pytest.raises(DatasetRefused):
        of_today.read(path)
