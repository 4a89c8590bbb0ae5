"""Databases with a schema, on each engine."""

from theatre.databases import kept_fixture, on_fixture

__all__ = ["kept_fixture", "on_fixture"]
