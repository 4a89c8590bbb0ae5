from sqlalchemy import Column, Integer, MetaData, String, Table

metadata = MetaData()
people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(30), nullable=True),
    Column("email", String(60)),
    Column("phone", String(20), nullable=False),
)
pets = Table("pets", metadata, Column("id", Integer, primary_key=True))
