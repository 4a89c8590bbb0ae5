"""Whether a Gearman server answers, and as the configuration says."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time

from turbo_hipster import exceptions
from turbo_hipster.conf import servers
from turbo_hipster.doctor.patient import Patient
from turbo_hipster.gearman import admin, tls

SECONDS = 8.0
"""For each of three: connect, greet, ask."""

SOON = 30
"""Days before its end that a certificate is spoken of."""

EXPIRED, NOT_YET, WRONG_NAME, WRONG_ADDRESS = 10, 9, 62, 64
"""Verify codes of OpenSSL, as x509_vfy.h has them."""

RECORDS = (b"\x15", b"\x16")
"""How a TLS record of an alert or a greeting begins; RFC 8446, 5.1."""

PLAIN = (
    "turn TLS on there or put a TLS proxy in front of it (Debian 12's "
    "gearmand accepts --ssl and serves plain text); or remove ca_file from "
    "[gearman] if plain text is meant"
)

ADVICE = {
    EXPIRED: "give the server a new certificate (if that is newer: look at "
    "this machine's clock)",
    NOT_YET: "look at the clocks here and there",
    WRONG_NAME: "name the server in [gearman] servers as its certificate "
    "does, or issue one with this name",
    WRONG_ADDRESS: "name the server in [gearman] servers as its certificate "
    "does, or issue one with this address",
}
OTHER_CA = (
    "set ca_file in [gearman] to the authority that issued the server's "
    "certificate; openssl s_client -showcerts shows which that is"
)


LOG = (
    "look into the server's log; if it asks clients for a certificate, set "
    "cert_file and key_file in [gearman]"
)


def speaks(patient: Patient) -> None:
    """Connect, greet with TLS if that is configured, ask something."""
    place = patient.argument
    address = servers.parse(place)
    try:
        context = tls.context(patient.settings.gearman)
    except exceptions.ConfigurationError as error:
        patient.fail(str(error), "correct [gearman]")
        return
    try:
        socket.create_connection(address, SECONDS).close()
    except OSError as error:
        patient.fail(
            f"nobody answers at {place}: {error.strerror or error}",
            "start the Gearman server there, let it listen on that address, "
            "or correct [gearman] servers; a firewall may be between",
        )
        return
    if context is not None and not _greets(patient, address, context):
        return
    _asked(patient, address, context)


def _greets(
    patient: Patient, address: tuple[str, int], context: ssl.SSLContext
) -> bool:
    """Look at the server's certificate; tell what is wrong with it."""
    place = patient.argument
    try:
        with (
            socket.create_connection(address, SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=address[0]) as made,
        ):
            ends = (made.getpeercert() or {}).get("notAfter")
    except ssl.SSLCertVerificationError as error:
        patient.fail(
            f"{place}: {tls.explain(error)}",
            ADVICE.get(error.verify_code, OTHER_CA),
        )
        return False
    except OSError as error:
        if _speaks_plain(address):
            patient.fail(
                f"{place} speaks plain text, and TLS is configured", PLAIN
            )
        else:
            patient.fail(f"{place}: {tls.explain(error)}", LOG)
        return False
    if ends is not None:
        soon(patient, f"the certificate of {place}", str(ends))
    return True


def soon(patient: Patient, what: str, ends: str) -> None:
    """Tell how long a certificate is still good."""
    days = (ssl.cert_time_to_seconds(ends) - time.time()) / 86400
    if days < SOON:
        patient.warn(
            f"{what} ends in {days:.0f} days ({ends})",
            "renew it before that; nobody can connect afterwards",
        )
    else:
        patient.ok(f"{what} is good for {days:.0f} more days")


def _asked(
    patient: Patient, address: tuple[str, int], context: ssl.SSLContext | None
) -> None:
    place = patient.argument
    try:
        queues = admin.queues(address, context, SECONDS)
    except exceptions.ServerUnavailable as error:
        if context is None and _speaks_tls(address):
            patient.fail(
                f"{place} speaks TLS, and we are configured for plain text",
                "set ca_file in [gearman]; cert_file and key_file, too, if "
                "it asks clients for a certificate",
            )
        else:
            patient.fail(
                str(error),
                "if it asks clients for a certificate, set cert_file and "
                "key_file; else look whether it is a Gearman server that "
                "listens there",
            )
        return
    how = "over TLS" if context is not None else "in plain text"
    patient.ok(f"{place} answers {how}; it knows {len(queues)} functions")


def _speaks_tls(address: tuple[str, int]) -> bool:
    """Say hello, and look whether the answer is a record of TLS.

    What a server makes of us afterwards does not matter.
    """
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    hears, says = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        trusting.wrap_bio(hears, says).do_handshake()
    with (
        contextlib.suppress(OSError),
        socket.create_connection(address, SECONDS) as plain,
    ):
        plain.sendall(says.read())
        return plain.recv(1) in RECORDS
    return False


def _speaks_plain(address: tuple[str, int]) -> bool:
    """Ask something harmless without TLS."""
    with contextlib.suppress(exceptions.ServerUnavailable):
        admin.queues(address, None, SECONDS)
        return True
    return False
