from broken_plugins import ways
from broken_plugins.sound import Sound

ways.stops()

__all__ = ["Sound"]
