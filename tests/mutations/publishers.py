"""Faults of publishing; each must turn its test red."""

_ROOM = "turbo_hipster/publishers"
_LOCAL = "tests/unit/publishers_local_test.py"
_SWIFT = "tests/functional/publishers/swift_formpost_test.py"

MUTATIONS = [
    {
        "name": "a link is published as it is",
        "file": f"{_ROOM}/folder.py",
        "find": "Path(entry.path).unlink()",
        "replace": "continue",
        "test": f"{_LOCAL}::test_links_and_special_files_are_named_and_not"
        "_published",
    },
    {
        "name": "the mode of a hard link is changed in place",
        "file": f"{_ROOM}/folder.py",
        "find": "if status.st_nlink > 1 and not folder:",
        "replace": "if False:",
        "test": f"{_LOCAL}::test_another_name_of_a_foreign_file_does_not_open"
        "_it",
    },
    {
        "name": "the name of a file is written as it is",
        "file": f"{_ROOM}/folder.py",
        "find": 'file.write(f"{printable(path)}:',
        "replace": 'file.write(f"{path!s}:',
        "test": f"{_LOCAL}::test_a_left_out_name_can_forge_no_line",
    },
    {
        "name": "a name that somebody has is not looked for",
        "file": f"{_ROOM}/local.py",
        "find": "if os.path.lexists(target):",
        "replace": "if False:",
        "test": f"{_LOCAL}::test_whatever_has_the_name_keeps_it",
    },
    {
        "name": "a name that is taken at the last moment ends the build",
        "file": f"{_ROOM}/local.py",
        "find": "if error.errno not in TAKEN:",
        "replace": "if True:",
        "test": f"{_LOCAL}::test_a_name_that_is_taken_at_the_last_moment_is"
        "_left_alone",
    },
    {
        "name": "what was copied half stays",
        "file": f"{_ROOM}/local.py",
        "find": "shutil.rmtree(copy, ignore_errors=True)",
        "replace": "pass",
        "test": f"{_LOCAL}::test_a_copy_that_fails_leaves_nothing_half",
    },
    {
        "name": "a path that leads out is taken",
        "file": f"{_ROOM}/destination.py",
        "find": 'if part in (".", ".."):',
        "replace": "if False:",
        "test": f"{_LOCAL}::test_a_bad_place_is_refused_and_nothing_is_made",
    },
    {
        "name": "the index is not the last file",
        "file": f"{_ROOM}/swift_formpost.py",
        "find": "last = upload.name == allowed.named(INDEX)",
        "replace": "last = upload.name != allowed.named(INDEX)",
        "test": f"{_SWIFT}::test_the_index_is_the_last_to_arrive",
    },
    {
        "name": "files of several types share a form",
        "file": f"{_ROOM}/swift_formpost.py",
        "find": "lambda one: kind(one)[:2]",
        "replace": "lambda one: True",
        "test": f"{_SWIFT}::test_every_file_has_the_type_that_a_browser_needs",
    },
    {
        "name": "more files than are allowed go into a form",
        "file": f"{_ROOM}/swift_formpost.py",
        "find": "yield files[start : start + count]",
        "replace": "yield files[start:]",
        "test": f"{_SWIFT}::test_no_form_has_more_files_than_are_allowed",
    },
    {
        "name": "a right that ran out is tried",
        "file": f"{_ROOM}/swift_formpost.py",
        "find": "if left <= 0:",
        "replace": "if False:",
        "test": f"{_SWIFT}::test_a_right_that_ran_out_is_not_tried",
    },
    {
        "name": "an answer that comes early is not heard",
        "file": f"{_ROOM}/formpost_form.py",
        "find": "contextlib.suppress(BrokenPipeError, ConnectionResetError)",
        "replace": "contextlib.suppress()",
        "test": f"{_SWIFT}::test_an_answer_before_everything_was_sent_is"
        "_heard",
    },
    {
        "name": "any scheme is spoken to",
        "file": f"{_ROOM}/formpost_rights.py",
        "find": 'or url.scheme not in ("http", "https")',
        "replace": "",
        "test": f"{_SWIFT}::test_a_hostile_url_is_refused",
    },
]
