"""Project environments: what a project requires, installed once.

``environment(context, requirements)`` is the way in; ``with_drivers`` also
sees to it that each engine has a driver in it.
"""

from turbo_hipster_databases.environments.environment import (
    Environment,
    environment,
    with_drivers,
)

__all__ = ["Environment", "environment", "with_drivers"]
