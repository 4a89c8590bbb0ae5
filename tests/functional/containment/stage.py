"""A fork server with one keeper and one hostile build, for the tests.

Run as a program.  argv: a JSON object with technique, user (bool), specimen,
pipe and socket (descriptors of the witnesses), build and mark.  It prints
JSON lines.  The keeper obeys words on its standard input.
"""

import contextlib
import json
import os
import pathlib
import socket
import sys
import time

import specimens
import stage_user

from turbo_hipster.builds import containment


def say(**words):
    os.write(1, (json.dumps(words) + "\n").encode())


def build(technique, told):
    speaker = socket.socket(fileno=told["socket"])

    def tell():
        with contextlib.suppress(BlockingIOError):
            speaker.send(b".", socket.MSG_DONTWAIT)

    try:
        technique.join()
        os.setsid()
        null = os.open("/dev/null", os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        getattr(specimens, told["specimen"])(tell)
        specimens.lurk()
    finally:
        os._exit(1)


def let_go(told):
    os.close(told["pipe"])
    os.close(told["socket"])


def keep(technique, told):
    technique.enter(told["build"], told["mark"])
    if os.fork() == 0:
        build(technique, told)
    let_go(told)
    for word in sys.stdin:
        word = word.strip()
        if word == "count":
            say(processes=len(technique.processes()))
        elif word == "terminate":
            technique.terminate()
        elif word == "reap":
            os.waitpid(-1, 0)
        elif word == "again":
            if os.fork() == 0:
                technique.join()
                specimens.lurk()
        elif word == "kill":
            begin = time.monotonic()
            left = technique.kill(begin + 60)
            say(left=left, seconds=time.monotonic() - begin)
        elif word == "leave":
            technique.leave()
            say(
                processes=technique.processes()
                if technique.name != "cgroup"
                else []
            )
            break


def main():
    told = json.loads(sys.argv[1])
    stage_user.become(told["user"])
    containment.become_subreaper()
    technique = containment.make(told["technique"])
    if told["base"]:
        technique.base = pathlib.Path(told["base"])
    journal = containment.now_journal(told["build"], told["mark"])
    keeper = technique.fork()
    if keeper == 0:
        try:
            keep(technique, told)
        finally:
            os._exit(0)
    let_go(told)
    say(keeper=keeper, journal=journal)
    _, status = os.waitpid(keeper, 0)
    ended = {}
    left = containment.kill_children(time.monotonic() + 60, ended=ended)
    left += technique.clear(time.monotonic() + 60)
    say(status=status, orphans=len(ended), left=left)


main()
