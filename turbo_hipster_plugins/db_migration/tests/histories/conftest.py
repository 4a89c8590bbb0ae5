"""The real histories, judged without data."""

from theatre.histories import make_history_fixture, state_dir_fixture

__all__ = ["make_history_fixture", "state_dir_fixture"]
