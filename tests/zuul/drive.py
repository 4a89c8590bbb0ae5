"""Drive a worker of ours with the launcher of Zuul 2.6.0.

Run by hand, by the Python 2.7 that Zuul 2.6 needs; see README.rst.  Zuul's own
code submits builds through Zuul's own Gearman server, cancels one, and
describes one; what it makes of the answers is compared with what it should.
"""
# ruff: noqa: UP004, UP010, UP030, UP032

from __future__ import print_function

import argparse
import collections
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import ConfigParser
import gear
import zuul.launcher.gearman
import zuul.model

LIMIT = 60
"""Seconds that anything may take."""

CONFIGURATION = """\
[DEFAULT]
enabled_jobs = pass, fail, labelled, unsure, slow
state_dir = {base}/state
worker_name = th01
[gearman]
servers = 127.0.0.1:{port}
[git]
origin = file://{base}
[publish:local]
path = {base}/published
url = https://logs.example.org/
[job:pass]
command = test "$(git rev-parse HEAD)" = "$ZUUL_COMMIT"
[job:fail]
command = echo "Two tests failed" > "$TH_RESULT_FILE"; exit 1
[job:labelled]
labels = precise
command = test "$ZUUL_NODE" = precise
[job:unsure]
command = exit 75
[job:slow]
kill_grace = 1
command = echo $$ > {base}/slow; exec sleep 3600
"""

Item = collections.namedtuple("Item", "change current_build_set")
BuildSet = collections.namedtuple("BuildSet", "zuul_url ref commit getTries")
Project = collections.namedtuple("Project", "name")
Pipeline = collections.namedtuple("Pipeline", "name precedence")


class Change(object):
    project = Project("proj")
    branch = "master"
    refspec = "refs/changes/01/1/1"
    number = patchset = 1

    def getBasePath(self):
        return "01/1/1"


class Merged(object):
    project = Project("proj")
    ref = "master"
    oldrev = "0" * 40

    def __init__(self, newrev):
        self.newrev = newrev

    def getBasePath(self):
        return self.newrev[:2] + "/" + self.newrev


class Job(object):
    voting, swift, attempts = True, {}, 3

    def __init__(self, name, **parameters):
        self.name = name
        self.parameters = parameters

    def parameter_function(self, item, job, params):
        params.update(self.parameters)


class Swift(object):
    connection = None


class Scheduler(object):
    """What Zuul's launcher tells its scheduler."""

    def __init__(self):
        self.begun = {}
        self.results = {}

    def onBuildStarted(self, build):
        self.begun[build.uuid] = build.worker.program

    def onBuildCompleted(self, build, result):
        self.results[build.uuid] = "retry" if build.retry else result


def until(condition, what):
    end = time.time() + LIMIT
    pause = threading.Event()
    while not condition():
        if time.time() > end:
            sys.exit("waited in vain for " + what)
        pause.wait(0.02)


def git(*words):
    return subprocess.check_output(("git",) + words).decode().strip()


def make_project(base):
    """Return the commits of a change and of something older, merged."""
    place = base + "/proj"
    git("init", "-q", place)
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    commits = []
    for word in ("merged", "newer", "change"):
        git("-C", place, *who + ("commit", "-q", "--allow-empty", "-m", word))
        commits.append(git("-C", place, "rev-parse", "HEAD"))
    git("-C", place, "update-ref", "refs/zuul/master/Zabc", commits[2])
    git("-C", place, "reset", "-q", "--hard", commits[1])
    git("-C", place, "branch", "-M", "master")
    return commits[2], commits[0]


