from broken_plugins import ways
from broken_plugins.sound import Sound

ways.bombs()

__all__ = ["Sound"]
