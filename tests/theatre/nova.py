"""nova 22.4.0: 197 steps of sqlalchemy-migrate, 216 to 412."""

ENGINES = ("sqlite", "mariadb", "postgresql")
OPTIONS = {"repository": "migrate_repo", "start": "215"}
TOLD = "repository:migrate_repo,start:215"
"""The same, as a job's section has it."""


def versions(first, last):
    """Return patterns of the files of versions ``first`` to ``last``."""
    return [f"migrate_repo/versions/{one}_*" for one in range(first, last + 1)]


def laid_out(make_history, changed, rungs=()):
    """Lay the history out; ``changed`` is what the change brings."""
    made = make_history(
        "sqlalchemy_migrate",
        "nova==22.4.0",
        "sqlalchemy<1.4",
        "setuptools==68",
        "pymysql",
        "psycopg2-binary",
        engines=ENGINES,
    )
    made.lay_out(
        made.installed("nova") / "db/sqlalchemy/migrate_repo",
        "migrate_repo",
        changed=changed,
        rungs=rungs,
    )
    return made
