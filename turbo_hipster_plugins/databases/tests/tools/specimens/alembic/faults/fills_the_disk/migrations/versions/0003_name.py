import os

from alembic import op
from sqlalchemy import text

revision = "c3"
down_revision = "b2"


def upgrade():
    bind = op.get_bind()
    kind = "LONGTEXT" if bind.dialect.name == "mysql" else "TEXT"
    op.execute(f"CREATE TABLE big (word {kind})")
    insert = text("INSERT INTO big VALUES (:word)")
    for _ in range(int(os.environ["MEBIBYTES"])):
        bind.execute(insert, {"word": os.urandom(2**19).hex()})
