from sqlalchemy import Column, Integer, MetaData, String, Table


def upgrade(migrate_engine):
    people = Table(
        "people",
        MetaData(bind=migrate_engine),
        Column("id", Integer, primary_key=True),
        Column("name", String(30)),
    )
    people.create()


def downgrade(migrate_engine):
    migrate_engine.execute("DROP TABLE people")
