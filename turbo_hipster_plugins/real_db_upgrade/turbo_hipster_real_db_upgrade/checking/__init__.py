"""Checking: passes after the measured one, each on clones of its own."""
