"""Options of ``[gearman]``: the servers that jobs come from."""

from __future__ import annotations

from oslo_config import cfg

GROUP = "gearman"

OPTIONS = [
    cfg.ListOpt(
        "servers",
        default=["127.0.0.1:4730"],
        help="Gearman servers, HOST:PORT each. Jobs are taken from all of "
        "them; a server that is away is asked again at most every 2 seconds.",
    ),
    cfg.StrOpt(
        "ca_file",
        default=None,
        help="Certificate authority (PEM) that the servers' certificates are "
        "checked against. Turns TLS on. Alone: the server proves itself to "
        "us; with cert_file and key_file both prove themselves.",
    ),
    cfg.StrOpt(
        "cert_file",
        default=None,
        help="Our certificate (PEM). Needs ca_file and key_file.",
    ),
    cfg.StrOpt(
        "key_file",
        default=None,
        help="Key of our certificate (PEM). Needs ca_file and cert_file.",
    ),
    cfg.StrOpt(
        "on_connection_loss",
        default="cancel",
        choices=["cancel", "finish"],
        help="What happens to a build whose server goes away, since its "
        "result cannot be sent any more. cancel ends it (the client runs it "
        "again); finish lets it end and publishes, and sends nothing.",
    ),
    cfg.StrOpt(
        "result_text",
        default="sentence",
        choices=["sentence", "word"],
        help="What the client is told of a failure: sentence sends 'FAILURE "
        "- first sentence'; word sends exactly FAILURE, which is what Zuul's "
        "failure-message and failure-pattern need. SUCCESS is always a word.",
    ),
]
