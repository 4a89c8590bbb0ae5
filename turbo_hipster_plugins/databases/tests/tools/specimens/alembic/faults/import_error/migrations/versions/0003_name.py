import there_is_no_such_module

revision = "c3"
down_revision = "b2"


def upgrade():
    there_is_no_such_module.work()
