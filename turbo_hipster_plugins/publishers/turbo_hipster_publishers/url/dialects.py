"""What is different from one kind of target to the next.

Each dialect says how our options become its file system's arguments, what
its errors are, and how it is left.  Libraries are imported when a target
needs them, and one that is missing is a plain sentence.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any, ClassVar
from urllib.parse import SplitResult

from turbo_hipster import exceptions


class Dialect:
    """A kind of target; this one is any other that fsspec knows."""

    extra: ClassVar[str] = ""
    library: ClassVar[str] = "fsspec"
    credentials: ClassVar[frozenset[str]] = frozenset()
    headers: ClassVar[bool] = False
    folders: ClassVar[bool] = False

    def __init__(self, options: Any, target: SplitResult) -> None:
        self.options = options
        self.target = target

    def module(self, name: str = "") -> ModuleType:
        """Import this dialect's library, or another one that it brings."""
        try:
            return importlib.import_module(name or self.library)
        except ImportError as error:
            raise exceptions.ConfigurationError(
                f"a target {self.target.scheme}:// needs the package "
                f"{self.library}; install turbo-hipster-publishers"
                f"[{self.extra}] where the worker is installed ({error})"
            ) from None

    def system(self) -> Any:
        """Return the class of its file system."""
        scheme = self.target.scheme
        try:
            return self.module().get_filesystem_class(scheme)
        except (ImportError, ValueError) as error:
            raise exceptions.ConfigurationError(
                f"target: {scheme}:// cannot be used: {error}"
            ) from None

    def arguments(self) -> dict[str, Any]:
        """Return what its file system is made with."""
        return {"use_listings_cache": False}

    def place(self) -> str:
        """Return the root of all builds, as its file system wants it."""
        return self.target.geturl().rstrip("/")

    def said(self, kind: str, encoding: str | None) -> dict[str, Any]:
        """Return the arguments of a put that carry an object's headers."""
        return {}

    def errors(self) -> tuple[type[BaseException], ...]:
        """Return its errors that are no OSError."""
        return ()

    def leave(self, files: Any) -> None:
        """Close its connections."""


class Local(Dialect):
    """A folder of this machine, perhaps on a mounted file system."""

    folders = True

    def place(self) -> str:
        """Return the path alone."""
        return self.target.path.rstrip("/")


class S3(Dialect):
    """Amazon's S3, and whoever speaks like it."""

    extra = "s3"
    library = "s3fs"
    headers = True
    credentials = frozenset(
        {"user", "password", "endpoint_url", "ca_file", "acl"}
    )

    def system(self) -> Any:
        """Return s3fs's class."""
        return self.module().S3FileSystem

    def arguments(self) -> dict[str, Any]:
        """Leave trying again to us, and end what hangs."""
        found: dict[str, Any] = {
            "use_listings_cache": False,
            "key": self.options.user,
            "secret": self.options.password,
            "endpoint_url": self.options.endpoint_url,
            "config_kwargs": {
                "retries": {"total_max_attempts": 1},
                "connect_timeout": self.options.stall_timeout,
                "read_timeout": self.options.stall_timeout,
            },
        }
        if self.options.ca_file:
            found["client_kwargs"] = {"verify": self.options.ca_file}
        return found

    def said(self, kind: str, encoding: str | None) -> dict[str, Any]:
        """Name the headers as S3's requests do."""
        found = {"ContentType": kind}
        if encoding:
            found["ContentEncoding"] = encoding
        if self.options.acl:
            found["ACL"] = self.options.acl
        return found

    def errors(self) -> tuple[type[BaseException], ...]:
        """Return botocore's and aiohttp's."""
        return (
            self.module("botocore.exceptions").BotoCoreError,
            self.module("aiohttp").ClientError,
        )

    def leave(self, files: Any) -> None:
        """Close the client; the way that s3fs documents."""
        sync = self.module("fsspec.asyn").sync
        client = sync(files.loop, files.set_session)
        sync(files.loop, client.close)


class Google(Dialect):
    """Google Cloud Storage."""

    extra = "gcs"
    library = "gcsfs"
    headers = True
    credentials = frozenset({"key_file", "endpoint_url"})

    def system(self) -> Any:
        """Return gcsfs's class."""
        return self.module().GCSFileSystem

    def arguments(self) -> dict[str, Any]:
        """Use the key file, or what the machine itself may do."""
        found: dict[str, Any] = {
            "use_listings_cache": False,
            "requests_timeout": self.options.stall_timeout,
        }
        if self.options.key_file:
            found["token"] = self.options.key_file
        if self.options.endpoint_url:
            found["endpoint_url"] = self.options.endpoint_url
        return found

    def said(self, kind: str, encoding: str | None) -> dict[str, Any]:
        """Name the headers as Google's requests do."""
        found: dict[str, Any] = {"content_type": kind}
        if encoding:
            found["fixed_key_metadata"] = {"content_encoding": encoding}
        return found

    def errors(self) -> tuple[type[BaseException], ...]:
        """Return those of its transport and of its credentials."""
        return (
            self.module("aiohttp").ClientError,
            self.module("google.auth.exceptions").GoogleAuthError,
        )

    def leave(self, files: Any) -> None:
        """Close the session; the way that gcsfs documents."""
        sync = self.module("fsspec.asyn").sync
        session = sync(files.loop, files.set_session)
        sync(files.loop, session.close)


class Sftp(Dialect):
    """A folder behind SSH."""

    extra = "sftp"
    library = "sshfs"
    folders = True
    credentials = frozenset({"user", "password", "key_file", "known_hosts"})

    def system(self) -> Any:
        """Return the class of sshfs; fsspec's own trusts any host."""
        return self.module().SSHFileSystem

    def arguments(self) -> dict[str, Any]:
        """Trust known hosts only, and end what hangs."""
        stall = self.options.stall_timeout
        found: dict[str, Any] = {
            "host": self.target.hostname or "",
            # an empty tuple: the user's own file
            "known_hosts": self.options.known_hosts or (),
            "connect_timeout": stall,
            "login_timeout": stall,
            "keepalive_interval": stall,
            "keepalive_count_max": 1,
            "client_keys": (
                [self.options.key_file] if self.options.key_file else ()
            ),
        }
        user = self.options.user or self.target.username
        given = {
            "port": self.target.port,
            "username": user,
            "password": self.options.password,
        }
        found.update({key: value for key, value in given.items() if value})
        return found

    def place(self) -> str:
        """Return the path alone; ``sftp://host/~/x`` is below the home."""
        path = self.target.path.rstrip("/")
        return path.removeprefix("/~/")

    def errors(self) -> tuple[type[BaseException], ...]:
        """Return asyncssh's."""
        return (self.module("asyncssh").Error,)

    def leave(self, files: Any) -> None:
        """Hang up."""
        sync = self.module("fsspec.asyn").sync

        async def hang_up() -> None:
            files.client.abort()
            await files.client.wait_closed()

        sync(files.loop, hang_up)


DIALECTS: Mapping[str, type[Dialect]] = {
    "file": Local,
    "s3": S3,
    "s3a": S3,
    "gs": Google,
    "gcs": Google,
    "sftp": Sftp,
    "ssh": Sftp,
}
"""By the scheme of a target; any other one is fsspec's."""
