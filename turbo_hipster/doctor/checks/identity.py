"""Whether our own certificate is still good, and matches its key."""

from __future__ import annotations

import ssl

from turbo_hipster import exceptions
from turbo_hipster.doctor.checks.server import EXPIRED, soon
from turbo_hipster.doctor.patient import Patient
from turbo_hipster.gearman import tls

ROUNDS = 10
"""Of messages to and fro in a greeting; TLS 1.3 takes two."""


def valid(patient: Patient) -> None:
    """Greet ourselves in memory, and read what the greeting showed.

    Python shows a certificate's dates only after it has verified it; so it
    is verified against itself.
    """
    wire = patient.settings.gearman
    if not wire.cert_file or not wire.key_file:
        patient.ok("none is configured, and only some servers ask for one")
        return
    what = f"cert_file {wire.cert_file}"
    try:
        tls.context(wire)
        ends = _ends(wire.cert_file, wire.key_file)
    except exceptions.ConfigurationError as error:
        patient.fail(str(error), "give files that can be read and match")
    except ssl.SSLCertVerificationError as error:
        advice = "get a new one from the authority that the servers trust"
        if error.verify_code != EXPIRED:
            advice += "; look at this machine's clock, too"
        patient.fail(f"{what} is not good: {error.verify_message}", advice)
    except OSError as error:
        patient.warn(f"{what} could not be tried: {error}", "look at it")
    else:
        soon(patient, what, ends)


def _ends(cert: str, key: str) -> str:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key, password=lambda: "")
    server.load_verify_locations(cert)
    server.verify_mode = ssl.CERT_REQUIRED
    server.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    client.load_cert_chain(cert, key, password=lambda: "")
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = (
        client.wrap_bio(back, there),
        server.wrap_bio(there, back, server_side=True),
    )
    done: set[int] = set()
    for _round in range(ROUNDS):
        for number, side in enumerate(sides):
            try:
                side.do_handshake()
                done.add(number)
            except ssl.SSLWantReadError:
                continue
        if len(done) == len(sides):
            break
    return str((sides[1].getpeercert() or {})["notAfter"])
