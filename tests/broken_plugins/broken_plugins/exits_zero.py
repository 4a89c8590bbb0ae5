from broken_plugins import ways
from broken_plugins.sound import Sound

ways.exits_zero()

__all__ = ["Sound"]
