from alembic import context
from sqlalchemy import create_engine

given = context.get_x_argument(as_dictionary=True)
assert given["tenant"] == "one"
with create_engine(given["url"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
