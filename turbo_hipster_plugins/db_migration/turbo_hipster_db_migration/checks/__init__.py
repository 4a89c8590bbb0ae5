"""The checks, each in a room of its own."""
