"""Stepping: one process in the project's interpreter runs each migration."""
