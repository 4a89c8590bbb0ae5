"""What this library tells the doctor; nothing is left behind."""

import sqlite3

import pytest

from turbo_hipster_databases.doctor import cloning, engines, history
from turbo_hipster_databases.doctor.patient import words
from turbo_hipster_databases.history.store import History
from turbo_hipster_databases.snapshots import names

PLACE = ("plugins", "databases", "history.sqlite")


class Patient:
    def __init__(self, state_dir, **jobs):
        self.state_dir = state_dir
        self.jobs = jobs
        self.told = []

    def ok(self, sentence):
        self.told.append(("ok", sentence))

    def warn(self, sentence, advice):
        assert advice
        self.told.append(("warn", sentence))

    def fail(self, sentence, advice):
        assert advice
        self.told.append(("fail", sentence))

    def states(self):
        return [state for state, _sentence in self.told]


def test_words_of_a_list_option_are_read_over_lines():
    assert words(["sqlite, mariadb", " postgresql ,"]) == [
        "sqlite", "mariadb", "postgresql",
    ]  # fmt: skip


def test_what_is_installed_is_listed(tmp_path):
    patient = Patient(tmp_path, unit={"engines": ["sqlite"]})
    engines.installed(patient)
    assert patient.states() == ["ok"]
    assert f"sqlite {sqlite3.sqlite_version}" in patient.told[0][1]


def test_an_engine_that_no_package_brings_is_told(tmp_path):
    patient = Patient(tmp_path, unit={"engines": ["sqlite, nonsense"]})
    engines.installed(patient)
    assert patient.states() == ["warn", "ok"]
    assert "nonsense" in patient.told[0][1]


@pytest.mark.functional
def test_the_best_way_to_clone_is_told_and_no_trace_is_left(tmp_path):
    patient = Patient(tmp_path / "not" / "there")
    cloning.tried(patient)
    (told,) = patient.told
    assert told[0] in ("ok", "warn")
    assert any(name in told[1] for name in names.ORDER)
    assert list(tmp_path.iterdir()) == []


def test_a_history_of_this_release_is_sound_and_is_not_touched(tmp_path):
    file = tmp_path.joinpath(*PLACE)
    file.parent.mkdir(parents=True)
    with History(f"sqlite:///{file}"):
        pass
    before = file.read_bytes()
    url = f"sqlite:///{file}"
    patient = Patient(tmp_path, unit={"history": [url]})
    history.revision(patient)
    assert patient.states() == ["ok", "ok"]
    assert all("sound" in sentence for _state, sentence in patient.told)
    assert file.read_bytes() == before


def test_a_history_that_is_not_there_yet_is_not_made(tmp_path):
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    patient = Patient(tmp_path, unit={"history": [url]}, other={})
    history.revision(patient)
    assert patient.told == []
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_not_told(tmp_path):
    url = "postgresql+psycopg://user:secret@127.0.0.1:1/none"
    patient = Patient(tmp_path, unit={"history": [url]})
    history.revision(patient)
    assert patient.states() == ["warn"]
    assert "secret" not in str(patient.told)


def test_a_history_that_is_no_url(tmp_path):
    patient = Patient(tmp_path, unit={"history": ["no url"]})
    history.revision(patient)
    assert patient.states() == ["fail"]
