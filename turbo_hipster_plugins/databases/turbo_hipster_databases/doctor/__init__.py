"""What ``turbo-hipster doctor`` and ``upgrade check`` ask this library."""
