"""Parameters belong to one build, in any language, and keep their secrets."""

import re


def logs(house, told):
    build = told.facts[-1]["url"].split("logs.example.org/")[1]
    return (house.site.published / build / "shell_output.log").read_text()


def test_no_build_sees_the_parameters_of_another(house):
    """The first turbo-hipster kept them in its own environment."""
    first = house.zuul.launch(
        parameters={"DO": "true", "LEAKED_ONE": "1", "NAME": "a"}
    )
    first.wait()

    for _ in range(3):  # more than there are slots and spares
        told = house.zuul.launch(parameters={"DO": "env", "NAME": "b"})
        assert told.wait().conclusion == "SUCCESS"
        assert "LEAKED_ONE" not in logs(house, told)
        assert " NAME=b\n" in logs(house, told)


def test_parameters_of_any_language_arrive(house):
    told = house.zuul.launch(
        parameters={
            "DO": 'printf "<%s>\\n" "$SUBJECT" "$LIST" "$NUMBER"',
            "SUBJECT": "Grüße, 世界 😀",
            "LIST": ["a", 1],
            "NUMBER": 7,
            "EMPTY": None,
        }
    ).wait()

    text = logs(house, told)
    for value in ("<Grüße, 世界 😀>", '<["a", 1]>', "<7>"):
        assert value in text


def test_names_that_steer_are_left_out_and_the_log_says_so(house):
    told = house.zuul.launch(
        parameters={
            "DO": "env",
            "LD_PRELOAD": "/tmp/evil.so",
            "PATH": "/evil",
            "GIT_SSH_COMMAND": "evil",
            "BASH_ENV": "/evil",
            "a b": "evil",
            "SWIFT_logs_SIGNATURE": "evil",
        }
    ).wait()

    assert told.conclusion == "SUCCESS"
    text = logs(house, told)
    assert "evil" not in text
    build = told.facts[-1]["url"].split("logs.example.org/")[1]
    notes = (house.site.published / build / "task_output.log").read_text()
    for name in ("LD_PRELOAD", "PATH", "GIT_SSH_COMMAND", "BASH_ENV", "a b"):
        assert f"not passed on: {name}" in notes.replace("'", "")


def test_a_secret_is_on_no_wire_and_in_no_file(house, until):
    secret = "s3cr3t-Wärme-0123456789"
    told = house.zuul.launch(
        "build:secret",
        {
            "DO": 'printf "%s" "${TOKEN%9}"; sleep 0.2; echo 9; '
            'echo "<$TOKEN>" > "$TH_RESULT_FILE"; exit 1',
            "TOKEN": secret,
        },
    ).wait()

    assert told.conclusion == "FAILURE"
    sent = b"".join(bytes(up) for up, _ in house.proxy.logs)
    for form in (secret, secret.encode("unicode_escape").decode()):
        assert form.encode() not in sent
        assert form not in house.worker.log
    assert secret[:-1].encode("ascii", "ignore") not in sent
    build = told.facts[-1]["url"].split("logs.example.org/")[1]
    folder = house.site.published / build
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        text = path.read_text(errors="replace")
        assert secret not in text, path
        assert "s3cr3t" not in text, path
    assert re.search(r"FAILURE - <\*+>|FAILURE - <.*>", told.result)
