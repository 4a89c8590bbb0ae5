"""Job servers: whether they answer, in which tongue, and who they are."""

import contextlib
import socket
import threading

import pytest

from theatre.servers import HOST, free_port

BUILD = "build:unit"


@pytest.fixture
def secure(server_of, authority):
    """Return a function that starts a geard with TLS, by its certificate."""

    def start(cert, key):
        return server_of(
            "geard", ssl_cert=cert, ssl_key=key, ssl_ca=str(authority.file)
        )

    return start


@pytest.fixture
def silent():
    """An address where somebody listens, and never says a word."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HOST, 0)))
        over = threading.Event()

        def serve():
            with contextlib.suppress(OSError):
                while not over.is_set():
                    stack.enter_context(listener.accept()[0])

        thread = threading.Thread(target=serve, name="silent")
        thread.start()
        yield listener.getsockname()
        over.set()
        with contextlib.suppress(OSError):
            socket.create_connection(listener.getsockname(), 5).close()
        thread.join()


def tls(authority, files=None, ca=None):
    lines = [f"ca_file = {ca or authority.file}"]
    if files:
        lines += [f"cert_file = {files[0]}", f"key_file = {files[1]}"]
    return "\n".join(lines)


@pytest.mark.parametrize("kind", ["geard", "gearmand"])
def test_a_plain_server_that_answers(place, server_of, kind):
    place.at(server_of(kind))
    rows = place.told("job server", "functions", status=0)
    assert "answers in plain text" in rows[0]["sentence"]
    assert f"nobody offers {BUILD} yet" in rows[1]["sentence"]


def test_a_tls_server_that_answers(place, secure, authority):
    cert = authority.issue("server")
    place.at(secure(*cert), gearman=tls(authority, authority.issue("worker")))
    rows = place.told("job server", "own certificate", "functions", status=0)
    said = " ".join(row["sentence"] for row in rows)
    assert "answers over TLS" in said
    assert said.count("is good for") == 2


def test_a_port_where_nobody_listens(place):
    port = free_port()
    place.write(f"{HOST}:{port}")
    bad = place.bad("job server")
    assert f"nobody answers at {HOST}:{port}: Connection refused" in bad
    assert "start the Gearman server" in bad


def test_a_server_that_says_nothing(place, silent):
    place.write(f"{silent[0]}:{silent[1]}")
    bad = place.bad("job server")
    assert "no answer within 8 seconds" in bad


def test_a_plain_server_where_tls_is_configured(place, gearmand, authority):
    place.at(gearmand, gearman=tls(authority))
    bad = place.bad("job server")
    assert "speaks plain text, and TLS is configured" in bad
    assert "remove ca_file" in bad


def test_a_tls_server_where_plain_text_is_configured(place, secure, authority):
    place.at(secure(*authority.issue("server")))
    bad = place.bad("job server")
    assert "speaks TLS, and we are configured for plain text" in bad
    assert "set ca_file" in bad


def test_a_server_whose_certificate_has_expired(place, secure, authority):
    old = authority.issue("server", begins=-20, ends=-2)
    place.at(secure(*old), gearman=tls(authority, authority.issue("worker")))
    bad = place.bad("job server")
    assert "certificate has expired" in bad
    assert "new certificate" in bad


def test_a_server_whose_certificate_soon_expires(place, secure, authority):
    old = authority.issue("server", ends=5)
    place.at(secure(*old), gearman=tls(authority, authority.issue("worker")))
    bad = place.bad("job server", status=1)
    assert "ends in 5 days" in bad
    assert "renew it" in bad


def test_a_server_of_another_authority(
    place, secure, authority, other_authority
):
    server = secure(*authority.issue("server"))
    place.at(server, gearman=tls(authority, ca=other_authority.file))
    bad = place.bad("job server")
    assert "is not accepted" in bad
    assert "set ca_file in [gearman] to the authority that issued" in bad


def test_a_certificate_for_another_name(place, secure, authority):
    server = secure(*authority.issue("server", hosts=["else.example.org"]))
    place.at(server, gearman=tls(authority))
    assert "name the server in [gearman] servers" in place.bad("job server")


def test_a_server_that_wants_to_know_who_we_are(place, secure, authority):
    place.at(secure(*authority.issue("server")), gearman=tls(authority))
    assert "set cert_file and key_file" in place.bad("job server")


def test_our_own_certificate_has_expired(place, authority):
    old = authority.issue("worker", begins=-20, ends=-2)
    place.write(gearman=tls(authority, old))
    bad = place.bad("own certificate")
    assert "certificate has expired" in bad
    assert "get a new one" in bad


def test_a_key_of_another_certificate(place, authority):
    cert, _key = authority.issue("worker")
    _cert, key = authority.issue("stranger")
    place.write(gearman=tls(authority, (cert, key)))
    assert "cannot be used" in place.bad("own certificate")


def test_builds_that_wait_for_nobody(place, geard):
    import gear

    client = gear.Client("waiting")
    client.addServer(*geard.address)
    client.waitForServer()
    try:
        client.submitJob(gear.Job(BUILD.encode(), b"{}"))
        place.at(geard)
        bad = place.bad("functions", status=1)
    finally:
        client.shutdown()
    assert f"1 builds of {BUILD} wait, and nobody offers it" in bad


def test_a_function_that_somebody_offers(place, geard, until):
    import gear

    worker = gear.Worker("another")
    worker.addServer(*geard.address)
    worker.waitForServer()
    try:
        worker.registerFunction(BUILD)
        until(lambda: BUILD.encode() in geard.server.functions)
        place.at(geard)
        rows = place.told("functions", status=0)
    finally:
        worker.shutdown()
    assert f"workers offer {BUILD}" in rows[0]["sentence"]
