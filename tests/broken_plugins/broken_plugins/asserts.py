from broken_plugins import ways
from broken_plugins.sound import Sound

ways.asserts()

__all__ = ["Sound"]
