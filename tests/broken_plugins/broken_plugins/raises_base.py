from broken_plugins import ways
from broken_plugins.sound import Sound

ways.raises_base()

__all__ = ["Sound"]
