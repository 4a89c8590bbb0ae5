import sqlite3

from turbo_hipster_databases import calibration


def test_a_calibration_takes_time_and_leaves_nothing(tmp_path):
    assert calibration.calibrate(tmp_path) > 0
    assert list(tmp_path.iterdir()) == []


def test_its_work_is_really_done(tmp_path):
    connection = sqlite3.connect(tmp_path / "x")
    connection.executescript(calibration.WORK)
    one = "SELECT count(*), count(DISTINCT name) FROM t"
    assert connection.execute(one).fetchone() == (20_000, 20_000)
    changed = "SELECT count(*) FROM t WHERE number >= 64"
    assert connection.execute(changed).fetchone()[0] > 10_000
    connection.close()


def test_a_class_of_machines_has_a_name():
    number, _, name = calibration.machine_class().partition(" x ")
    assert int(number) > 0 and name
