"""Faults of log capture; each must turn its test red."""

_ROOM = "turbo_hipster/builds/logs"
_TESTS = "tests/unit/logs_capture"

MUTATIONS = [
    {
        "name": "a line is stamped before its first byte is there",
        "file": f"{_ROOM}/source.py",
        "find": "stamped = stamped[: -len(stamp)]",
        "replace": "pass",
        "test": f"{_TESTS}/test_lines.py::test_nothing_is_lost_or_altered",
    },
    {
        "name": "the last line without a newline is not ended",
        "file": f"{_ROOM}/source.py",
        "find": "if not self._at_line_start:",
        "replace": "if False:",
        "test": f"{_TESTS}/test_lines.py::test_nothing_is_lost_or_altered",
    },
    {
        "name": "the start of a secret is not held back",
        "file": f"{_ROOM}/redaction.py",
        "find": "len(data) - self._redactor.unfinished(data)",
        "replace": "len(data)",
        "test": f"{_TESTS}/test_lines.py::test_secrets_do_not_reach_the_disk"
        "_though_reads_split_them",
    },
    {
        "name": "an overlap that a read splits is shown twice",
        "file": f"{_ROOM}/redaction.py",
        "find": "self._hidden = max(at - end, 0)",
        "replace": "self._hidden = 0",
        "test": f"{_TESTS}/test_redaction.py::test_a_stream_is_redacted_as_if"
        "_it_were_read_in_one_piece",
    },
    {
        "name": "a broken line goes on without stamp and mark",
        "file": f"{_ROOM}/turns.py",
        "find": "self._owner.broken = True",
        "replace": "self._owner.broken = False",
        "test": f"{_TESTS}/test_turns.py::test_an_open_line_is_broken_after_a"
        "_second_and_goes_on",
    },
    {
        "name": "the tail has one segment, and loses it when it is full",
        "file": f"{_ROOM}/segments.py",
        "find": "path = segment(self._path, 1 - self._number)",
        "replace": "path = segment(self._path, 0)",
        "test": f"{_TESTS}/test_crash.py::test_a_real_kill_loses_nothing_that"
        "_was_fed",
    },
    {
        "name": "segments are removed before the log is known to be whole",
        "file": f"{_ROOM}/assembly.py",
        "find": "hidden.pop().rename(done)",
        "replace": "hidden.pop().unlink()",
        "test": f"{_TESTS}/test_crash.py::test_a_crash_at_any_call_of_the"
        "_assembly_leaves_it_to_be_done_again",
    },
    {
        "name": "a full disk is tried again with every line",
        "file": f"{_ROOM}/disk.py",
        "find": "if not self._tried <= now < self._tried + RETRY:",
        "replace": "if True:",
        "test": f"{_TESTS}/test_disk_full.py::test_a_full_disk_is_tried_again"
        "_each_second_and_not_more",
    },
    {
        "name": "a watched file that has grown again is taken for the old one",
        "file": f"{_ROOM}/watched.py",
        "find": "return self._before(len(self._known)) != self._known",
        "replace": "return False",
        "test": f"{_TESTS}/test_watched.py::test_a_file_that_grew_again_since"
        "_it_was_emptied_is_read_anew",
    },
]
