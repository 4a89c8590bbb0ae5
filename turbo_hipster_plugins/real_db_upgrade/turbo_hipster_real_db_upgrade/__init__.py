"""What a change's migrations do to production's data."""

__version__ = "1.0.0"
