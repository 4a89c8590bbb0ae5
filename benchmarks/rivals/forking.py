"""The classic Gearman worker: gear, and one fork for each job.

``python -m benchmarks.rivals.forking PORT``.  TCP_NODELAY is set, which gear
itself does not do, so that this is the rival at its best.
"""

import os
import socket
import sys

import gear

from benchmarks.rivals import work


class Worker(gear.Worker):
    """A worker whose connections do not wait for the Nagle algorithm."""

    def _onConnect(self, connection):
        connection.conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super()._onConnect(connection)


def serve(port: int) -> None:
    """Take jobs for ever."""
    worker = Worker("forking")
    worker.addServer("127.0.0.1", port)
    worker.waitForServer()
    worker.registerFunction("fork:true")
    while True:
        job = worker.getJob()
        child = os.fork()
        if not child:
            os._exit(work.run_true())
        _, status = os.waitpid(child, 0)
        if status:
            job.sendWorkFail()
        else:
            job.sendWorkComplete()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
