import a_module_that_nobody_wrote

from broken_plugins.sound import Sound

__all__ = ["Sound", "a_module_that_nobody_wrote"]
