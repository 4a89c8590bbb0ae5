"""Numbers as Prometheus reads them: its text format, version 0.0.4.

The library of Prometheus would do this too, and cost an idle worker
megabytes; the tests have that library read what we write.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from turbo_hipster.watching.metrics import ALL, PREFIX, SECONDS, Metric
from turbo_hipster.watching.numbers import Sample, Times

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def render(samples: Iterable[Sample]) -> str:
    """Return all samples, those of one metric together, as one text."""
    found: dict[Metric, list[Sample]] = {metric: [] for metric in ALL}
    for sample in samples:
        found[sample.metric].append(sample)
    lines: list[str] = []
    for metric, some in found.items():
        if some:
            name = PREFIX + metric.name
            lines.append(f"# HELP {name} {metric.help}")
            lines.append(f"# TYPE {name} {metric.kind}")
            for sample in some:
                lines += _lines(name, sample)
    return "\n".join(lines) + "\n"


def _lines(name: str, sample: Sample) -> Iterator[str]:
    labels = list(zip(sample.metric.labels, sample.labels, strict=True))
    if not isinstance(sample.value, Times):
        yield f"{name}{_braced(labels)} {_number(sample.value)}"
        return
    total = 0
    bounds = (*map(_number, SECONDS), "+Inf")
    for bound, count in zip(bounds, sample.value.counts, strict=True):
        total += count
        yield f"{name}_bucket{_braced([*labels, ('le', bound)])} {total}"
    yield f"{name}_sum{_braced(labels)} {_number(sample.value.sum)}"
    yield f"{name}_count{_braced(labels)} {total}"


def _braced(labels: list[tuple[str, str]]) -> str:
    inside = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
    return f"{{{inside}}}" if inside else ""


def _escaped(text: str) -> str:
    text = text.replace("\\", r"\\").replace("\n", r"\n")
    return text.replace('"', r"\"")


def _number(value: float) -> str:
    if math.isfinite(value) and value == int(value):
        return str(int(value))
    return repr(float(value))
