"""A migration tool of three commands, with SQLite from Python."""

import os
import sqlite3
import sys
import threading

path = os.environ["DATABASE_URL"].partition(":///")[2]
connection = sqlite3.connect(path, isolation_level=None)
connection.execute("CREATE TABLE IF NOT EXISTS version (name TEXT)")
REVISIONS = {"one": "TABLE one", "two": "TABLE two", "three": "TABLE three"}


def at():
    found = connection.execute("SELECT name FROM version").fetchall()
    return found[0][0] if found else "base"


def go(name):
    connection.execute("DELETE FROM version")
    connection.execute("INSERT INTO version VALUES (?)", [name])


word, name = sys.argv[1], sys.argv[-1]
print("this is said aside", file=sys.stderr)
if word == "list":
    for one in REVISIONS:
        print(one, "makes", REVISIONS[one].lower())
elif word == "version":
    print(at())
elif word == "up":
    connection.execute(f"CREATE {REVISIONS[name]} (id INTEGER)")
    go(name)
elif word == "down":
    connection.execute(f"DROP {REVISIONS[at()]}")
    go(name)
elif word == "sync":
    for one in REVISIONS:
        connection.execute(f"CREATE {REVISIONS[one]} (id INTEGER)")
    go("three")
elif word == "hang":
    print("waiting for ever", flush=True)
    threading.Event().wait()
elif word == "ask":
    input("Are you sure? ")
elif word == "check":
    print("table four is missing")
    sys.exit(1)
