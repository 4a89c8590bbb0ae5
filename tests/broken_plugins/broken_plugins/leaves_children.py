from broken_plugins import ways
from broken_plugins.sound import Sound

ways.leaves_children()

__all__ = ["Sound"]
