"""The options of an account, and a connection made of them."""

from __future__ import annotations

import importlib
from typing import Any

from oslo_config import cfg

from turbo_hipster import exceptions

OPTIONS = (
    cfg.StrOpt(
        "auth_url",
        required=True,
        sample_default="https://keystone.example.org/v3",
        help="Where the account is checked: keystone's URL with /v3, or that "
        "of Swift's own authentication (auth_version = 1).",
    ),
    cfg.StrOpt(
        "auth_version",
        default="3",
        choices=["1", "3"],
        help="3 is keystone; 1 is Swift's own, where user is ACCOUNT:USER.",
    ),
    cfg.StrOpt("user", required=True, help="Name of the user."),
    cfg.StrOpt(
        "password",
        required=True,
        secret=True,
        help="Password of the user, or key with auth_version = 1.",
    ),
    cfg.StrOpt("project", help="Keystone's project (once called tenant)."),
    cfg.StrOpt(
        "user_domain", default="Default", help="Keystone's domain of the user."
    ),
    cfg.StrOpt(
        "project_domain",
        default="Default",
        help="Keystone's domain of the project.",
    ),
    cfg.StrOpt(
        "region", help="Region of the Swift to use. Default: the first one."
    ),
    cfg.StrOpt(
        "ca_file",
        help="Certificate authority (PEM) that the servers are checked "
        "against. Default: those of the system.",
    ),
    cfg.FloatOpt(
        "stall_timeout",
        default=30,
        min=0.1,
        help="Seconds after which a silent server is given up for this "
        "attempt.",
    ),
)


def library(name: str) -> Any:
    """Import of swiftclient; ConfigurationError when it is not there."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise exceptions.ConfigurationError(
            "the publisher swift needs the package python-swiftclient; "
            "install turbo-hipster-publishers[swift] where the worker is "
            f"installed ({error})"
        ) from None


def connection(options: Any) -> Any:
    """Return swiftclient's connection; nothing is sent yet.

    It asks once and no more: trying again is ours, and so is its log, which
    has no place among the operator's lines.
    """
    client = library("swiftclient.client")
    given: dict[str, Any] = {
        "cacert": options.ca_file or None,
        "timeout": options.stall_timeout,
        "retries": 0,
    }
    if options.auth_version == "1":
        return client.Connection(
            authurl=options.auth_url,
            auth_version="1",
            user=options.user,
            key=options.password,
            **given,
        )
    region = {"region_name": options.region} if options.region else {}
    return client.Connection(
        session=_session(options), os_options=region, **given
    )


def _session(options: Any) -> Any:
    """Return a session of keystone's third version; nothing is sent yet."""
    who = library("keystoneauth1.identity.v3").Password(
        auth_url=options.auth_url,
        username=options.user,
        password=options.password,
        user_domain_name=options.user_domain,
        project_name=options.project,
        project_domain_name=options.project_domain,
    )
    return library("keystoneauth1.session").Session(
        who,
        verify=options.ca_file or True,
        timeout=options.stall_timeout,
    )
