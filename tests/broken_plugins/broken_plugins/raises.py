from broken_plugins import ways
from broken_plugins.sound import Sound

ways.raises()

__all__ = ["Sound"]
