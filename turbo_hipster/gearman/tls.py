"""TLS to Gearman servers: a CA alone, or both sides prove themselves.

Our own context, since gear's is silently plain unless all three files are
given, checks no host name, and knows no TLS 1.3.
"""

from __future__ import annotations

import ssl

from turbo_hipster import exceptions
from turbo_hipster.conf.settings import GearmanSettings

# What OpenSSL says when the other side does not speak TLS at all.
_PLAIN = {
    "WRONG_VERSION_NUMBER",
    "UNKNOWN_PROTOCOL",
    "HTTP_REQUEST",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
    "BAD_RECORD_TYPE",
    "UNEXPECTED_MESSAGE",
}

PLAIN_TEXT = (
    "it answers in plain text where TLS is configured; nothing was sent to "
    "it. Turn TLS on there, or put a TLS proxy in front of it"
)


def context(settings: GearmanSettings) -> ssl.SSLContext | None:
    """Return the context for ``settings``, or None for plain text.

    Raises ConfigurationError for half a configuration, and for files that
    cannot be used.
    """
    ca, cert, key = settings.ca_file, settings.cert_file, settings.key_file
    if not (ca or cert or key):
        return None
    if not ca:
        raise exceptions.ConfigurationError(
            "[gearman] cert_file and key_file need ca_file as well: without "
            "it the server could be anybody"
        )
    if bool(cert) != bool(key):
        given, missing = (
            ("cert_file", "key_file") if cert else ("key_file", "cert_file")
        )
        raise exceptions.ConfigurationError(
            f"[gearman] {given} is of no use without {missing}; give both, "
            "or ca_file alone"
        )
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_verify_locations(ca)
    except OSError as error:
        raise exceptions.ConfigurationError(
            f"[gearman] ca_file = {ca}: cannot be used: {_said(error)}"
        ) from None
    if cert and key:
        try:
            # an empty answer instead of OpenSSL's question at a terminal
            made.load_cert_chain(cert, key, password=lambda: "")
        except OSError as error:
            raise exceptions.ConfigurationError(
                f"[gearman] cert_file = {cert}, key_file = {key}: cannot be "
                f"used (is the key encrypted?): {_said(error)}"
            ) from None
    return made


def explain(error: OSError) -> str:
    """Say in one line why a TLS greeting failed, for an operator."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason in _PLAIN:
        return PLAIN_TEXT
    closed = ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionError
    if isinstance(error, closed):
        return (
            "it closed the connection during the TLS greeting: it speaks "
            "plain text, or does not accept our certificate"
        )
    return f"TLS failed: {_said(error)}"


def _said(error: OSError) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    return error.strerror or str(error) or type(error).__name__
