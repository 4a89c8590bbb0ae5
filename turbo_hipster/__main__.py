"""``turbo-hipster`` and ``python -m turbo_hipster``."""

from __future__ import annotations

import sys

from turbo_hipster.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
