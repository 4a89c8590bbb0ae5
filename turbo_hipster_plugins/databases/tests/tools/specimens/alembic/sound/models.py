from sqlalchemy import Column, Index, Integer, MetaData, String, Table

metadata = MetaData()
people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(30), nullable=False),
    Column("email", String(60)),
    Index("ix_people_name", "name"),
)
