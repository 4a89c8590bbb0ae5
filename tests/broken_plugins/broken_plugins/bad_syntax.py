from broken_plugins.sound import Sound

exec("def broken(:")

__all__ = ["Sound"]
