"""A schema as a value: read, compared, shown as a difference."""
