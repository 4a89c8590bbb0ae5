"""TLS: who is not who he should be is refused, and the log says why."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from types import SimpleNamespace

import gear
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from turbo_hipster import exceptions
from turbo_hipster.gearman import admin, client, control, tls

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


class Authority:
    def __init__(self, folder, name):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.file = str(folder / f"{name}.pem")
        made = self.sign(self.name, self.key, ca=True)
        self.write(self.file, made.public_bytes(serialization.Encoding.PEM))

    def write(self, path, data):
        with open(path, "wb") as file:
            file.write(data)

    def sign(self, name, key, *, ca=False, names=()):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - DAY)
            .not_valid_after(NOW + DAY)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
        )
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName(names), critical=False
            )
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, stem, *names):
        """Return the paths of a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, stem)])
        made = self.sign(subject, key, names=names)
        cert, path = (
            str(self.folder / f"{stem}.crt"),
            str(self.folder / f"{stem}.key"),
        )
        self.write(cert, made.public_bytes(serialization.Encoding.PEM))
        self.write(
            path,
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
        return cert, path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    ours, other = Authority(folder, "ours"), Authority(folder, "other")
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return SimpleNamespace(
        ca=ours.file,
        other_ca=other.file,
        server=ours.issue("server", here, x509.DNSName("localhost")),
        elsewhere=ours.issue("elsewhere", x509.DNSName("else.example.org")),
        worker=ours.issue("worker"),
        stranger=other.issue("stranger"),
    )


@pytest.fixture
def mutual(files, tls_geard):
    """A geard that wants a certificate of everybody."""
    cert, key = files.server
    return tls_geard(ssl_cert=cert, ssl_key=key, ssl_ca=files.ca)


class Relay:
    """TLS outside, plain Gearman inside, as stunnel would do it."""

    def __init__(self, upstream, cert, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        self.upstream = upstream
        self.versions = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.sockets, self.threads = [self.listener], []
        self.start(self.accept)

    def start(self, target, *args):
        thread = threading.Thread(target=target, args=args, name="relay")
        self.threads.append(thread)
        thread.start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                down, _ = self.listener.accept()
                self.start(self.serve, down)

    def serve(self, down):
        self.sockets.append(down)
        try:
            secure = self.context.wrap_socket(down, server_side=True)
        except OSError:
            down.close()
            return
        self.versions.append(secure.version())
        up = socket.create_connection(self.upstream)
        self.sockets += [secure, up]
        self.start(self.copy, secure, up)
        self.copy(up, secure)

    def copy(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for made in (one, other):
            with contextlib.suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)

    def stop(self):
        for made in list(self.sockets):
            with contextlib.suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(60)
        for made in self.sockets:
            made.close()


@pytest.fixture
def relay_to():
    made = []

    def make(upstream, pair):
        made.append(Relay(upstream, *pair))
        return made[-1]

    yield make
    for relay in made:
        relay.stop()


def mutual_tls(files):
    cert, key = files.worker
    return {"ca_file": files.ca, "cert_file": cert, "key_file": key}


def test_both_sides_prove_themselves_to_each_other(
    files, mutual, source_for, taking, settings_for, until
):
    one = source_for(mutual.address, tls=mutual_tls(files))
    taken = taking(one)
    until(lambda: one.connected)
    settings = settings_for(mutual.address, **mutual_tls(files))
    context = tls.context(settings)
    until(lambda: admin.queues(mutual.address, context))
    with client.submit(settings, "build:unit", {"a": 1}, "u") as sent:
        got = taken.result()
        got.data({"log": "x" * 1_000_000})
        got.complete({"result": "SUCCESS"})
        until(lambda: one.wait((), 0.01) or not one._order[0]._out)
        events = [sent.next(timeout=60) for _ in range(2)]
    assert events[0].facts() == {"log": "x" * 1_000_000}
    assert events[1].facts() == {"result": "SUCCESS"}


def test_a_ca_alone_is_enough_and_brings_the_newest_tls(
    files, geard, relay_to, source_for, taking, client_of, submit, until
):
    relay = relay_to(geard.address, files.server)
    one = source_for(relay.address, tls={"ca_file": files.ca})
    taken = taking(one)
    until(lambda: one.connected)
    submit(client_of(geard.address), arguments=b"x" * 300_000)
    got = taken.result()
    assert got.arguments == b"x" * 300_000
    got.complete({})
    assert relay.versions == ["TLSv1.3"]


@pytest.mark.xfail(strict=True, reason="gear is silently plain with a CA only")
def test_gears_worker_uses_tls_with_a_ca_alone(
    files, geard, proxy_to, until, end_gear
):
    proxy = proxy_to(geard.address)
    worker = gear.Worker("plain")
    try:
        worker.addServer(*proxy.address, ssl_ca=files.ca)
        worker.waitForServer()
        worker.registerFunction("build:unit")
        until(lambda: bytes(proxy.pairs[0].log_up))
        assert bytes(proxy.pairs[0].log_up[:1]) == b"\x16"
    finally:
        end_gear(worker)


@pytest.fixture
def refused(settings_for, new_pipe, until, caplog):
    """Call it with an address and TLS files; returns what the log says."""

    def refuse(address, **files):
        one = control.Control(
            settings_for(address, **files), "w", {"stop:m": lambda data: b""}
        )
        stop = new_pipe()
        thread = threading.Thread(target=one.run, args=(stop.reader,))
        thread.start()
        try:
            until(lambda: "is away" in caplog.text or "is lost" in caplog.text)
        finally:
            stop.set()
            thread.join(60)
        assert not one.registered(address)
        return caplog.text

    return refuse


def test_a_server_of_another_authority_is_refused(
    files, geard, relay_to, refused
):
    relay = relay_to(geard.address, files.server)
    said = refused(relay.address, ca_file=files.other_ca)
    assert "certificate is not accepted" in said
    assert relay.versions == []


def test_a_server_with_another_host_name_is_refused(
    files, geard, relay_to, refused
):
    relay = relay_to(geard.address, files.elsewhere)
    said = refused(relay.address, ca_file=files.ca)
    assert "certificate is not accepted" in said
    assert "127.0.0.1" in said


@pytest.mark.xfail(strict=True, reason="gear checks no host name")
def test_gears_worker_refuses_another_host_name(files, tls_geard, end_gear):
    cert, key = files.elsewhere
    server = tls_geard(ssl_cert=cert, ssl_key=key, ssl_ca=files.ca)
    worker = gear.Worker("plain")
    try:
        cert, key = files.worker
        worker.addServer(
            *server.address, ssl_key=key, ssl_cert=cert, ssl_ca=files.ca
        )
        with pytest.raises(gear.TimeoutError):
            worker.waitForServer(timeout=3)
    finally:
        end_gear(worker)


def test_we_are_refused_without_the_right_certificate(files, mutual, refused):
    cert, key = files.stranger
    said = refused(
        mutual.address, ca_file=files.ca, cert_file=cert, key_file=key
    )
    assert "is lost" in said or "is away" in said


def test_gearmand_in_plain_text_is_refused_and_told_nothing(
    files, gearmand, proxy_to, refused, monkeypatch
):
    from turbo_hipster.gearman import dial

    monkeypatch.setattr(dial, "GREETING_LIMIT", 1.0)
    proxy = proxy_to(gearmand.address)
    said = refused(proxy.address, ca_file=files.ca)
    assert "plain text" in said
    assert b"stop:m" not in b"".join(bytes(p.log_up) for p in proxy.pairs)


def test_geard_in_plain_text_is_refused(files, geard, refused, monkeypatch):
    from turbo_hipster.gearman import dial

    monkeypatch.setattr(dial, "GREETING_LIMIT", 0.5)
    assert "plain text" in refused(geard.address, ca_file=files.ca)


def test_a_server_that_answers_a_greeting_with_words_is_refused(
    files, geard, proxy_to, refused
):
    proxy = proxy_to(geard.address)
    proxy.set(inject_at_start=b"ERR unknown_command Unknown+command\n")
    said = refused(proxy.address, ca_file=files.ca)
    assert "answers in plain text where TLS is configured" in said


def test_a_submission_over_tls_to_a_plain_server_is_refused(
    files, geard, proxy_to, settings_for
):
    proxy = proxy_to(geard.address)
    proxy.set(inject_at_start=b"ERR unknown_command Unknown+command\n")
    settings = settings_for(proxy.address, ca_file=files.ca)
    with pytest.raises(exceptions.ServerUnavailable, match="plain text"):
        client.submit(settings, "build:unit", {}, "u")


def test_a_server_that_ignores_the_greeting_holds_up_nobody(
    files, geard, relay_to, source_for, taking, client_of, submit, proxy_to
):
    relay = relay_to(geard.address, files.server)
    silent = proxy_to(geard.address)
    silent.set(hold_up=True)
    one = source_for(silent.address, relay.address, tls={"ca_file": files.ca})
    taken = taking(one)
    submit(client_of(geard.address))
    assert taken.result().server == relay.address
