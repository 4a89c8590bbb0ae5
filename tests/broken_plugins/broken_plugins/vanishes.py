from broken_plugins import ways
from broken_plugins.sound import Sound

ways.vanishes()

__all__ = ["Sound"]
