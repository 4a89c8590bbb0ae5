"""A receiver of Swift's form posts that is as strict as Swift."""

import datetime
import hashlib
import hmac
import http.server
import ipaddress
import re
import socket
import ssl
import threading
import time
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

KEY = b"only the receiver knows it"


class Receiver:
    """What came in, and how the server is to behave.

    ``moods`` are taken one a request: a status to answer with after reading
    everything, ``early`` (401 before anything is read), ``reset``, ``stall``
    or ``slow``.  ``objects`` maps a path to type and content, in the order of
    arrival; ``forms`` has the names of each form's parts.
    """

    def __init__(self):
        self.moods = []
        self.objects = {}
        self.forms = []
        self.requests = 0
        self.mistakes = []
        self.over = threading.Event()
        self.drain = False
        self.drained = 0
        self.digest = hashlib.sha1
        self.base = ""

    def rights(self, prefix="12/34/unit/abc1234", **more):
        """Return parameters as Zuul sends them."""
        name = more.get("name", "logs")
        stem = more.get("stem", f"SWIFT_{name}")
        path = f"/v1/AUTH_th/logs/{prefix}".rstrip("/")
        path = more.get("path", path)
        body = "\n".join(
            [
                path,
                more.get("redirect", ""),
                str(more.get("size", 1 << 20)),
                str(more.get("count", 10)),
                str(more.get("expires", int(time.time()) + 300)),
            ]
        )
        return {
            f"{stem}_URL": self.base + path,
            f"{stem}_HMAC_BODY": body,
            f"{stem}_SIGNATURE": hmac.new(
                more.get("key", KEY), body.encode(), self.digest
            ).hexdigest(),
        }

    def accept(self, path, fields):
        """Return status and reason for a file, as Swift's middleware."""
        try:
            expires = int(fields.get("expires") or 0)
        except ValueError:
            return 400, "expired not an integer"
        if expires < time.time():
            return 401, "form expired"
        body = "\n".join(
            [
                path,
                fields.get("redirect") or "",
                fields.get("max_file_size") or "0",
                fields.get("max_file_count") or "0",
                fields.get("expires") or "0",
            ]
        )
        wanted = hmac.new(KEY, body.encode(), self.digest).hexdigest()
        if not hmac.compare_digest(wanted, fields.get("signature", "")):
            return 401, "invalid signature"
        return 201, ""

    def form(self, path, content_type, data):
        """Take a whole form; return status and reason."""
        boundary = re.fullmatch(
            r"multipart/form-data; boundary=(\S+)", content_type
        )[1].encode()
        assert data.startswith(b"--" + boundary + b"\r\n")
        assert data.endswith(b"\r\n--" + boundary + b"--\r\n")
        pieces = (b"\r\n" + data).split(b"\r\n--" + boundary)[1:-1]
        fields, names, files, kind = {}, [], 0, None
        status, reason = 400, "no files to process"
        for piece in pieces:
            head, _, content = piece.removeprefix(b"\r\n").partition(
                b"\r\n\r\n"
            )
            head = head.decode()
            name = re.search(r'; name="([^"]*)"', head)[1]
            file = re.search(r'; filename="([^"]*)"', head)
            if file is None:
                # Swift ignores fields behind a file
                names.append(name)
                fields[name] = content.decode()
                if files:
                    self.mistakes.append(f"field {name} behind a file")
                continue
            files += 1
            names.append(file[1])
            if files > int(fields.get("max_file_count") or 0):
                return 400, "max file count exceeded"
            status, reason = self.accept(path, fields)
            if status != 201:
                return status, reason
            if len(content) > int(fields["max_file_size"]):
                return 400, "max_file_size exceeded"
            # Swift takes the first file's type for all of a form
            kind = kind or re.search(r"Content-Type: (.*)", head)[1].strip()
            target = path
            if not path.endswith("/") and path.count("/") < 4:
                target += "/"
            self.objects[target + file[1]] = (kind, content)
        self.forms.append(names)
        return status, reason


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        receiver = self.server.receiver
        receiver.requests += 1
        mood = receiver.moods.pop(0) if receiver.moods else None
        if mood == "reset":
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            self.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger
            )
            self.close_connection = True
            return
        if mood == "stall":
            receiver.over.wait()
            self.close_connection = True
            return
        if mood == "early":
            self.answer(401, "invalid signature", "")
            self.close_connection = True
            return
        data = self.read(mood == "slow")
        if isinstance(mood, int):
            self.answer(mood, "as told", "")
            return
        redirect = ""
        if receiver.drain:
            status, reason = 201, ""
        else:
            path = unquote(self.path)
            kind = self.headers["Content-Type"]
            status, reason = receiver.form(path, kind, data)
            found = re.search(
                rb'name="redirect"\r\n\r\n(.*?)\r\n--', data, re.DOTALL
            )
            redirect = found[1].decode() if found else ""
        self.answer(status, reason, redirect)

    def read(self, slow):
        left = int(self.headers["Content-Length"])
        data = []
        while left:
            piece = self.rfile.read(min(left, 50 if slow else 65536))
            left -= len(piece)
            if self.server.receiver.drain:
                self.server.receiver.drained += len(piece)
            else:
                data.append(piece)
        return b"".join(data)

    def answer(self, status, reason, redirect):
        text = f"{status} {reason}".encode()
        if redirect:
            self.send_response(303)
            self.send_header(
                "Location", f"{redirect}?status={status}&message={reason}"
            )
        else:
            self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, request, client_address):
        """A client that goes away is a part of the tests."""


@pytest.fixture
def serve():
    """Start receivers; all are gone afterwards."""
    started = []

    def start(context=None):
        server = Server(("127.0.0.1", 0), Handler)
        scheme = "http"
        if context is not None:
            scheme = "https"
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        server.receiver = receiver = Receiver()
        receiver.base = f"{scheme}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(
            target=server.serve_forever, args=(0.01,), name="formpost receiver"
        )
        thread.start()
        started.append((server, thread))
        return receiver

    yield start
    for server, thread in started:
        server.receiver.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver(serve):
    return serve()


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate for 127.0.0.1 that signs itself."""
    place = tmp_path_factory.mktemp("authority")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (place / "ca.pem").write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
    )
    (place / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "ca.pem", place / "key.pem")
    return SimpleNamespace(ca=place / "ca.pem", context=context)
