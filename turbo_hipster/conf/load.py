"""Read the configuration: once, at the root, into one frozen value.

Plain groups are oslo.config's, with its environment source.  The sections
``[job:NAME]`` and ``[publish:NAME]`` are kept as they are written: nothing is
expanded, quotes stay, several lines stay several lines.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

from turbo_hipster.conf import (
    checks,
    find,
    health,
    ini,
    names,
    plain,
    servers,
    statsd,
)
from turbo_hipster.conf.problem import Problem, refuse
from turbo_hipster.conf.sections import Sections, raw_sections
from turbo_hipster.conf.settings import GearmanSettings, Settings


def load(
    files: Sequence[Path | str], dirs: Sequence[Path | str] = ()
) -> Settings:
    """Return what ``files`` and the ``*.conf`` of ``dirs`` say.

    Later files win.  No file at all gives the defaults; ``find`` knows where
    files usually are.  Raises ConfigurationError with the first mistake and
    the number of the others.
    """
    settings, found = _read(files, dirs)
    refuse(found)
    return settings


def problems(
    files: Sequence[Path | str], dirs: Sequence[Path | str] = ()
) -> list[Problem]:
    """Return every mistake that can be seen without asking a plugin."""
    return _read(files, dirs)[1]


def readable(
    files: Sequence[Path | str], dirs: Sequence[Path | str] = ()
) -> Settings:
    """Return what can be read, with defaults in place of mistakes.

    For who looks at a configuration, and starts nothing by it.
    """
    return _read(files, dirs)[0]


def _read(
    files: Sequence[Path | str], dirs: Sequence[Path | str]
) -> tuple[Settings, list[Problem]]:
    found: list[Problem] = []
    parsed = list(_parsed(files, dirs, found))
    places: dict[str, tuple[str, int]] = {}
    for _path, text in parsed:
        places = {**text.sections, **places}
    everything = [entry for _, text in parsed for entry in text.entries]
    entries = {(entry.section, entry.key): entry for entry in everything}

    found += checks.unknown(places, everything)
    found += checks.comments(everything)
    sound = [path for path, text in parsed if not text.mistakes]
    groups, wrong = plain.values(sound, entries)
    found += wrong

    sections = Sections(places, entries, raw_sections(everything))
    settings, wrong = _settings(groups, sections, entries)
    return settings, _once(found + wrong + sections.problems)


def _once(found: Sequence[Problem]) -> list[Problem]:
    """Keep one problem an option: its first mistake explains the others."""
    kept: dict[tuple[object, ...], Problem] = {}
    for problem in found:
        place = (problem.section, problem.option)
        key = place if problem.option else (*place, problem)
        kept.setdefault(key, problem)
    return list(kept.values())


def _parsed(
    files: Sequence[Path | str],
    dirs: Sequence[Path | str],
    found: list[Problem],
) -> Iterator[tuple[str, ini.Ini]]:
    """Yield each readable file with what stands in it."""
    for folder in dirs:
        if not Path(folder).is_dir():
            found.append(Problem(str(folder), "", "", "is no folder"))
    for path in [*map(Path, files), *find.files_in(dirs)]:
        try:
            content = path.read_text("utf-8")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            found.append(Problem(str(path), "", "", "is not UTF-8", line))
            continue
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            found.append(Problem(str(path), "", "", reason))
            continue
        text = ini.parse(content, str(path))
        found += [
            Problem(slip.file, "", "", slip.message, slip.line)
            for slip in text.mistakes
        ]
        yield str(path), text


def _settings(
    groups: dict[str, SimpleNamespace],
    sections: Sections,
    entries: dict[tuple[str, str], ini.Entry],
) -> tuple[Settings, list[Problem]]:
    found: list[Problem] = []

    def note(group: str, option: str, message: str) -> None:
        if not message:
            return
        entry = entries.get((group, option))
        if entry is not None:
            found.append(checks.at(entry, message))
        else:
            found.append(Problem("", group, option, message))

    own, wire = groups["DEFAULT"], groups["gearman"]
    state_dir = Path(own.state_dir).expanduser()
    if not state_dir.is_absolute():
        note("DEFAULT", "state_dir", f"{own.state_dir}: must begin with /")
    worker_name = own.worker_name or socket.gethostname()
    note("DEFAULT", "worker_name", names.worker_mistake(worker_name))

    addresses = []
    for text in wire.servers:
        try:
            addresses.append(servers.parse(text))
        except ValueError as error:
            note("gearman", "servers", str(error))
    if not wire.servers:
        note("gearman", "servers", "at least one server is needed")
    note("gearman", *checks.half_tls(wire))
    note("git", "origin", checks.origin(groups["git"].origin))
    note("health", "listen", health.mistake(groups["health"].listen))
    note("statsd", "prefix", statsd.mistake(groups["statsd"].prefix))

    enabled = sections.missing("job", own.enabled_jobs, "DEFAULT.enabled_jobs")
    publishers = sections.missing(
        "publish", groups["publish"].publishers, "publish.publishers"
    )
    note("DEFAULT", "enabled_jobs", checks.twice(own.enabled_jobs))
    note("publish", "publishers", checks.twice(groups["publish"].publishers))

    jobs = {
        section.partition(":")[2]: sections.job(section.partition(":")[2])
        for section in sections.places
        if section.startswith("job:") and section != "job:"
    }
    # also those that are not used are checked
    for section in sections.places:
        kind, _, name = section.partition(":")
        if kind == "publish" and name and name not in publishers:
            sections.publisher(name, state_dir)
    functions = [
        function
        for name in dict.fromkeys(enabled)
        for function in (
            f"build:{name}",
            *(f"build:{name}:{label}" for label in jobs[name].core.labels),
        )
    ]
    note("DEFAULT", "enabled_jobs", checks.twice(functions))

    settings = Settings(
        state_dir=state_dir,
        worker_name=worker_name,
        slots=own.slots,
        drain_timeout=own.drain_timeout,
        containment=own.containment,
        process_limit=own.process_limit,
        gearman=GearmanSettings(
            servers=tuple(addresses),
            ca_file=wire.ca_file or None,
            cert_file=wire.cert_file or None,
            key_file=wire.key_file or None,
            on_connection_loss=wire.on_connection_loss,
            result_text=wire.result_text,
        ),
        git_origin=groups["git"].origin,
        publishers=tuple(
            sections.publisher(name, state_dir) for name in publishers
        ),
        jobs=jobs,
        enabled_jobs=tuple(enabled),
        health=health.settings(groups["health"]),
        statsd=statsd.settings(groups["statsd"]),
    )
    return settings, found
