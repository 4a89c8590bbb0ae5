import threading

revision = "c3"
down_revision = "b2"


def upgrade():
    threading.Event().wait()
