"""Each fault is caught by its finding and no other; its twin by none."""

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

engines = pytest.mark.parametrize(
    "engine", ["sqlite", "mariadb", "postgresql"]
)


@engines
def test_each_fault_is_caught_by_its_own_finding_alone(judged, wanted, engine):
    caught, said = judged(engine)
    assert caught == wanted(engine), said


@engines
def test_all_are_silent_on_the_sound_twins(judged, wanted, engine):
    caught, said = judged(engine, twins=True)
    assert caught == dict.fromkeys(wanted(engine), set()), said
