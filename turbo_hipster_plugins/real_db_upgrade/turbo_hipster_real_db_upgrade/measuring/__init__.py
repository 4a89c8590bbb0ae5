"""Measuring: each step of the change once, under observers and probes."""
