from broken_plugins import ways
from broken_plugins.sound import Sound

ways.hides_children()

__all__ = ["Sound"]
