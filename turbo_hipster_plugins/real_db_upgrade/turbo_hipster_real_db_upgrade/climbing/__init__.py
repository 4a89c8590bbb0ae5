"""Climbing: a dataset goes up its ladder, and each step is run once."""
