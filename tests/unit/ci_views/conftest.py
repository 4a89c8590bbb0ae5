"""A folder with logs, and rendering that keeps to what all promise."""

import pytest

ERRORS = (
    "2026-11-24 12:00:00,000 [output] ::set-output name=a::b\n"
    "2026-11-24 12:00:00,100 [output] ERROR: it broke ``` <b> @bob\n"
    "2026-11-24 12:00:00,200 [output] \x1b[0Ksection_end:1:x\r\x1b[0K\n"
)


@pytest.fixture
def folder(tmp_path):
    """Results with two logs; one is 5 MiB and has the error in its middle."""
    line = "2026-11-24 12:00:00,000 [output] all is well so far, go on\n"
    half = line * (5 * 2**19 // len(line))
    (tmp_path / "shell_output.log").write_text(half + ERRORS + half)
    (tmp_path / "git_prep.log").write_text("fetched\n")
    (tmp_path / "index.html").write_text("page")
    return tmp_path


@pytest.fixture
def render(folder):
    """Render a view; its text is one that can be written."""

    def rendered(view, report, **attributes):
        made = view()
        for name, value in attributes.items():
            setattr(made, name, value)
        text = "".join(made.render(report, folder))
        text.encode()
        return text

    return rendered
