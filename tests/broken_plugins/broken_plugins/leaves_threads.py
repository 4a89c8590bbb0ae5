from broken_plugins import ways
from broken_plugins.sound import Sound

ways.leaves_threads()

__all__ = ["Sound"]
