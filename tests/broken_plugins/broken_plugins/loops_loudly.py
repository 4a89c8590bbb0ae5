from broken_plugins import ways
from broken_plugins.sound import Sound

ways.loops_loudly()

__all__ = ["Sound"]
