"""A connection to PostgreSQL on which several questions are one message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.pq import ExecStatus

Rows = list[tuple[Any, ...]]


class Line:
    """Asks prepared questions by their names.

    What it asks is counted in no statistics of statements.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.pid = connection.info.backend_pid
        # unknown names are no error: a library may not be loaded
        self.say("SET pg_stat_statements.track = 'none'")

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The connection itself."""
        return self._connection

    def prepare(self, questions: Mapping[str, str]) -> None:
        """Prepare questions; a name has its parameters' types behind it."""
        for name, question in questions.items():
            self.say(f"PREPARE {name} AS {question}")

    def extend(self, extension: str, questions: Mapping[str, str]) -> bool:
        """Make an extension and prepare its questions; say if it works."""
        try:
            self.say(f"CREATE EXTENSION IF NOT EXISTS {extension}")
            self.prepare(questions)
        except psycopg.Error:
            # not installed, or older than its functions; what else is wrong
            # shows with the next question
            return False
        return True

    def say(self, words: str) -> None:
        """Run one statement of our own."""
        self._connection.execute(words.encode())

    def ask(self, *calls: str) -> list[Rows]:
        """Ask prepared questions, each a name with its values behind it."""
        message = ";".join(f"EXECUTE {call}" for call in calls)
        with self._connection.cursor() as cursor:
            cursor.execute(message.encode())
            answers = [cursor.fetchall()]
            while cursor.nextset():
                answers.append(cursor.fetchall())
        return answers

    def start(self, call: str) -> None:
        """Ask one question and do not wait; ``answer`` comes next."""
        self._connection.pgconn.send_query(f"EXECUTE {call}".encode())

    def answer(self) -> int:
        """Return the number that the question before asked for."""
        link = self._connection.pgconn
        found = -1
        while (result := link.get_result()) is not None:
            if result.status != ExecStatus.TUPLES_OK:
                raise psycopg.OperationalError(
                    result.error_message.decode(errors="replace").strip()
                )
            found = int(result.get_value(0, 0) or -1)
        if found < 0:
            raise psycopg.OperationalError("the connection was lost")
        return found

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def numbers(values: Any) -> str:
    """Return numbers as one value, an array."""
    return "'{" + ",".join(str(int(value)) for value in values) + "}'"
