"""Scaling: a smaller body of the same data, whose keys still hold."""

from turbo_hipster_real_db_upgrade.scaling.scaled import scaled
from turbo_hipster_real_db_upgrade.scaling.thinning import thin

__all__ = ["scaled", "thin"]
