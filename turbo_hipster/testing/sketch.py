"""Write a new plugin: a package that can be installed, and passes its tests.

The files are templates beside this one; ``@WORD@`` in them is replaced.
"""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from turbo_hipster import exceptions

TEMPLATES = Path(__file__).with_name("skeleton")
SUFFIX = ".template"


def sketch(name: str, folder: Path) -> list[Path]:
    """Write the skeleton of the task ``name`` into ``folder``.

    Returns the files written.  Raises RefusedInput for a name that is none,
    and for a folder that has something in it.
    """
    words = vocabulary(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise exceptions.RefusedInput(
            f"{folder} is there already; name an empty folder with --dir"
        )
    written = []
    for template in sorted(TEMPLATES.rglob(f"*{SUFFIX}")):
        inside = template.relative_to(TEMPLATES).as_posix()
        if inside.startswith("package/"):
            inside = words["PACKAGE"] + inside.removeprefix("package")
        file = folder / inside.removesuffix(SUFFIX)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(filled(template.read_text(), words))
        written.append(file)
    return written


def vocabulary(name: str) -> dict[str, str]:
    """Return what the templates call things, from the plugin's name."""
    plugin = name.replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", plugin) or keyword.iskeyword(
        plugin
    ):
        raise exceptions.RefusedInput(
            f"{name!r} cannot be a plugin's name; take small letters, digits "
            "and '_', as in large_files"
        )
    distribution = "turbo-hipster-" + plugin.strip("_").replace("_", "-")
    return {
        "PLUGIN": plugin,
        "PACKAGE": f"turbo_hipster_{plugin}",
        "DISTRIBUTION": distribution,
        "CLASS": "".join(word.capitalize() for word in plugin.split("_")),
        "UNDERLINE": "=" * len(distribution),
    }


def filled(text: str, words: dict[str, str]) -> str:
    """Return a template's text with its words in place."""
    return re.sub(r"@([A-Z]+)@", lambda match: words[match[1]], text)
