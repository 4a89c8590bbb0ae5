"""One report that has everything, as plain as it gets."""

from __future__ import annotations

import pytest

from turbo_hipster import model

HOSTILE = (
    "<script>x</script>\"'&`|</div>{{ 7*7 }}\u202egnp\x00\x1b[31m@bob "
    "\ud800 http://evil.example #12 --> ]]> \ufffe"
)


@pytest.fixture
def hostile() -> str:
    return HOSTILE


@pytest.fixture
def full():
    """Make a report whose every text is the given one."""

    def make(text: str, verdict=model.Verdict.FAILURE) -> model.Report:
        fail, warn, note = model.Severity
        where = {text: text}
        points = ((text, 1.5), (text, None), (text, float("nan")))
        return model.Report(
            job=text,
            build=text,
            change=model.Change(*[text] * 7),
            verdict=verdict,
            sentences=(text, text),
            started=1385156565.9,
            seconds=61.5,
            worker={"hostname": text, text: [text, {text: 1}]},
            steps=tuple(
                model.Step(text, 1385156566.0, 1.5, verdict)
                for verdict in model.Verdict
            ),
            findings=(
                model.Finding("TH-N", note, text, where),
                model.Finding("TH-W", warn, text, where, 1, 2.5, text, text),
                model.Finding("TH-F", fail, text, where, text, text, text),
                model.Finding(
                    "TH-A", fail, text, where, accepted=text, detail=text
                ),
                model.Finding("TH-P", fail, text, where, proposed=text),
            ),
            not_checked=(model.NotChecked(text, text),),
            tables=(model.Table(text, ({text: text, "n": [text]},), text),),
            charts=(
                model.Chart(
                    text, "line", text, (model.Series(text, points),), text
                ),
                model.Chart(
                    text, "bar", text, (model.Series(text, points),), text
                ),
            ),
            artefacts=(model.Artefact(text, text, 7),),
        )

    return make
