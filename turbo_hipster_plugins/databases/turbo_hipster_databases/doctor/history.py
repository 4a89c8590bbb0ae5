"""Whether this release can use the history that an older one wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from turbo_hipster_databases.doctor.patient import Patient
from turbo_hipster_databases.history.migrating import configuration

FILE = Path("plugins", "databases", "history.sqlite")


def revision(patient: Patient) -> None:
    """Compare the schema's revision with ours; nothing is changed."""
    scripts = ScriptDirectory.from_config(configuration())
    known = {script.revision for script in scripts.walk_revisions()}
    for url in _urls(patient):
        shown = url.render_as_string(hide_password=True)
        try:
            engine = sa.create_engine(url, poolclass=sa.NullPool)
            with engine.connect() as connection:
                context = MigrationContext.configure(connection)
                heads = context.get_current_heads()
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            why = str(getattr(error, "orig", None) or type(error).__name__)
            patient.warn(
                f"the history {shown} cannot be opened: {why}",
                "look whether it is there, and may be read",
            )
            continue
        for head in heads:
            if head not in known:
                patient.fail(
                    f"the history {shown} is at {head}, which this release "
                    "does not know: a newer one made it",
                    "upgrade turbo-hipster-databases, or name another "
                    "history in the jobs",
                )
                break
        else:
            behind = set(heads) != set(scripts.get_heads())
            patient.ok(
                f"the history {shown} is "
                + ("brought up to date at its next use" if behind else "sound")
            )


def _urls(patient: Patient) -> Iterator[sa.URL]:
    file = patient.state_dir / FILE
    if file.exists():
        yield sa.make_url(
            f"sqlite:///file:{quote(str(file))}?mode=ro&uri=true"
        )
    seen = set()
    for job, section in patient.jobs.items():
        for text in section.get("history", ())[-1:]:
            if not text or text in seen:
                continue
            seen.add(text)
            try:
                url = sa.make_url(text)
            except sa.exc.ArgumentError:
                patient.fail(
                    f"job {job}: its history is no SQLAlchemy URL",
                    "correct its option history",
                )
                continue
            database = url.database or ""
            if url.get_backend_name() != "sqlite" or Path(database).exists():
                yield url
