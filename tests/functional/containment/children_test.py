"""kill_children: who is killed, who is kept, and what is left."""

import os
import signal
import subprocess
import sys
import time

import pytest

from turbo_hipster.builds.containment import proc

pytestmark = pytest.mark.functional


def run(code, *, check=True):
    """Run code as a sub-reaper of its own; it prints what it saw."""
    start = (
        "import os, signal, subprocess, sys, time\n"
        "from turbo_hipster.builds import containment as c\n"
        "from turbo_hipster.builds.containment import proc\n"
        "c.become_subreaper()\n"
        "soon = time.monotonic() + 60\n"
        "def sleeper(*lines):\n"
        "    return subprocess.Popen(['/bin/sh', '-c', *(lines or\n"
        "        ('sleep 1000 & wait',))], start_new_session=True)\n"
    )
    return subprocess.run(
        [sys.executable, "-B", "-c", start + code],
        capture_output=True,
        # it may kill its process group, if it is wrong
        start_new_session=True,
        text=True,
        check=check,
        timeout=110,
    ).stdout.split()


def test_children_that_are_kept_live_on_with_what_is_below_them():
    # given a kept child with a child, and an orphan of somebody else's
    said = run(
        "kept = sleeper()\n"
        "while len(c.children_tree(kept.pid)) < 1: time.sleep(0.01)\n"
        "other = sleeper('sleep 1000 & exec sleep 1000')\n"
        "left = c.kill_children(soon, keep=[kept.pid])\n"
        "tree = c.children_tree(os.getpid())\n"
        "print(left, len(tree), tree[0] == kept.pid, kept.poll())\n"
        "print(c.kill_children(soon))\n"
    )
    assert said == ["[]", "2", "True", "None", "[]"]


def test_the_status_of_a_kept_child_is_left_for_its_owner():
    said = run(
        "kept = sleeper('exit 7')\n"
        "os.waitid(os.P_PID, kept.pid, os.WEXITED | os.WNOWAIT)\n"
        "print(c.kill_children(soon, keep=[kept.pid]), kept.wait())\n"
    )
    assert said == ["[]", "7"]


def test_the_wait_status_of_each_child_is_handed_over():
    said = run(
        "one = sleeper('exit 7'); two = sleeper()\n"
        "os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)\n"
        "ended = {}\n"
        "c.kill_children(soon, ended=ended)\n"
        "print(os.waitstatus_to_exitcode(ended[one.pid]),\n"
        "      os.waitstatus_to_exitcode(ended[two.pid]))\n"
        "one.returncode = two.returncode = 0\n"
    )
    assert said == ["7", "-9"]


def test_our_own_process_group_and_session_are_spared():
    # given a child in our own group; somebody else's may be in it too
    said = run(
        "pid = os.fork()\n"
        "if pid == 0: signal.pause()\n"
        "print(c.kill_children(soon), 'alive')\n"
    )
    assert said == ["[]", "alive"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for another user")
def test_who_may_not_be_signalled_is_named_at_the_deadline():
    # given an ordinary user's keeper with a child that became root: here a
    # keeper that became nobody after it had forked
    said = run(
        "child = sleeper('exec sleep 1000 >/dev/null 2>&1')\n"
        "while proc.name(child.pid) != 'sleep': time.sleep(0.01)\n"
        "os.setresuid(65534, 65534, 65534)\n"
        "left, = c.kill_children(time.monotonic() + 0.1)\n"
        "print(left.pid, left.name, left.state, left.why)\n"
        "child.returncode = 0\n"
    )
    pid, name, state, *why = said
    os.kill(int(pid), signal.SIGKILL)
    assert (name, state) == ("sleep", "S")
    assert " ".join(why) == "we may not signal it; it runs as another user"


def test_a_child_of_a_bare_clone_is_waited_for_too():
    # given a child that sends no SIGCHLD, which a plain wait does not see
    said = run(
        "import ctypes\n"
        "number = {'x86_64': 56, 'aarch64': 220}[os.uname().machine]\n"
        "pid = ctypes.CDLL(None).syscall(number, 0, 0, 0, 0, 0)\n"
        "if pid == 0:\n"
        "    while True: signal.pause()\n"
        "print(c.kill_children(soon), proc.state(pid) == '')\n"
    )
    assert said == ["[]", "True"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_process_that_drops_privileges_dies_with_its_parent():
    # given a parent whose child has become nobody
    said = run(
        "r, w = os.pipe()\n"
        "parent = os.fork()\n"
        "if parent == 0:\n"
        "    me = os.getpid()\n"
        "    if os.fork() == 0:\n"
        "        os.setgroups([0, 1])\n"
        "        c.drop_privileges('nobody', me)\n"
        "        ids = {*os.getresuid(), *os.getresgid(), *os.getgroups()}\n"
        "        os.write(w, f'{os.getpid()} {ids}'.encode())\n"
        "    while True: signal.pause()\n"
        "pid, ids = os.read(r, 100).decode().split(' ', 1)\n"
        # when the parent is killed
        "os.kill(parent, 9)\n"
        "os.waitpid(parent, 0)\n"
        "_, status = os.waitpid(int(pid), 0)\n"
        "print(ids, status)\n"
    )
    # then so was the child, which had no root's group left
    assert said == ["{65534}", "9"]


def test_a_parent_that_died_before_the_signal_was_set_counts_too():
    said = run(
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    c.set_parent_death_signal(1)\n"
        "    os._exit(0)\n"
        "print(os.waitpid(pid, 0)[1])\n"
    )
    assert said == ["9"]


def test_only_a_namespaces_keeper_may_kill_by_it():
    # a stray kill -1 of root would end the machine
    from turbo_hipster.builds import containment

    with pytest.raises(RuntimeError, match="only a keeper"):
        containment.make("pid_namespace").kill(time.monotonic())
    assert proc.alive(os.getpid())
