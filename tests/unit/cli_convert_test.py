import pytest

from turbo_hipster.cli.main import main


@pytest.fixture
def convert(tmp_path, capsys):
    """Convert a file of this text; return status, output and complaints."""

    def convert(text, **beside):
        path = tmp_path / "config.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        for name, content in beside.items():
            part = tmp_path / "conf.d" / f"{name}.yaml"
            part.parent.mkdir(exist_ok=True)
            part.write_text(content)
        status = main(["config", "convert", str(path)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return convert


def test_a_configuration_comes_out(convert):
    status, out, err = convert(
        "jobs: [{name: 'build:unit', shell_script: /x}]\nbanana: 1\n"
    )
    assert status == 0
    assert out == (
        "# Translated from config.yaml by 'turbo-hipster config convert'.\n"
        "# Left out: banana: is not known\n\n"
        "[DEFAULT]\nenabled_jobs = unit\n\n"
        "[job:unit]\nplugin = shell_script\ncommand = /x\narguments = th\n"
    )
    assert err == "left out: banana: is not known\n"


def test_the_files_of_conf_d_are_read_in_their_order(convert):
    _, out, _ = convert(
        "conf_d: conf.d\njobs: [{name: a}]\nzuul_server: {gearman_port: 1}",
        b="jobs: [{name: c}]",
        a="jobs: [{name: b}]\nzuul_server: {gearman_host: h}",
    )
    assert "enabled_jobs = a, b, c\n" in out
    assert "servers = h:1\n" in out


@pytest.mark.parametrize(
    "text, said",
    [
        ("a: [", "neither YAML nor JSON"),
        ("7", "no names with values"),
        (b"\xff\xfe\x00", "config.yaml"),
        ("conf_d: gone", "conf_d = gone cannot be read"),
        ("# " + "x" * 2**20, "more than"),
    ],
)
def test_what_is_no_configuration_is_refused(convert, text, said):
    status, out, err = convert(text)
    assert (status, out) == (2, "")
    assert said in err


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert main(["config", "convert", str(tmp_path / "x")]) == 2
    assert "cannot be read" in capsys.readouterr().err
