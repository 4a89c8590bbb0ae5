"""Faults of reading the configuration; each must turn its test red."""

_INI = "tests/unit/conf_ini_test.py"
_LOAD = "tests/unit/conf_load_test.py"
_MAIN = "tests/unit/cli_main_test.py"

MUTATIONS = [
    {
        "name": "a comment behind a value is not seen",
        "file": "turbo_hipster/conf/ini.py",
        "find": "INLINE_COMMENT.search(line) for line",
        "replace": "None for line",
        "test": f"{_INI}::test_a_comment_behind_a_value_is_seen",
    },
    {
        "name": "what continues a value loses its indentation",
        "file": "turbo_hipster/conf/ini.py",
        "find": "current.more.append(line)",
        "replace": "current.more.append(line.strip())",
        "test": f"{_INI}::test_several_lines_stay_several_and_keep_their"
        "_relative_indentation",
    },
    {
        "name": "half a TLS configuration is taken",
        "file": "turbo_hipster/conf/checks.py",
        "find": "if wire.cert_file and not wire.ca_file:",
        "replace": "if False:",
        "test": f"{_LOAD}::test_a_mistake_names_file_section_and_option",
    },
    {
        "name": "a job's name is not looked at",
        "file": "turbo_hipster/conf/names.py",
        "find": "if pattern.fullmatch(name):",
        "replace": "if pattern.match(name) or True:",
        "test": f"{_LOAD}::test_a_mistake_names_file_section_and_option",
    },
    {
        "name": "a secret value is shown",
        "file": "turbo_hipster/conf/section.py",
        "find": "if option.secret:",
        "replace": "if False:",
        "test": "tests/unit/conf_section_test.py::test_a_secret_value_is_in"
        "_no_message",
    },
    {
        "name": "a required option may be missing",
        "file": "turbo_hipster/conf/section.py",
        "find": "if value is None and option.required:",
        "replace": "if False:",
        "test": "tests/unit/conf_section_test.py::test_a_required_option_is"
        "_required",
    },
    {
        "name": "a guest's sys.exit ends the program",
        "file": "turbo_hipster/cli/foreign.py",
        "find": "AttributeError, SystemExit)",
        "replace": "AttributeError)",
        "test": f"{_MAIN}::test_a_broken_guest_costs_itself_alone",
    },
    {
        "name": "the first of two guests with one name is taken",
        "file": "turbo_hipster/cli/foreign.py",
        "find": "if len(claims) > 1:",
        "replace": "if False:",
        "test": f"{_MAIN}::test_two_guests_of_one_name_are_refused_and_both"
        "_named",
    },
]
