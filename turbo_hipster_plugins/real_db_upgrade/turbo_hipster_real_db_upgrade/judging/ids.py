"""The findings by their ids; what they say is in ``sentences``."""

from __future__ import annotations

from turbo_hipster_databases.history.words import Quantity

DEADLOCK = "TH-R104"
ROWS_LOST = "TH-R201"
DATA_CHANGED = "TH-R202"
INVARIANT = "TH-R203"
CONSTRAINT = "TH-R204"
UNDOING = "TH-R301"
NOT_RERUNNABLE = "TH-R302"
OLD_CODE = "TH-R303"
STEEP = "TH-R401"
NOT_NEWEST = "TH-R501"
NOT_ENDED = "TH-R502"
NOTHING_RAN = "TH-R503"
NO_SEED = "TH-R504"
BAD_SEED = "TH-R505"
NO_MODULE = "TH-R506"

OVER = {
    Quantity.WRITE_STALL: "TH-R102",
    Quantity.READ_STALL: "TH-R103",
    Quantity.SECONDS: "TH-R101",
    Quantity.ROWS_CHANGED: "TH-R105",
    Quantity.ROWS_READ: "TH-R106",
    Quantity.SIZE: "TH-R107",
    Quantity.LOG_BYTES: "TH-R107",
}
"""Each quantity's finding when it is over its limit, the worst first: who
is held up by a step minds more than who waits for its end."""

WORST_FIRST = (
    ROWS_LOST,
    DATA_CHANGED,
    CONSTRAINT,
    NO_MODULE,
    NOT_ENDED,
    NOT_NEWEST,
    INVARIANT,
    DEADLOCK,
    OVER[Quantity.WRITE_STALL],
    OVER[Quantity.READ_STALL],
    OLD_CODE,
    STEEP,
    OVER[Quantity.SECONDS],
    NOT_RERUNNABLE,
    UNDOING,
)
"""What is told first of a build that fails for several reasons: what loses
data or stops a deploy, then what users feel, then what is slow, then what
harms only when something else goes wrong.  All others stand behind these."""
