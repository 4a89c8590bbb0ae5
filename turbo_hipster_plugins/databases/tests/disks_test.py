"""Whether it was the disk, told from what everybody says of it."""

import errno
from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster_databases import disks
from turbo_hipster_databases.exceptions import DiskFull
from turbo_hipster_databases.model import Failure

LOG = "4 [ERROR] InnoDB: preallocating 134 bytes for file failed with error 28"
PANIC = "53100 PANIC:  could not write to file: No space left on device"


def server(log=""):
    return SimpleNamespace(log_tail=lambda most: log)


@pytest.mark.parametrize(
    ("failure", "log"),
    [
        (Failure("OperationalError: full", "sql", code="SQLITE_FULL"), ""),
        (Failure("database or disk is full", "sql"), ""),  # before 3.11
        (Failure("could not extend file", "sql", code="53100"), ""),
        (Failure("Disk full (/tmp/x)", "sql", code="1021"), ""),
        (Failure('Error writing file (Errcode: 28 "No', "sql"), ""),
        (Failure("Got error 28 from storage engine", "sql", code="1030"), ""),
        (Failure("OSError: [Errno 28] No space left on device"), ""),
        (Failure("'x' ended: dd: No space left on device", "command"), ""),
        (Failure("The table 'big' is full", "sql", code="1114"), LOG),
        (Failure("ERROR 1114 (HY000): The table", "command"), LOG),
        (Failure("server closed the connection", "sql"), PANIC),
        (Failure("it did not end within 9 s", "hang"), "Disk is full writing"),
    ],
)
def test_a_full_disk_is_known_in_everybodys_words(failure, log):
    assert disks.noticed_by(failure, server(log))


@pytest.mark.parametrize(
    ("failure", "log"),
    [
        # a table in memory has a limit of its own
        (Failure("The table 'small' is full", "sql", code="1114"), ""),
        (Failure("ERROR 1114 (HY000): The table", "command"), ""),
        # the log of a disk that was full does not excuse everything
        (Failure("no such table: t", "sql", code="SQLITE_ERROR"), LOG),
        (Failure("KeyError: 'x'"), LOG),
        (Failure("ERROR 28000: access denied", "sql", code="1045"), LOG),
        (Failure("server closed the connection", "sql"), "signal 9"),
        (Failure("it did not end within 9 s", "hang"), ""),
    ],
)
def test_what_fails_for_another_reason_is_the_changes_fault(failure, log):
    assert not disks.noticed_by(failure, server(log))


def test_what_is_watched_names_the_folder():
    place = Path("/a/folder")
    with (
        pytest.raises(DiskFull, match="/a/folder is full.*nothing made"),
        disks.watched(place, "nothing made"),
    ):
        raise OSError(errno.EDQUOT, "over the quota")


def test_other_errors_pass_what_is_watched():
    with pytest.raises(FileNotFoundError), disks.watched(Path("/"), "x"):
        raise FileNotFoundError(errno.ENOENT, "not there")
    with pytest.raises(ValueError, match="28"), disks.watched(Path("/"), "x"):
        raise ValueError("[Errno 28] is in the text of another kind")
