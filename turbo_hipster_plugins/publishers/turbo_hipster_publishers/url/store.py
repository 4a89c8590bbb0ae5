"""One opened target: fsspec's file system behind our four words."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import fsspec.asyn

from turbo_hipster_publishers.url.dialects import Dialect
from turbo_hipster_publishers.url.errors import judged


class FsspecStore:
    """Puts files to a target; no instance is shared or cached."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._root = dialect.place()
        self._where = dialect.target.geturl()
        self._errors: tuple[type[BaseException], ...] = (
            OSError,
            *dialect.errors(),
        )
        system = dialect.system()
        with self._in_our_words():
            try:
                self._files = system(
                    **dialect.arguments(), skip_instance_cache=True
                )
            except self._errors:
                _end_thread()
                raise

    def claim(self, place: str) -> bool:
        """Make a folder, or see that an object store has no such one.

        Object stores cannot take a name without a file in it: two workers
        that publish to one place in one moment would share it.  The worker
        refuses two live builds of one id, so that takes two workers.
        """
        full = f"{self._root}/{place}"
        with self._in_our_words():
            if not self._dialect.folders:
                return not self._files.exists(full)
            try:
                parent = full.rpartition("/")[0]
                self._files.makedirs(parent, exist_ok=True)
                self._files.mkdir(full, create_parents=False)
            except FileExistsError:
                return False
            except self._errors:
                # SFTP says only "failure" of what is there already
                if self._files.exists(full):
                    return False
                raise
        return True

    def put(
        self, source: Path, name: str, kind: str, encoding: str | None
    ) -> None:
        """Write one file, with its headers where the target keeps any."""
        full = f"{self._root}/{name}"
        with self._in_our_words():
            if self._dialect.folders:
                self._files.makedirs(full.rpartition("/")[0], exist_ok=True)
            self._files.put_file(
                str(source), full, **self._dialect.said(kind, encoding)
            )

    def remove(self, name: str) -> None:
        """Remove one file."""
        with self._in_our_words():
            self._files.rm_file(f"{self._root}/{name}")

    def url(self) -> str:
        """Return the target."""
        return self._where

    def close(self) -> None:
        """Hang up, and end the thread in which fsspec speaks."""
        with contextlib.suppress(RuntimeError, *self._errors):
            self._dialect.leave(self._files)
        _end_thread()

    @contextlib.contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            raise judged(error, self._where) from error


def _end_thread() -> None:
    """End fsspec's thread; it starts another one when it needs one."""
    loop, thread = fsspec.asyn.loop[0], fsspec.asyn.iothread[0]
    if loop is None or thread is None:
        return
    fsspec.asyn.loop[0] = fsspec.asyn.iothread[0] = None
    ending = loop.shutdown_default_executor()
    asyncio.run_coroutine_threadsafe(ending, loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
