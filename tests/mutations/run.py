#!/usr/bin/env python3
"""Break the code on purpose; the test that guards it must turn red.

Each file beside this one has ``MUTATIONS``: a list of

    {"name": what is broken, "file": path in the tree,
     "find": text that stands there exactly once, "replace": what instead,
     "test": the pytest node that must notice}

For each of them the tree is copied, changed in that one place, and the test
is run against the copy.  First every test is run against an unchanged copy,
where it must be green; how long it takes there says how long it may take to
turn red.  ``run.py [WORD...]`` takes only those mutations whose name or data
file contains a WORD.
"""

from __future__ import annotations

import argparse
import collections
import functools
import importlib.util
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from proof.copies import OPEN, Unusable, apply, copy_in
from proof.runs import Run, adopt_orphans, run_tests

KEYS = {"name", "file", "find", "replace", "test"}
ENOUGH = 120.0
"""Seconds that a test may take in an unchanged copy."""
TIMES = 6
"""A test may take so many times as long to turn red as it takes green."""
AT_ONCE = 2 * (os.cpu_count() or 1)
"""Tests that turn red wait, mostly, for what does not happen."""
SLOWEST = 10


def collect(words: list[str]) -> list[dict[str, str]]:
    """Return the mutations of all data files, checked."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.name == "run.py":
            continue
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for mutation in module.MUTATIONS:
            if set(mutation) != KEYS:
                raise Unusable(f"{path.name}: {mutation} needs just {KEYS}")
            label = f"{path.stem}: {mutation['name']}"
            if not words or any(word in label for word in words):
                found.append({**mutation, "name": label})
    return found


def look(place: Path, tests: list[str]) -> dict[str, Run]:
    """Run the tests of one file in an unchanged copy, until all are known."""
    with copy_in(place) as folder:
        run = run_tests(tests, folder, ENOUGH)
        if run.colour == "green":
            return dict.fromkeys(tests, run)
        return {test: run_tests([test], folder, ENOUGH) for test in tests}


def judge(
    place: Path, limits: dict[str, float], mutation: dict[str, str]
) -> tuple[str, str, float]:
    """Return the colour of the mutation's test, what it said, and seconds."""
    began = time.monotonic()
    test = mutation["test"]
    with copy_in(place) as folder:
        try:
            apply(mutation, folder)
        except (Unusable, OSError) as error:
            return "broken", str(error), 0.0
        run = run_tests([test], folder, limits[test])
        if run.colour == "green":  # a race may hide a fault once
            run = run_tests([test], folder, limits[test])
    return run.colour, run.said, time.monotonic() - began


class Proof:
    """One run over all mutations; ``bad`` collects what is wrong."""

    def __init__(
        self, mutations: list[dict[str, str]], place: Path, least: float
    ) -> None:
        self.mutations = mutations
        self.place = place
        self.least = least
        self.bad: list[str] = []
        self.limits: dict[str, float] = {}
        self.seconds: dict[str, float] = {}

    def each(self, work, items):
        """Yield each item with what ``work`` makes of it, as they end.

        Each process that works adopts and ends what its tests leave.
        """
        with ProcessPoolExecutor(
            AT_ONCE,
            mp_context=multiprocessing.get_context("fork"),
            initializer=adopt_orphans,
        ) as pool:
            asked = {pool.submit(work, item): item for item in items}
            for done in as_completed(asked):
                yield asked[done], done.result()

    def green_first(self) -> None:
        """Run every test unchanged; those that are not green prove nothing."""
        files = collections.defaultdict(set)
        for mutation in self.mutations:
            files[mutation["test"].partition("::")[0]].add(mutation["test"])
        work = functools.partial(look, self.place)
        again: list[str] = []
        for _, seen in self.each(work, map(sorted, files.values())):
            again += [one for one in seen if not self._is_green(one, seen)]
        for test in again:  # alone: the machine is shared with the others
            for _, seen in self.each(work, [[test]]):
                if not self._is_green(test, seen):
                    self.bad.append(test)
                    run = seen[test]
                    print(f"{run.colour}, though nothing is changed: {test}")
                    print(run.said, flush=True)

    def _is_green(self, test: str, seen: dict[str, Run]) -> bool:
        """Say whether it is, and note how long it may take to turn red."""
        green = seen[test].seconds.get(test, ENOUGH / TIMES)
        self.limits[test] = max(self.least, TIMES * green)
        return seen[test].colour == "green"

    def red_then(self) -> None:
        """Judge the mutations whose test is green."""
        work = functools.partial(judge, self.place, self.limits)
        ready = [one for one in self.mutations if one["test"] not in self.bad]
        again = []
        for mutation, (colour, _, seconds) in self.each(work, ready):
            name = mutation["name"]
            self.seconds[name] = seconds
            if colour == "red":
                print(f"{colour:8} {name}", flush=True)
            else:
                again.append(mutation)
        for mutation in again:  # alone: others may clean up what it leaves
            for _, (colour, said, _) in self.each(work, [mutation]):
                print(f"{colour:8} {mutation['name']}", flush=True)
                if colour != "red":
                    self.bad.append(mutation["name"])
                    print(f"{mutation['test']} did not notice:\n{said}")

    def slowest(self) -> list[str]:
        """Return the mutations that cost most, in lines."""
        rows = sorted(self.seconds.items(), key=lambda row: -row[1])
        return [f"{taken:5.0f} s  {name}" for name, taken in rows[:SLOWEST]]


def main() -> int:
    """Judge all mutations; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("word", nargs="*")
    parser.add_argument(
        "--least",
        type=float,
        default=30.0,
        help="seconds that each test has to turn red",
    )
    arguments = parser.parse_args()
    mutations = collect(arguments.word)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutations-") as name:
        place = Path(name).resolve()
        place.chmod(OPEN)
        proof = Proof(mutations, place, arguments.least)
        proof.green_first()
        green = time.monotonic() - began
        proof.red_then()
    print(*proof.slowest(), sep="\n")
    print(
        f"{len(mutations)} mutations in {time.monotonic() - began:.0f} s "
        f"({green:.0f} s of it unchanged), {len(proof.bad)} not noticed"
    )
    return 1 if proof.bad or not mutations else 0


if __name__ == "__main__":
    sys.exit(main())
