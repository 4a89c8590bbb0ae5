"""What runs in the project's interpreter runs in old ones too."""

import ast
import sys
from pathlib import Path

import pytest

from turbo_hipster_databases.environments import probe
from turbo_hipster_databases.stepping import inside

TOOLS = {"alembic", "django", "migrate", "sqlalchemy"}
FILES = [
    Path(probe.__file__),
    *sorted(Path(inside.__file__).parent.glob("*.py")),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_words_are_those_of_python_3_6(path):
    tree = ast.parse(path.read_text(), feature_version=(3, 6))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.module != "__future__"  # annotations came later


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_needs_nothing_but_the_standard_library_and_its_tool(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        for name in names:
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names | TOOLS
