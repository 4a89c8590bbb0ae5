"""Who a finding is: the same from build to build, on whatever line."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator

from turbo_hipster import model
from turbo_hipster.reports.ci import places


def fingerprints(
    report: model.Report, findings: Iterable[model.Finding]
) -> Iterator[str]:
    """Yield one for each finding, each once in a report.

    Job, id and place make it; neither the line, which moves with every edit
    above it, nor the message, which has what was measured in it.  Findings
    that agree in all this are told apart by their order.
    """
    seen: Counter[str] = Counter()
    for finding in findings:
        there = places.place(finding)
        name = digest(
            report.job,
            finding.id,
            there.file if there else "",
            *sorted(map(list, places.elsewhere(finding).items())),
        )
        seen[name] += 1
        count = seen[name]
        yield name if count == 1 else digest(name, count)


def digest(*words: object) -> str:
    """Return a fingerprint of plain values."""
    text = json.dumps(words)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
