from broken_plugins import ways
from broken_plugins.sound import Sound

ways.interrupts()

__all__ = ["Sound"]
