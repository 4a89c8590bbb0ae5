"""Showing: what was measured, as a person reads it."""
