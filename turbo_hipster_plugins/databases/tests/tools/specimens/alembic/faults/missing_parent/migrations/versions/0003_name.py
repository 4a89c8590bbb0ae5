revision = "c3"
down_revision = "not_here"


def upgrade():
    pass
