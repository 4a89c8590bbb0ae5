"""Probes: small clients at work while a step runs, who feel what it blocks.

They run in a process of their own: two SQLite libraries in one process lose
each other's locks, and a busy build must not make a wait look longer.
"""
