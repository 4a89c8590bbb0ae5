from broken_plugins import ways
from broken_plugins.sound import Sound

ways.aborts()

__all__ = ["Sound"]
