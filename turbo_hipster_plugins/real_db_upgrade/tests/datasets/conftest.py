import pytest


@pytest.fixture
def describe(tmp_path):
    """Write a description and the files beside it into a folder."""

    def write(text, *, name="user_001", file="dataset.yaml", beside=()):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for other in ("seed.sql", *beside):
            (folder / other).write_text("-- nothing\n")
        path = folder / file
        path.write_text(text)
        return path

    return write
