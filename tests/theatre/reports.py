"""Reports of every kind, for the views of other CI systems."""

import itertools

from turbo_hipster import model

HOSTILE = (
    "::set-output name=a::b\n::error::x\r\n##[add-path]/x \x1b[31mred "
    "\x1b[0Ksection_end:1:x\r\x1b[0K <script>alert(1)</script> <!-- x --> "
    "</details>\n```\n# heading\n[here](http://evil.example) ![i](http://e/i)"
    " @bob #12 a|b `c` %0A %25 , : \u202egnp\u2066 \x00 \ud800 \ufffe ${{ x }}"
)

PLACES = (
    {},
    {"engine": "sqlite", "revision": "ae10"},
    {"file": "a/b.py"},
    {"file": "a/b c.py", "line": "12", "column": "3", "engine": "sqlite"},
    {"file": "./a/b.py:7"},
    {"file": "/etc/passwd", "line": "1"},
    {"file": "../../etc/passwd"},
    {"file": HOSTILE, HOSTILE: HOSTILE, "line": "1,title=x::"},
)
GAPS = (model.NotChecked("w", "y"), model.NotChecked(HOSTILE, HOSTILE))
STATES = ({}, {"accepted": "we live with it"}, {"proposed": "we could"})


def report(*findings, verdict=model.Verdict.FAILURE, **more):
    """Return a report with these findings and little else."""
    values = {
        "job": "unit",
        "build": "0123",
        "change": model.Change(project="example/shop", number="7,1"),
        "sentences": ("Two are bad",),
        "started": 1764021765.9,
        "seconds": 61.5,
    } | more
    return model.Report(verdict=verdict, findings=findings, **values)


def every_finding(text="It is bad"):
    """Return each severity in each state at each place."""
    return tuple(
        model.Finding(
            f"TH-{number}", severity, text, where, 5, 2.5, text, text,
            detail=text, **state,
        )
        for number, (severity, state, where) in enumerate(
            itertools.product(model.Severity, STATES, PLACES)
        )
    )  # fmt: skip


def every_report():
    """Yield each verdict with nothing, one of each kind, and everything."""
    for verdict in model.Verdict:
        yield report(verdict=verdict, sentences=())
        yield report(verdict=verdict, not_checked=GAPS)
        for severity, state in itertools.product(model.Severity, STATES):
            one = model.Finding("TH-1", severity, "It is bad", **state)
            yield report(one, verdict=verdict)
        yield hostile(verdict)
    yield large()


def hostile(verdict=model.Verdict.FAILURE):
    """Return a report whose every text would like to be obeyed."""
    return report(
        *every_finding(HOSTILE),
        verdict=verdict,
        job=HOSTILE,
        build=HOSTILE,
        change=model.Change(*[HOSTILE] * 7),
        sentences=(HOSTILE, HOSTILE),
        started=float("nan"),
        steps=(model.Step(HOSTILE, 1.0, 2.0, verdict),),
        not_checked=GAPS,
        tables=(model.Table(HOSTILE, ({HOSTILE: HOSTILE},), HOSTILE),),
        artefacts=(model.Artefact(HOSTILE, HOSTILE, 7),),
    )


def large(count=2000):
    """Return a report with so many findings, each of them long."""
    long = "long words, and many of them " * 20
    return report(
        *(
            model.Finding(
                f"TH-{number}", severity, f"{number}: {long}",
                {"file": f"m/{number}.py", "line": str(number)},
                advice=long, detail=long * 10,
            )
            for number, severity in zip(
                range(count), itertools.cycle(reversed(model.Severity)),
                strict=False,
            )
        ),
        not_checked=tuple(
            model.NotChecked(f"{number}", long) for number in range(300)
        ),
        steps=tuple(
            model.Step(f"step {number}", 0.0, 1.0, model.Verdict.SUCCESS)
            for number in range(2000)
        ),
        tables=(model.Table("rows", ({"n": 1, "t": long},) * 900),),
    )  # fmt: skip
