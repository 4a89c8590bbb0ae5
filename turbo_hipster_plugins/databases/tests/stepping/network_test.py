"""What is said of the network is what a process finds."""

import pytest

from turbo_hipster_databases.servers.launching import REFUSED, launched
from turbo_hipster_databases.stepping import network

pytestmark = pytest.mark.functional

LOOKS = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname(), timeout=60).close()
"""


def test_the_network_is_gone_where_that_is_said(in_build, project):
    def look(context):
        argv = [str(project().python), "-c", LOOKS]
        said = network.can_be_taken_away(context)
        without = context.execute(launched(argv, network=False))
        return said, without.status, context.execute(argv).status

    said, without, with_network = in_build(look)
    assert with_network == 0  # the look itself finds one
    assert without == (1 if said else REFUSED)
