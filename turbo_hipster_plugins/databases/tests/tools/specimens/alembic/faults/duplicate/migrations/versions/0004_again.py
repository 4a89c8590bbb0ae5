revision = "b2"
down_revision = "c3"


def upgrade():
    pass
