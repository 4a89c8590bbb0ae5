"""The hook in SQLAlchemy: every statement of every engine passes it."""

import gc
from typing import Any, List
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Engine

from . import durability, showing
from .record import Record


class Hook:
    """Tells the record of a step what SQLAlchemy executes."""

    def __init__(self) -> None:
        self._record: Any = None
        self._seen: WeakSet[Any] = WeakSet()
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)
        durability.sqlalchemy()
        showing.sqlalchemy()

    def tell(self, record: Record) -> None:
        """From now on tell this record."""
        self._record = record
        self._seen = WeakSet()

    def _before(self, conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if self._record is not None and self._record.active:
            self._seen.add(conn)
            self._record.before(statement)

    def _after(self, conn: Any, *_: Any) -> None:
        if self._record is not None:
            # before 2.0 a statement outside a transaction commits by itself
            self._record.after(durable=conn.in_transaction())

    def left_open(self, own: Any) -> bool:
        """Roll back and tell of transactions that the step left open.

        The tool's ``own`` connection is not looked at.
        """
        if not self._open_ones(own):
            return False
        gc.collect()  # a session nobody holds any more has ended
        found = self._open_ones(own)
        for connection in found:
            connection.invalidate()
        return bool(found)

    def _open_ones(self, own: Any) -> List[Any]:
        return [
            one
            for one in list(self._seen)
            if one is not own
            and getattr(own, "connection", None) is not None
            and not one.closed
            and not one.invalidated
            and one.in_transaction()
            and one.connection is not own.connection
        ]
