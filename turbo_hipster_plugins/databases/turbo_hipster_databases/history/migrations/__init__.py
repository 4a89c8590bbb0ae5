"""The migrations of history's own schema, run by Alembic."""
