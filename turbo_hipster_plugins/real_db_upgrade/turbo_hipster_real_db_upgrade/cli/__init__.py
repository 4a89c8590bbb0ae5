"""Commands that this plugin brings to ``turbo-hipster``."""
