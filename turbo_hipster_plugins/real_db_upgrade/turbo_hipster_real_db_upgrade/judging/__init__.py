"""Judging: what was measured is held against limits, and told."""
