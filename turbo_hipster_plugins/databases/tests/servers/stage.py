"""A build with a server, in a process that a test may kill.

argv: a JSON object with state_dir and engine, and options of Servers.  It
says in JSON lines what it has, and obeys words on its standard input; at the
end of that the build ends.
"""

import json
import os
import sys
from pathlib import Path

from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.fleet import Servers


def say(**words):
    print(json.dumps(words), flush=True)


def query(server):
    connection = server.connect()
    try:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE IF NOT EXISTS seen (n integer)")
        cursor.execute("INSERT INTO seen VALUES (1)")
        cursor.execute("SELECT count(*) FROM seen")
        return cursor.fetchone()[0]
    finally:
        connection.close()


class Build(Task):
    def run(self, context):
        told = json.loads(sys.argv[1])
        if told.get("long"):
            # where a build of that state directory has its own folder
            place = Path(told["state_dir"]).with_name("tmp")
            place.mkdir(exist_ok=True)
            os.environ["TMPDIR"] = str(place)
        engine = plugins.engine(told["engine"])
        version = told.get("version", "")
        with Servers(context) as servers:
            server = servers.empty(engine, servers.release(engine, version))
            say(
                pid=server._running.pid,
                me=os.getpid(),
                sockets=str(server.room.sockets),
                room=str(server.room.folder),
                technique=server.technique,
                data=sorted(os.listdir(server.data())),
                uid=os.geteuid(),
            )
            for word in sys.stdin:
                if word.strip() == "query":
                    say(count=query(server))
                elif word.strip() == "stop":
                    server.stop()
                    say(stopped=True)
        return model.Result.success()


run_task(Build, state_dir=Path(json.loads(sys.argv[1])["state_dir"]))
