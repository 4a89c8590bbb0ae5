from broken_plugins import ways
from broken_plugins.sound import Sound

ways.kills_its_guard()

__all__ = ["Sound"]
