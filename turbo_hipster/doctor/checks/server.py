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
    except TimeoutError:
        patient.fail(
            f"{place} does not answer a TLS greeting within {SECONDS:g} s: "
            "it speaks plain text, or is busy",
            "turn TLS on there or put a TLS proxy in front of it (Debian "
            "12's gearmand accepts --ssl and serves plain text); or remove "
            "ca_file from [gearman]",
        )
        return False
    except OSError as error:
        patient.fail(f"{place}: {tls.explain(error)}", _advice(error))
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


def _advice(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ADVICE.get(error.verify_code, OTHER_CA)
    if tls.explain(error) == tls.PLAIN_TEXT:
        return (
            "Debian 12's gearmand accepts --ssl and serves plain text; or "
            "remove ca_file from [gearman] if plain text is meant"
        )
    return (
        "look into the server's log; if it asks clients for a certificate, "
        "set cert_file and key_file in [gearman]"
    )


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
    """Greet without believing anything; nothing is sent afterwards."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    with (
        contextlib.suppress(OSError),
        socket.create_connection(address, SECONDS) as plain,
        trusting.wrap_socket(plain),
    ):
        return True
    return False
