from broken_plugins import ways
from broken_plugins.sound import Sound

ways.moves_house()

__all__ = ["Sound"]
