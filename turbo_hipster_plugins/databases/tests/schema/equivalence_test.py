"""One set of models, made on three engines."""

import itertools

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.pool import StaticPool

from turbo_hipster_databases.schema.equivalence import equivalent

pytestmark = pytest.mark.functional

ENGINES = ["sqlite", "mariadb", "postgresql"]
URLS = {"mariadb": "mysql+pymysql://", "postgresql": "postgresql+psycopg://"}
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def models():
    """Return what a project has, one of everything."""
    made = sa.MetaData()
    sa.Table(
        "org", made,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("parent", sa.ForeignKey("org.id", ondelete="SET NULL")),
    )  # fmt: skip
    sa.Table(
        "users", made,
        sa.Column("id", BIG, primary_key=True),
        sa.Column("email", sa.String(200), index=True, unique=True,
                  nullable=False),
        sa.Column("bio", sa.Text),
        sa.Column("active", sa.Boolean, server_default=sa.true(),
                  nullable=False),
        sa.Column("mood", sa.Enum("Sad", "ok", name="type"),
                  server_default="ok"),
        sa.Column("kind", sa.Enum("a", "b", native_enum=False, name="kind",
                                  create_constraint=True)),
        sa.Column("flag", sa.Boolean(create_constraint=True, name="flagged")),
        sa.Column("price", sa.Numeric(10, 2), server_default="0.00"),
        sa.Column("rate", sa.Float),
        sa.Column("ratio", sa.Double),
        sa.Column("born", sa.Date),
        sa.Column("at", sa.Time),
        sa.Column("created", sa.DateTime, server_default=sa.func.now(),
                  nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True)),
        sa.Column("took", sa.Interval),
        sa.Column("data", sa.JSON),
        sa.Column("image", sa.LargeBinary),
        sa.Column("uid", sa.Uuid),
        sa.Column("small", sa.SmallInteger, server_default="0"),
        sa.Column("big", sa.BigInteger, server_default=sa.text("-5")),
        sa.Column("code", sa.CHAR(3)),
        sa.Column("title", sa.Unicode(50), server_default="it's"),
        sa.Column("total", sa.Integer, sa.Computed("small * 2", True)),
        sa.Column("org_id", sa.Integer, nullable=False),
        sa.Column("ip", sa.String(39).with_variant(pg.INET, "postgresql")),
        sa.Column("tags", sa.JSON().with_variant(pg.ARRAY(sa.Text),
                                                 "postgresql")),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name="fk_org",
                                ondelete="CASCADE"),
        sa.UniqueConstraint("email", "org_id", name="uq_email_org"),
        sa.CheckConstraint("price >= 0", name="ck_price"),
        sa.Index("ix_big", "big", "small"),
        sa.Index("ix_bio", "bio", mysql_length=20),
        sa.Index("ix_created", sa.text("created desc")),
        sa.Index("ix_seen", "seen",
                 postgresql_where=sa.text("seen is not null")),
    )  # fmt: skip
    sa.Table(
        "link", made,
        sa.Column("a", sa.ForeignKey("org.id"), primary_key=True),
        sa.Column("b", BIG, sa.ForeignKey("users.id", onupdate="CASCADE"),
                  primary_key=True, index=True),
    )  # fmt: skip
    sa.Table(
        "Order",
        made,
        sa.Column("Id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("key", sa.String(3), comment="a word of SQL"),
        sa.Column("group", sa.ForeignKey("Order.Id")),
    )
    sa.Table("group", made, sa.Column("order", sa.Integer, primary_key=True),
             sa.Column("x", sa.ForeignKey("group.order")))  # fmt: skip
    sa.Table(
        "plain",
        made,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("x", sa.Integer),
    )
    return made


def make(place, made):
    """Create the models in an empty database, and read its schema."""
    connection = place.connection
    engine = sa.create_engine(
        URLS.get(place.engine, "sqlite://"),
        creator=lambda: connection,
        poolclass=StaticPool,
    )
    made.create_all(engine)
    return place.read()


@pytest.fixture(params=itertools.combinations(ENGINES, 2), ids="-".join)
def pair(request, database):
    """Return a function that makes models on two engines."""

    def both(one, other):
        return [
            make(database(name), made)
            for name, made in zip(request.param, (one, other), strict=True)
        ]

    return both


def told(one, other):
    return [str(difference) for difference in equivalent(one, other)]


def test_the_same_models_are_equivalent_on_all_engines(pair):
    one, other = pair(models(), models())

    assert told(one, other) == []
    assert told(other, one) == []


def lacking_table(made):
    made.remove(made.tables["plain"])
    return "table plain: missing"


def lacking_column(made):
    table = made.tables["plain"]
    table._columns.remove(table.c.x)
    return "column plain.x: missing"


def other_nullability(made):
    made.tables["plain"].c.x.nullable = False
    return "column plain.x: nullable"


def other_type(made):
    made.tables["users"].c.born.type = sa.DateTime()
    return "column users.born: type"


def other_default(made):
    made.tables["users"].c.title.server_default = None
    return "column users.title: default"


def lacking_index(made):
    table = made.tables["users"]
    table.indexes = {i for i in table.indexes if i.name != "ix_big"}
    return "index users(big, small): missing"


def lacking_unique(made):
    table = made.tables["users"]
    table.constraints = {
        c for c in table.constraints if c.name != "uq_email_org"
    }
    return "unique users(email, org_id): missing"


def lacking_reference(made):
    table = made.tables["users"]
    table.constraints = {c for c in table.constraints if c.name != "fk_org"}
    return "foreign key users(org_id) → org(id): missing"


def other_action(made):
    for constraint in made.tables["users"].constraints:
        if constraint.name == "fk_org":
            constraint.ondelete = None
    return "foreign key users(org_id) → org(id): on delete"


def lacking_check(made):
    table = made.tables["users"]
    table.constraints = {c for c in table.constraints if c.name != "ck_price"}
    return "check ck_price of users: missing"


def other_key(made):
    made.remove(made.tables["plain"])
    sa.Table(
        "plain", made,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("x", sa.Integer, primary_key=True, autoincrement=False),
    )  # fmt: skip
    return "primary key of plain: columns"


@pytest.mark.parametrize(
    "spoil",
    [
        lacking_table,
        lacking_column,
        other_nullability,
        other_type,
        other_default,
        lacking_index,
        lacking_unique,
        lacking_reference,
        other_action,
        lacking_check,
        other_key,
    ],
)
def test_each_real_difference_is_found(pair, spoil):
    spoilt = models()
    expected = spoil(spoilt)

    one, other = pair(models(), spoilt)

    found = told(one, other)
    assert found[0].startswith(expected) or found[-1].startswith(expected)
    assert len(found) <= 2
    assert len(told(other, one)) == len(found)
