"""What a project requires: requirement files read with all they include.

uv reads them in the end; we read them to know their content (it is the
environment's key), and to take out the project itself: its code comes from
the checkout, so only what it depends on is installed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from turbo_hipster_databases.exceptions import RequirementsRefused

INCLUDE = re.compile(
    r"\s*(?:-(?P<short>[rc])\s*|--(?P<long>requirement|constraint)(?:\s+|=))"
    r"(?P<target>\S+)"
)
ITSELF = re.compile(
    r"\s*(?:-e\s*|--editable(?:\s+|=))?\./?\s*(?:\[(?P<extras>[^\]]*)\])?"
    r"\s*(?:[;#].*)?"
)
METADATA = ("pyproject.toml", "setup.py")
"""Where a project says what it depends on; uv reads the first that exists."""

READ_BY_SETUP = ("setup.*", "*requirements*.txt", "requirements/*.txt")
"""What a project's own metadata may be made from besides."""

LARGEST = 16 * 2**20


@dataclasses.dataclass
class Required:
    """All lines of requirement and constraint files, includes in place.

    ``itself`` is the file with the project's own metadata, if its
    dependencies are asked for, with the ``extras`` wanted; ``read`` is the
    content of everything that was read.
    """

    lines: list[str] = dataclasses.field(default_factory=list)
    constraints: list[str] = dataclasses.field(default_factory=list)
    itself: Path | None = None
    extras: set[str] = dataclasses.field(default_factory=set)
    read: dict[str, str] = dataclasses.field(default_factory=dict)


def read(
    checkout: Path, requirements: Sequence[str], constraints: Sequence[str]
) -> Required:
    """Read files and specifiers; raises RequirementsRefused."""
    reader = Reader(checkout)
    for word in requirements:
        if ITSELF.fullmatch(word):
            reader.itself(word)
        elif (checkout / word).is_file():
            reader.file(checkout / word, reader.required.lines)
        elif word.endswith((".txt", ".in", ".pip")):
            raise RequirementsRefused(
                f"there is no file {word} in the checkout; name requirement "
                "files relative to it"
            )
        else:
            reader.required.lines.append(word)
    for word in constraints:
        reader.constraint(word, checkout)
    for name in ("pyproject.toml", "uv.toml"):  # uv's own rules stand there
        path = checkout / name
        if path.is_file() and "uv" in reader.text(path):
            reader.keep(path)
    return reader.required


class Reader:
    """Reads the files of one checkout."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self.required = Required()
        self._open: list[Path] = []

    def file(self, path: Path, into: list[str]) -> None:
        """Add a file's lines, and those of the files that it includes."""
        if path in self._open:
            raise RequirementsRefused(f"{path.name} includes itself")
        self._open.append(path)
        for line in logical(self.keep(path)):
            include = INCLUDE.match(line)
            if include is None:
                if ITSELF.fullmatch(line):
                    self.itself(line)
                else:
                    into.append(line)
                continue
            target = include["target"]
            if (include["short"] or include["long"][0]) == "c":
                self.constraint(target, path.parent)
            elif "://" in target:
                into.append(line)
            else:
                self.file(self._inside(path.parent / target, path), into)
        self._open.pop()

    def constraint(self, target: str, folder: Path) -> None:
        """Add a constraint file; one on the web is left to uv."""
        if "://" in target:
            self.required.lines.append(f"-c {target}")
            return
        path = folder / target
        if not path.is_file():
            raise RequirementsRefused(f"there is no constraint file {target}")
        self.file(path, self.required.constraints)

    def itself(self, line: str) -> None:
        """The project itself: what it depends on is in its metadata."""
        match = ITSELF.fullmatch(line)
        assert match is not None
        found = [self.checkout / name for name in METADATA]
        present = [path for path in found if path.is_file()]
        if not present:
            raise RequirementsRefused(
                f"{line.strip()!r} asks for the project itself, and it has "
                f"neither {' nor '.join(METADATA)}"
            )
        self.required.itself = present[0]
        self.required.extras.update(
            word.strip() for word in (match["extras"] or "").split(",")
        )
        self.required.extras.discard("")
        for path in present:
            self.keep(path)
        for pattern in READ_BY_SETUP:
            for path in sorted(self.checkout.glob(pattern)):
                self.keep(path)

    def keep(self, path: Path) -> str:
        """Read a file and remember its content for the key."""
        text = self.text(path)
        try:
            name = str(path.relative_to(self.checkout))
        except ValueError:
            name = path.name
        self.required.read[name] = text
        return text

    def text(self, path: Path) -> str:
        """Read a file of text."""
        try:
            if path.stat().st_size > LARGEST:
                raise RequirementsRefused(f"{path.name} is too large")
            return path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise RequirementsRefused(
                f"there is no file {path.name}"
            ) from None
        except (OSError, ValueError) as error:
            raise RequirementsRefused(
                f"{path.name} cannot be read: {error}"
            ) from None

    def _inside(self, path: Path, included_by: Path) -> Path:
        if not path.is_file():
            raise RequirementsRefused(
                f"{included_by.name} includes {path.name}, which is not there"
            )
        if not path.resolve().is_relative_to(self.checkout.resolve()):
            raise RequirementsRefused(
                f"{included_by.name} includes {path.name}, which lies outside "
                "the checkout"
            )
        return path


def logical(text: str) -> Iterator[str]:
    """Yield the lines that mean something, continuations joined."""
    pending = ""
    for line in text.splitlines():
        if line.rstrip().endswith("\\") and not line.lstrip().startswith("#"):
            pending += line.rstrip()[:-1] + " "
            continue
        whole = re.sub(r"(^|\s)#.*$", "", pending + line).rstrip()
        pending = ""
        if whole.strip():
            yield whole
    if pending.strip():
        yield pending.rstrip()
