"""Comparing: one table before and after, by key, column by column."""
