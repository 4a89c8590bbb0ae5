"""Exceptions of the project's code, in the words of a Failure."""

import os
import traceback
from typing import Any, Dict, Iterator, List, Optional, Set

LONGEST = 4000
TAIL = 8000
HERE = os.path.dirname(os.path.abspath(__file__))


class Broken(Exception):
    """The history cannot be read; ``kind`` is one word for the cause."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what caused it, the latest first."""
    seen: Set[int] = set()
    pending: List[Optional[BaseException]] = [error]
    while pending:
        one = pending.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        pending.append(getattr(one, "orig", None))
        pending.append(one.__cause__)
        if not one.__suppress_context__:
            pending.append(one.__context__)


def describe(error: BaseException, failed: str, down: bool) -> Dict[str, str]:
    """Return a Failure's fields; ``failed`` is the first failed statement."""
    links = list(chain(error))
    told = {
        "message": short(error),
        "kind": "python",
        "statement": "",
        "code": "",
        "traceback": tail(error),
    }
    database = [one for one in links if from_driver(one)]
    if any(isinstance(one, SystemExit) for one in links[:1]):
        told["kind"] = "exit"
        told["message"] = "it called sys.exit({})".format(
            ", ".join(repr(one) for one in error.args)
        )
    elif any(is_prompt(one) for one in links):
        told["kind"] = "prompt"
        told["message"] = "it asked a question, and nobody is there to answer"
    elif database:
        driver = database[-1]  # the innermost: the driver's own
        told["kind"] = "sql"
        told["message"] = short(driver)
        told["code"] = code(driver)
        told["statement"] = next(
            (
                str(one.statement)  # type: ignore[attr-defined]
                for one in links
                if getattr(one, "statement", None)
            ),
            failed,
        )
    elif down and any(is_no_downgrade(one) for one in links):
        told["kind"] = "not_implemented"
    return told


def short(error: BaseException) -> str:
    """Return the class and the text of an exception."""
    text = str(error).strip()
    name = type(error).__name__
    return (name + ": " + text if text else name)[:LONGEST]


def tail(error: BaseException) -> str:
    """Return the end of the traceback, without our own frames."""
    frames = traceback.extract_tb(error.__traceback__)
    foreign = [frame for frame in frames if not frame[0].startswith(HERE)]
    lines = traceback.format_list(foreign)
    lines += traceback.format_exception_only(type(error), error)
    return "".join(lines)[-TAIL:]


def from_driver(error: BaseException) -> bool:
    """Say whether a database driver raised it (PEP 249's hierarchy)."""
    names = {one.__name__ for one in type(error).__mro__}
    return bool(names & {"DatabaseError", "InterfaceError"})


def code(error: BaseException) -> str:
    """Return the engine's own code: errno, SQLSTATE, or SQLite's name."""
    first = error.args[0] if error.args else None
    if isinstance(first, int):  # the drivers of MariaDB and MySQL
        return str(first)
    for name in ("sqlstate", "pgcode", "sqlite_errorname"):
        value = getattr(error, name, None)
        if value:
            return str(value)
    if isinstance(first, dict):  # pg8000
        return str(first.get("C", ""))
    return ""


def is_prompt(error: BaseException) -> bool:
    """Say whether it is what an unanswered question raises."""
    name = type(error).__module__ + "." + type(error).__name__
    return isinstance(error, EOFError) or name == "click.exceptions.Abort"


def is_no_downgrade(error: BaseException) -> bool:
    """Say whether it means that there is no way back."""
    return isinstance(error, NotImplementedError) or type(error).__name__ in (
        "IrreversibleError",
        "NoDowngrade",
    )


def broken(error: BaseException, root: str) -> Broken:
    """Return why a file of the history could not be loaded."""
    if isinstance(error, Broken):
        return error
    where = place(error, root)
    if isinstance(error, SyntaxError):
        kind = "syntax"
    elif isinstance(error, ImportError):
        kind = "import"
    else:
        kind = "other"
    text = short(error)
    return Broken(kind, where + ": " + text if where else text)


def place(error: Any, root: str) -> str:
    """Return file and line of the project's innermost frame."""
    if isinstance(error, SyntaxError) and error.filename:
        path, line = error.filename, error.lineno
    else:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [one for one in frames if one[0].startswith(root + os.sep)]
        if not ours:
            return ""
        path, line = ours[-1][0], ours[-1][1]
    return "{}:{}".format(os.path.relpath(path, root), line)
