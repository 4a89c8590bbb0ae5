"""keystone 30.0.0, stepped by Alembic: branches that expand and contract."""

REQUIREMENTS = ("keystone==30.0.0", "pymysql", "psycopg2-binary")
RELEASES = ("yoga", "bobcat", "2024.1", "2025.2", "2026.1")
LAST = ("sql/migrations/versions/202[56]*",)
"""The files of the last two releases, which are the change."""

SET_UP = """
import importlib
import pkgutil

import keystone
import keystone.conf

keystone.conf.configure()
for found in pkgutil.iter_modules(keystone.__path__):
    for kind in ("", "config_", "mapping_", "role_"):
        name = f"keystone.{found.name}.{kind}backends.sql"
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            pass
"""


def branches(make_history, engines):
    """Lay the history out, with the last two releases as the change."""
    made = make_history("alembic", *REQUIREMENTS, engines=engines)
    source = made.installed("keystone") / "common/sql"
    folders = ["%(here)s/migrations/versions"]
    folders += [
        f"%(here)s/migrations/versions/{release}/{branch}"
        for release in RELEASES
        for branch in ("expand", "contract")
        if (source / f"migrations/versions/{release}/{branch}").is_dir()
    ]
    ini = (source / "alembic.ini").read_text()
    ini = ini.replace(
        "[alembic]\n",
        f"[alembic]\nversion_locations = {':'.join(folders)}\n",
    )
    ini = ini.replace("%(here)s", "%(here)s/sql")
    env = (source / "migrations/env.py").read_text()
    made.lay_out(
        source,
        "sql",
        {"keystone.ini": ini, "sql/migrations/env.py": SET_UP + env},
        changed=LAST,
    )
    return made
