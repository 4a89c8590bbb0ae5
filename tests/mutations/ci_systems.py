"""Faults of the views for other CI systems; each must turn its test red."""

MUTATIONS = [
    {
        "name": "a file's name can open a property of its own",
        "file": "turbo_hipster/reports/ci/github_annotations.py",
        "find": "value.translate(_ESCAPED_IN_PROPERTY)",
        "replace": "value.translate(_ESCAPED)",
        "test": "tests/unit/ci_views/github_annotations_test.py::"
        "test_a_files_name_is_a_name_whatever_signs_it_has",
    },
    {
        "name": "the summary counts characters where GitHub counts bytes",
        "file": "turbo_hipster/reports/bounded.py",
        "find": 'return len(text.encode("utf-8", "backslashreplace"))',
        "replace": "return len(text)",
        "test": "tests/unit/ci_views/github_summary_test.py::"
        "test_the_bound_is_kept_whatever_it_is_in_bytes",
    },
    {
        "name": "a finding is another one when its line moves",
        "file": "turbo_hipster/reports/ci/places.py",
        "find": '_KEYS = ("file", "line", "column")',
        "replace": '_KEYS = ("file",)',
        "test": "tests/unit/ci_views/places_test.py::"
        "test_a_finding_stays_itself_on_another_line_with_another_value",
    },
    {
        "name": "GitHub obeys what a view says that has no commands",
        "file": "turbo_hipster/cli/rendering.py",
        "find": '{} if view.name == "github_annotations" else os.environ',
        "replace": "{}",
        "test": "tests/unit/cli_rendering_test.py::"
        "test_github_obeys_the_annotations_and_nothing_else",
    },
]
