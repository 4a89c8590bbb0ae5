"""The db_migration task: says whether a migration history is sound."""

__version__ = "1.0.0"
