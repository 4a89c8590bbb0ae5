"""What a client can do; the ends of a table that it does it at."""

from __future__ import annotations

import abc
import dataclasses
from typing import Any


class Gone(Exception):
    """The table or column is not there any more: the step took it away."""


class Failed(Exception):
    """The application would have seen this error.

    ``deadlock`` says that it was chosen to end one.
    """

    def __init__(
        self, code: str, message: str, *, deadlock: bool = False
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.deadlock = deadlock


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    """A row to look at: the table, quoted, and a condition on its key.

    ``where`` is empty for a table without rows or without a key: then any
    row will do.
    """

    table: str
    where: str = ""
    values: tuple[Any, ...] = ()


class Client(abc.ABC):
    """One connection; used by one thread.

    Every method raises Gone or Failed, and leaves no transaction behind
    when it does.
    """

    def __init__(self, place: dict[str, Any]) -> None:
        self.place = place

    @abc.abstractmethod
    def connect(self) -> None:
        """Connect; waits for locks as long as it takes from now on."""

    @abc.abstractmethod
    def close(self) -> None:
        """Disconnect, also while another thread waits in a call."""

    @abc.abstractmethod
    def point(self, table: str, *, last: bool = False) -> Point:
        """Return a row of the table with that plain name.

        It is the first by the table's key, or the last.
        """

    @abc.abstractmethod
    def read(self, point: Point) -> None:
        """Read the row, as a client that reads would."""

    @abc.abstractmethod
    def write(self, point: Point) -> None:
        """Take the locks of a client that changes the row; change nothing."""

    @abc.abstractmethod
    def begin(self) -> None:
        """Begin a transaction that ``read_on`` and ``write_on`` are in."""

    @abc.abstractmethod
    def read_on(self, point: Point) -> None:
        """Read within the transaction."""

    @abc.abstractmethod
    def write_on(self, point: Point) -> None:
        """Take a writer's locks within the transaction."""

    @abc.abstractmethod
    def undo(self) -> None:
        """End the transaction; nothing was changed."""

    @abc.abstractmethod
    def run(self, statement: str) -> None:
        """Run a statement of the project's workload, and undo it."""
