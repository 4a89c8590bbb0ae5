"""Certificates, and a server that never says a word."""

import socket
import subprocess

import pytest

from theatre.servers import HOST
from theatre.waiting import LIMIT


@pytest.fixture
def certificates(tmp_path):
    """Call it with a name: (certificate, key), signed by ``ca.crt``."""

    def openssl(*words):
        subprocess.run(
            ["openssl", *words], cwd=tmp_path, check=True, capture_output=True
        )

    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(
        "req", "-x509", *curve, "-days", "2", "-subj", "/CN=our CA",
        "-keyout", "ca.key", "-out", "ca.crt",
    )  # fmt: skip
    (tmp_path / "names").write_text("subjectAltName = IP:127.0.0.1\n")

    def issue(name):
        openssl(
            "req", *curve, "-subj", f"/CN={name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr",
        )  # fmt: skip
        openssl(
            "x509", "-req", "-in", f"{name}.csr", "-days", "2",
            "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
            "-extfile", "names", "-out", f"{name}.crt",
        )  # fmt: skip
        return str(tmp_path / f"{name}.crt"), str(tmp_path / f"{name}.key")

    return issue


@pytest.fixture
def tarpit():
    """A server that takes connections and says nothing: ``reached()``."""

    class Tarpit:
        def __init__(self):
            self.listener = socket.create_server((HOST, 0), backlog=16)
            self.listener.settimeout(LIMIT)
            self.url = f"http://{HOST}:{self.listener.getsockname()[1]}"
            self.guests = []

        def reached(self):
            self.guests.append(self.listener.accept()[0])

        def close(self):
            for made in (*self.guests, self.listener):
                made.close()

    made = Tarpit()
    yield made
    made.close()
