from broken_plugins import ways
from broken_plugins.sound import Sound

ways.closes_fds()

__all__ = ["Sound"]
