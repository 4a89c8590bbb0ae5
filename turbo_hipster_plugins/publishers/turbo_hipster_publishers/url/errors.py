"""What a target's error means for us: later, or never without help."""

from __future__ import annotations

import errno

from turbo_hipster import exceptions
from turbo_hipster_publishers.patience import Passing

FINAL_NUMBERS = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "ask for a larger quota, or remove old results",
    errno.EROFS: "mount it so that it can be written",
    errno.ENOTDIR: "something that is no folder is in the way; move it",
    errno.EINVAL: "the store refuses the request; check [publish:NAME]",
    errno.ENOSYS: "the store cannot do this; choose another",
}
"""Numbers of errors that waiting does not cure, and the next move."""

FINAL_NAMES = {
    "PermissionDenied": "check user, password and key_file",
    "HostKeyNotVerifiable": "add the host's key to known_hosts",
    "KeyImportError": "key_file is no private key that can be read",
    "NoCredentialsError": "set user and password, or give this machine "
    "credentials of its own",
    "PartialCredentialsError": "set both user and password",
    "GoogleAuthError": "set key_file to the service account's JSON file",
    "DefaultCredentialsError": "set key_file to the service account's file",
    "SFTPPermissionDenied": "let the user write there",
    "SFTPNoSpaceOnFilesystem": "make room there",
    "SFTPQuotaExceeded": "ask for a larger quota, or remove old results",
    "ParamValidationError": "check target and acl",
    "SSLCertVerificationError": "set ca_file to the authority that signed "
    "the server's certificate",
}
"""The same by name, for errors of libraries that may not be installed."""


def judged(error: BaseException, where: str) -> Exception:
    """Return what to raise instead: Passing or PublishFailed."""
    said = _first_line(error)
    if isinstance(error, PermissionError):
        move = "check user and password, and that they may write there"
    elif isinstance(error, FileNotFoundError):
        move = "make the bucket or folder, or correct target"
    else:
        found = _move(error)
        if found is None:
            return Passing(f"{where}: {said}")
        move = found
    return exceptions.PublishFailed(f"{where}: {said}; {move}")


def _move(error: BaseException) -> str | None:
    """Return the next move for an error that will not pass by itself."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    for one in causes:
        for kind in type(one).__mro__:
            if kind.__name__ in FINAL_NAMES:
                return FINAL_NAMES[kind.__name__]
    if isinstance(error, OSError) and error.errno in FINAL_NUMBERS:
        return FINAL_NUMBERS[error.errno]
    return None


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
