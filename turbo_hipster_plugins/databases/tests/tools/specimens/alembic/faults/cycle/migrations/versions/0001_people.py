revision = "a1"
down_revision = "c3"


def upgrade():
    pass
