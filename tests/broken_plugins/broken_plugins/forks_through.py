from broken_plugins import ways
from broken_plugins.sound import Sound

ways.forks_through()

__all__ = ["Sound"]
