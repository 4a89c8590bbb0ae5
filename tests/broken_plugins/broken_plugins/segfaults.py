from broken_plugins import ways
from broken_plugins.sound import Sound

ways.segfaults()

__all__ = ["Sound"]
