"""A real worker, real job servers, and witnesses that share none of its code.

``site`` writes a configuration and starts workers of it; ``zuul_of`` gives a
client that draws Zuul's conclusions; ``script`` makes commands that wait for
the test and whose processes can be seen to be gone.
"""

import pytest

from theatre.questions import queues_fixture
from theatre.servers import geard, gearmand, job_server, server_of
from theatre.waiting import until_fixture
from theatre.worker.asked import asked, new_asked
from theatre.worker.houses import gated, house, shared_house
from theatre.worker.network import certificates, tarpit
from theatre.worker.relay import proxy_to
from theatre.worker.scripts import new_script, script
from theatre.worker.sites import site
from theatre.worker.workers import children_fixture
from theatre.worker.zuul import zuul_of

__all__ = [
    "asked", "certificates", "children_fixture", "gated", "geard", "gearmand",
    "house", "job_server", "new_asked", "new_script", "proxy_to",
    "queues_fixture", "script", "server_of", "shared_house", "site", "tarpit",
    "until_fixture", "zuul_of",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "functional/worker" in str(item.path):
            item.add_marker(pytest.mark.functional)
