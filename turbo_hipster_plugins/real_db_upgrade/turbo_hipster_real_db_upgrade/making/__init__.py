"""Making rows: an empty schema is filled, as large as production's."""

from turbo_hipster_real_db_upgrade.making.filling import fill
from turbo_hipster_real_db_upgrade.making.refusal import CannotFill

__all__ = ["CannotFill", "fill"]
