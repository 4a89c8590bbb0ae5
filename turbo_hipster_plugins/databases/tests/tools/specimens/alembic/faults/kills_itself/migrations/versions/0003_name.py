import os
import signal

from alembic import op

revision = "c3"
down_revision = "b2"


def upgrade():
    op.execute("CREATE TABLE pets (id INTEGER PRIMARY KEY)")
    os.kill(os.getpid(), signal.SIGKILL)
