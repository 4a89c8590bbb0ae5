"""Exit statuses of ``run`` and ``submit``."""

from __future__ import annotations

from turbo_hipster.model import Verdict

NOT_PUBLISHED = 3

OF_VERDICT = {
    Verdict.SUCCESS: 0,
    Verdict.FAILURE: 1,
    Verdict.ERROR: 75,
    Verdict.TIMED_OUT: 124,
    Verdict.ABORTED: 130,
}
REFUSED = 2
