"""A real worker and a job server, from the theatre of the core's tests."""

from theatre.servers import geard, server_of
from theatre.worker.relay import proxy_to
from theatre.worker.sites import site
from theatre.worker.zuul import zuul_of

__all__ = ["geard", "proxy_to", "server_of", "site", "zuul_of"]
