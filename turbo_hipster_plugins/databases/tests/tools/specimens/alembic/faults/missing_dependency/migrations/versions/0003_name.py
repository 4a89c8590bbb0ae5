revision = "c3"
down_revision = "b2"
depends_on = "not_here"


def upgrade():
    pass
