"""In a real worker: S3 takes the results, or else the next publisher."""

import urllib.request

import pytest

pytestmark = pytest.mark.functional

ARCHIVE = """
[publish:archive]
publisher = url
target = s3://{bucket}/logs
user = someone
password = not-for-any-log
endpoint_url = {address}
acl = public-read
url = {address}/{bucket}/logs
patience = 0
"""


@pytest.fixture
def s3(started, relayed):
    """moto behind a relay, with a bucket."""
    relay = relayed(started("moto_s3.py"))
    request = urllib.request.Request(f"{relay.address}/bucket", method="PUT")
    with urllib.request.urlopen(request, timeout=60):
        return relay


@pytest.fixture
def build(site, geard, zuul_of, s3):
    """Run one build with publishers archive and local."""

    def run(bucket="bucket"):
        worker = site.start(
            geard.address,
            slots=1,
            publishers="archive, local",
            publish=ARCHIVE.format(bucket=bucket, address=s3.address),
        )
        parameters = {"DO": "echo hello", "LOG_PATH": "j/b"}
        told = zuul_of(geard.address).launch(parameters=parameters).wait()
        told.check()
        assert told.conclusion == "SUCCESS"
        return worker, told

    return run


def test_the_first_publisher_takes_it(build, site, s3):
    _worker, told = build()
    url = told.facts[-1]["url"]
    assert url == f"{s3.address}/bucket/logs/j/b/index.html"
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.read().startswith(b"<!doctype html>")
    assert not site.published.exists()


@pytest.mark.parametrize("trouble", ["dies in the middle", "has no bucket"])
def test_the_next_publisher_takes_what_the_first_does_not(
    build, site, s3, trouble
):
    if trouble == "dies in the middle":
        s3.moods = [None, None, *["cut"] * 100]
        worker, told = build()
        said = "index.html is not"
    else:
        worker, told = build(bucket="elsewhere")
        said = "make the bucket or folder"
    assert told.facts[-1]["url"] == "https://logs.example.org/j/b/"
    assert (site.published / "j/b/index.html").exists()
    worker.logged(said)
    assert "not-for-any-log" not in worker.log
