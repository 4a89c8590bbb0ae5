"""Files of earlier builds become runs."""

import gzip
import json
import os

import pytest

from turbo_hipster_databases.history import importing, of_report
from turbo_hipster_databases.history.importing import NoLog, Said, Unreadable
from turbo_hipster_databases.history.words import Quantity, Subject

STEPS = {"133->134": 2.0, "134->135": 40.5}


def test_an_old_log_is_a_run_of_the_dataset_in_its_path(old_log):
    [run] = importing.read(old_log("1", STEPS), Said())
    assert run.subject == Subject("nova", "user_001", "mysql", "")
    assert run.started == 1385156565.908  # the log says no zone: UTC
    assert run.calibration is None
    one, two = run.steps
    assert (one.step, one.rung, one.direction) == ("133->134", "working", "up")
    assert one.figures == {
        Quantity.SECONDS: 2.0,
        Quantity.ROWS_READ: 1000.0,
        Quantity.ROWS_CHANGED: 21.0,
    }
    assert two.figures[Quantity.SECONDS] == 40.5


def test_what_a_person_says_goes_before_the_path(old_log):
    said = Said("openstack/nova", "copy", "mariadb", "vm-2")
    [run] = importing.read(old_log("1", STEPS), said)
    assert run.subject == Subject("openstack/nova", "copy", "mariadb", "vm-2")


def test_a_packed_log_is_the_same_run(old_log):
    [plain] = importing.read(old_log("1", STEPS), Said())
    [packed] = importing.read(old_log("2", STEPS, packed=True), Said())
    assert plain == packed


def test_a_log_elsewhere_needs_to_be_told_whose_it_is(old_log, tmp_path):
    moved = tmp_path / "x.log"
    old_log("1", STEPS).rename(moved)
    with pytest.raises(Unreadable, match="say it with --project"):
        importing.read(moved, Said())
    said = Said("nova", "user_001")
    with pytest.raises(Unreadable, match="say it with --engine"):
        importing.read(moved, said)
    assert importing.read(moved, Said("nova", "user_001", "mysql"))


def test_a_step_that_did_not_end_is_left_out(old_log):
    log = old_log("1", {"1->2": 3.0, "2->3": None})
    [run] = importing.read(log, Said())
    assert [step.step for step in run.steps] == ["1->2"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a line of something else\n" * 9,
        "2013-11-22 21:42:45,908 [output] no migration here\n",
    ],
)
def test_other_files_are_no_logs(old_log, text):
    path = old_log("1", {})
    path.write_text(text)
    with pytest.raises(NoLog):
        importing.read(path, Said())


def test_a_packed_log_that_ends_early_is_not_taken_in_half(old_log):
    path = old_log("1", dict.fromkeys(map(str, range(9999)), 1.0), packed=True)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable, match="damaged, or it ends early"):
        importing.read(path, Said())
    path.write_bytes(b"\x1f\x8b" + b"x" * 99)
    with pytest.raises(Unreadable, match="damaged"):
        importing.read(path, Said())


def test_a_report_of_ours_is_a_run(our_report):
    [run] = importing.read(our_report("b1"), Said(machine="vm-2"))
    assert run.build == "b1"
    assert run.subject == Subject(
        "openstack/nova", "user_001", "mariadb", "vm-2"
    )
    assert (run.started, run.calibration) == (1_700_000_000.5, 0.125)
    assert run.engine_version == "10.11.6"
    [step] = run.steps
    assert step.step == "151->152"
    assert step.figures == {
        Quantity.SECONDS: 41.5,
        Quantity.WRITE_STALL: 2.5,
        Quantity.ROWS_READ: 7000.0,
        Quantity.SIZE: 0.0,
    }


def test_a_downgrade_in_a_report_is_named_as_history_names_it(our_report):
    [run] = importing.read(our_report("b1", direction="down"), Said())
    assert run.steps[0].step == "152->151"
    assert run.steps[0].direction == "down"


def test_a_step_that_failed_is_left_out_of_a_report(our_report):
    with pytest.raises(NoLog, match="no migration that ended"):
        importing.read(our_report("b1", state="failed"), Said())


@pytest.mark.parametrize(
    "text, said",
    [
        ("{", "no report.json"),
        ("[]", "no report.json"),
        ('{"schema": 2}', "schema 2"),
        (
            '{"schema": 1, "tables": [{"name": "migrations", "rows": [1]}]}',
            "is no",
        ),
        ('{"schema": 1, "tables": 7}', "no report.json"),
    ],
)
def test_what_is_no_report_is_refused(our_report, text, said):
    path = our_report("b1")
    path.write_text(text)
    with pytest.raises(Unreadable, match=said):
        importing.read(path, Said())


def test_odd_numbers_of_a_report_are_no_figures(our_report):
    path = our_report("b1")
    told = json.loads(path.read_text())
    told["tables"][0]["rows"][0]["seconds"] = float("nan")
    [run] = of_report.read(json.dumps(told).encode())
    assert Quantity.SECONDS not in run.steps[0].figures


def test_a_folder_is_looked_through_and_each_file_is_found_once(
    old_log, our_report, tmp_path
):
    one, two = old_log("1", STEPS), our_report("b1")
    (tmp_path / "link").symlink_to(one)
    (tmp_path / "loop").symlink_to(tmp_path)
    found = list(importing.sources([tmp_path, one, tmp_path / "none"]))
    assert {source.path.resolve() for source in found} >= {one, two}
    assert len({s.path.resolve() for s in found}) == len(found)
    assert found[-1].named and found[-1].why == "there is no such file"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert list(importing.sources([tmp_path])) == []
    [source] = importing.sources([tmp_path / "pipe"])
    assert source.why == "it is no file"


def test_a_packed_report_is_read(our_report):
    path = our_report("b1")
    packed = path.with_name("report.json.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert importing.read(packed, Said()) == importing.read(path, Said())
