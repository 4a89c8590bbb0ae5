from alembic import op

revision = "c3"
down_revision = "b2"


def upgrade():
    op.execute("CREATE INDEX ix_people_name ON people (name)")
    op.execute("INSERT INTO nobody (id) VALUES (1)")


def downgrade():
    pass
