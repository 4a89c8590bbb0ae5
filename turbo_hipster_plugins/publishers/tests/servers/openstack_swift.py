"""All of OpenStack Swift in one process, on loopback; ends with its input.

``openstack_swift.py FOLDER``: the real proxy, account, container and object
servers behind their own tempauth, as user ``th:worker`` with ``right``, and
``th:guest`` with ``right`` who may write nothing.  Objects are kept in
memory.  Prints the proxy's port.
"""

import contextlib
import os
import sys
from pathlib import Path

import eventlet
from eventlet import tpool, wsgi

place = Path(sys.argv[1])
(place / "devices/d").mkdir(parents=True)
settings = place / "swift.conf"
settings.write_text(
    "[swift-hash]\nswift_hash_path_suffix = test\n"
    "[storage-policy:0]\nname = one\ndefault = yes\n"
)

from swift.common import utils  # noqa: E402
from swift.common.utils import config  # noqa: E402

utils.SWIFT_CONF_FILE = config.SWIFT_CONF_FILE = str(settings)
from swift.common import storage_policy  # noqa: E402

eventlet.monkey_patch()
utils.validate_hash_conf()
storage_policy.reload_storage_policies()

from swift.account.server import AccountController  # noqa: E402
from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.middleware import (  # noqa: E402
    catch_errors,
    gatekeeper,
    tempauth,
)
from swift.common.ring import RingBuilder  # noqa: E402
from swift.container.server import ContainerController  # noqa: E402
from swift.obj.mem_server import ObjectController  # noqa: E402
from swift.proxy.server import Application  # noqa: E402

CONF = {
    "devices": str(place / "devices"),
    "mount_check": "false",
    "swift_dir": str(place),
    "account_autocreate": "true",
}
LOG = utils.get_logger({"log_level": "CRITICAL"}, "swift")


class Memory:
    """What Swift asks of memcached."""

    def __init__(self):
        self.values = {}

    def get(self, key, raise_on_error=False):
        return self.values.get(key)

    def set(self, key, value, **more):
        self.values[key] = value

    def delete(self, key, **more):
        self.values.pop(key, None)


def remembering(app):
    memory = Memory()

    def call(env, start):
        env["swift.cache"] = memory
        return app(env, start)

    return call


def main():
    sockets = {
        name: eventlet.listen(("127.0.0.1", 0))
        for name in ("account", "container", "object", "proxy")
    }
    for name in ("account", "container", "object"):
        port = sockets[name].getsockname()[1]
        builder = RingBuilder(4, 1, 0)
        builder.add_dev(
            {
                "id": 0,
                "region": 1,
                "zone": 1,
                "weight": 1.0,
                "ip": "127.0.0.1",
                "port": port,
                "replication_ip": "127.0.0.1",
                "replication_port": port,
                "device": "d",
                "meta": "",
            }
        )
        builder.rebalance()
        builder.get_ring().save(str(place / f"{name}.ring.gz"))
    users = {"user_th_worker": "right .admin", "user_th_guest": "right"}
    proxy = tempauth.filter_factory(users)(Application(CONF, logger=LOG))
    guarded = gatekeeper.filter_factory({})(remembering(proxy))
    apps = {
        "account": AccountController(CONF, logger=LOG),
        "container": ContainerController(CONF, logger=LOG),
        "object": ObjectController(CONF, logger=LOG),
        "proxy": catch_errors.filter_factory({})(guarded),
    }
    for name, app in apps.items():
        eventlet.spawn(
            wsgi.server,
            sockets[name],
            app,
            LOG,
            protocol=SwiftHttpProtocol,
            log_output=False,
        )
    print(sockets["proxy"].getsockname()[1], flush=True)
    with contextlib.suppress(OSError):
        tpool.execute(os.read, 0, 1)
    os._exit(0)


main()
