"""Half-way: a step that is killed can be run again on this data."""