class House(object):
    """Zuul's server and launcher, and our worker at it."""

    def __init__(self, base, command):
        self.base = base
        self.change, self.merged = make_project(base)
        self.server = gear.Server(0, host="127.0.0.1")
        with open(base + "/th.conf", "w") as stream:
            stream.write(
                CONFIGURATION.format(base=base, port=self.server.port)
            )
        with open(base + "/worker.log", "w") as log:
            self.worker = subprocess.Popen(
                [command, "--config-file", base + "/th.conf", "worker"],
                stdout=log, stderr=log,
            )  # fmt: skip
        config = ConfigParser.ConfigParser()
        config.add_section("gearman")
        config.set("gearman", "server", "127.0.0.1")
        config.set("gearman", "port", str(self.server.port))
        self.scheduler = Scheduler()
        self.launcher = zuul.launcher.gearman.Gearman(
            config, self.scheduler, Swift()
        )
        self.submitted = []

    def open(self):
        """Wait for both; from now on, what is submitted is noted down."""
        self.launcher.gearman.waitForServer()
        self._submit = self.launcher.gearman.submitJob
        self.launcher.gearman.submitJob = self.submit
        until(self.registered, "the worker; see " + self.base + "/worker.log")

    def submit(self, job, **more):
        self.submitted.append(job)
        return self._submit(job, **more)

    def registered(self):
        request = gear.StatusAdminRequest()
        for connection in self.launcher.gearman.active_connections:
            connection.sendAdminRequest(request, timeout=LIMIT)
        return b"build:labelled:precise\t" in (request.response or b"")

    def launch(self, job, change=None):
        commit = self.change
        sets = BuildSet("file://" + self.base, "Zabc", commit, lambda _: 1)
        pipeline = Pipeline("gate", zuul.model.PRECEDENCE_NORMAL)
        item = Item(change or Change(), sets)
        return self.launcher.launch(job, item, pipeline)

    def result(self, *what):
        build = self.launch(*what)
        results = self.scheduler.results
        until(lambda: build.uuid in results, "the end of " + what[0].name)
        return build, results[build.uuid]

    def close(self):
        self.worker.terminate()
        status = self.worker.wait()
        self.launcher.stop()
        self.server.shutdown()
        return status


def alive(pid):
    return os.path.exists("/proc/{0}".format(pid))


def drive(house, check):
    """Have Zuul do what it does in a day."""
    passed, result = house.result(Job("pass"))
    check("a change that passes", result, "SUCCESS")
    parameters = passed.parameters
    url = "https://logs.example.org/" + parameters["LOG_PATH"]
    check("its URL", passed.url.startswith(url), True)
    check("its worker", passed.worker.program, "turbo-hipster")
    _, result = house.result(Job("fail"))
    check("one that fails", result, "FAILURE - Two tests failed")
    _, result = house.result(Job("unsure"))
    check("one that cannot be judged", result, "retry")
    _, result = house.result(Job("labelled", ZUUL_NODE="precise"))
    check("a job with a label", result, "SUCCESS")
    _, result = house.result(Job("pass"), Merged(house.merged))
    check("a commit after its merge", result, "SUCCESS")

    slow = house.launch(Job("slow"))
    note = house.base + "/slow"
    until(
        lambda: os.path.exists(note) and os.path.getsize(note) > 1,
        "the slow one",
    )
    with open(note) as stream:
        pid = int(stream.read())
    house.launcher.cancel(slow)
    until(lambda: slow.uuid not in house.launcher.builds, "the cancel")
    check("a cancelled build's script lives", alive(pid), False)
    check("it has a result", slow.uuid in house.scheduler.results, False)
    until(lambda: not house.launcher.meta_jobs, "the answer to the cancel")
    check("the cancel was refused", house.submitted[-1].failure, False)

    done = house.launcher.setBuildDescription(passed, "<b>described</b>")
    check("an ended build is described", done, True)
    until(lambda: not house.launcher.meta_jobs, "the description's answer")
    check("the description was refused", house.submitted[-1].failure, False)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worker", help="the command turbo-hipster, its path")
    command = os.path.abspath(parser.parse_args().worker)
    logging.basicConfig(level=logging.ERROR)
    wrong = []

    def check(what, seen, expected):
        print("{0:34} {1}".format(what, seen))
        if seen != expected:
            wrong.append(what)
            print("    EXPECTED", expected)

    base = tempfile.mkdtemp(prefix="th-zuul-")
    house = House(base, command)
    try:
        house.open()
        drive(house, check)
    finally:
        status = house.close()
    check("the worker's exit status", status, 0)
    if not wrong:
        shutil.rmtree(base)
    print("wrong: " + ", ".join(wrong) if wrong else "all is well")
    # Zuul's threads are not all daemons
    sys.stdout.flush()
    os._exit(bool(wrong))


if __name__ == "__main__":
    main()
