"""Servers that lie, and who listens."""
