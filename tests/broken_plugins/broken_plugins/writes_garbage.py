from broken_plugins import ways
from broken_plugins.sound import Sound

ways.writes_garbage()

__all__ = ["Sound"]
