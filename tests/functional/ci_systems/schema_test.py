"""Every view is valid for those whose format it is."""

import json
import sys

import jsonschema
import pytest

from theatre import reports
from turbo_hipster.reports.ci.sarif import Sarif
from turbo_hipster.reports.ci.zuul_return import ZuulReturn

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


def render(view, report, folder):
    return json.loads("".join(view().render(report, folder)))


def wrong(validator, document):
    return [
        f"{error.json_path}: {error.message}"
        for error in validator.iter_errors(document)
    ]


@pytest.fixture
def sarif(judge):
    [file] = judge("sarif-om").rglob("sarif-2.1.0-*.json")
    schema = json.loads(file.read_text())
    kind = jsonschema.validators.validator_for(schema)
    return kind(schema, format_checker=jsonschema.FormatChecker())


def test_sarif_is_valid_for_its_schema(sarif, tmp_path):
    for report in [*reports.every_report()][:-1]:
        assert wrong(sarif, render(Sarif, report, tmp_path)) == []
    report = reports.large(200)
    assert wrong(sarif, render(Sarif, report, tmp_path)) == []


def test_the_schema_would_notice(sarif, tmp_path):
    document = render(Sarif, reports.hostile(), tmp_path)
    result = document["runs"][0]["results"][0]
    result["level"] = "critical"
    result["severity"] = "bad"
    place = result["locations"][0]["physicalLocation"]
    place["artifactLocation"]["uri"] = "not a uri"
    told = "\n".join(wrong(sarif, document))
    assert "'critical' is not one of" in told
    assert "'severity' was unexpected" in told
    assert "'not a uri' is not a 'uri-reference'" in told


@pytest.fixture
def zuul(judge, monkeypatch):
    monkeypatch.syspath_prepend(judge("zuul"))
    from zuul.ansible import schema
    from zuul.lib import filecomments

    yield schema, filecomments
    for name in [name for name in sys.modules if name.startswith("zuul")]:
        del sys.modules[name]


def test_what_zuul_is_returned_is_what_zuul_takes(zuul, tmp_path):
    schema, filecomments = zuul
    (tmp_path / "index.html").write_text("page")
    for report in reports.every_report():
        data = render(ZuulReturn, report, tmp_path)
        schema.artifact_schema(data)
        schema.warning_schema(data)
        filecomments.validate(data["zuul"]["file_comments"])
        assert data["zuul"]["artifacts"]
