"""Everything that MariaDB and PostgreSQL have is told."""

import pytest

from turbo_hipster_databases.schema.comparing import compare, render

pytestmark = pytest.mark.functional

MARIADB = """
CREATE TABLE t (
  a int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  b varchar(20) COLLATE utf8mb4_bin DEFAULT 'it''s' COMMENT 'said',
  c datetime(3) DEFAULT now(3) ON UPDATE now(3),
  d json, e enum('x','y') NOT NULL DEFAULT 'x', f tinyint(1),
  g int AS (a0 * 2) STORED, a0 int INVISIBLE, KEY long_b (b(5) DESC),
  FULLTEXT (b), CONSTRAINT named CHECK (f in (0, 1))
) COMMENT 'all of it' ROW_FORMAT=DYNAMIC;
CREATE TABLE p (n int) PARTITION BY RANGE (n) (
  PARTITION low VALUES LESS THAN (10),
  PARTITION high VALUES LESS THAN MAXVALUE);
CREATE SEQUENCE s START WITH 5 CYCLE;
CREATE FUNCTION f (x int) RETURNS int DETERMINISTIC RETURN x + 1;
CREATE PROCEDURE q (IN x int, OUT y int) SELECT x INTO y;
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.f = 1;
CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM p;
CREATE VIEW v AS SELECT f, b FROM t WHERE a0 > 1;
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
"""


def test_everything_of_mariadb_is_told(database):
    place = database("mariadb")
    place.run("ALTER DATABASE CHARACTER SET utf8mb4"
              " COLLATE utf8mb4_general_ci")  # fmt: skip
    first, *rest = str(place.run(MARIADB).read()).splitlines()

    assert first == "mariadb"
    assert rest == [
        "database collation utf8mb4_general_ci",
        "event e every 1 day statement delete from p status enabled not"
        " preserve",
        "routine f access contains sql arguments x int(11) body return x + 1"
        " deterministic kind function returns int(11)",
        "routine q access contains sql arguments x int(11), out y int(11)"
        " body select x into y kind procedure",
        "sequence s cache 1000 cycle increment 1 maximum 9223372036854775806"
        " minimum 1 start 5",
        "table p collation utf8mb4_general_ci engine innodb",
        "  column n int",
        "  partition high bound MAXVALUE by range (n)",
        "  partition low bound 10 by range (n)",
        "table t collation utf8mb4_general_ci comment all of it engine innodb"
        " options row_format=dynamic",
        "  column a int unsigned autoincrement not null",
        "  column a0 int invisible",
        "  column b varchar(20) collation utf8mb4_bin comment said"
        " default 'it''s'",
        "  column c datetime(3) default current_timestamp(3)"
        " on update current_timestamp(3)",
        "  column d longtext collation utf8mb4_bin",
        "  column e enum('x','y') default 'x' not null",
        "  column f tinyint(1)",
        "  column g int generated a0 * 2 stored",
        "  primary key (a)",
        "  index (b) method fulltext",
        "  index long_b (b(5) desc)",
        "  check json_valid(d)",
        "  check named expression f in (0, 1)",
        "  trigger g statement before insert set NEW.f = 1",
        "view v definition select t.f as f, t.b as b from t where t.a0 > 1",
    ]


POSTGRESQL = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN small AS int DEFAULT 3 NOT NULL CHECK (VALUE < 10);
CREATE TYPE pair AS (x int, y text);
CREATE SCHEMA apart;
CREATE TABLE apart.x (id int GENERATED ALWAYS AS IDENTITY (START 7)
  PRIMARY KEY);
CREATE TABLE "Org" (id bigserial PRIMARY KEY, m mood DEFAULT 'ok', s small,
  name varchar(20) COLLATE "C" NOT NULL DEFAULT 'x', UNIQUE (name));
COMMENT ON COLUMN "Org".name IS 'said';
CREATE TABLE t (a int CONSTRAINT mine PRIMARY KEY, b text[], j jsonb,
  org bigint REFERENCES "Org" ON DELETE SET NULL DEFERRABLE INITIALLY
  DEFERRED, g int GENERATED ALWAYS AS (a * 2) STORED,
  CHECK (a > 0), CONSTRAINT named CHECK (a < 9 OR g IN (1, 2)),
  EXCLUDE USING btree (org WITH =));
CREATE INDEX ON t (lower(b[1]), org DESC) WHERE org IS NOT NULL;
CREATE UNIQUE INDEX u ON t (org) INCLUDE (a);
CREATE INDEX ON t USING gin (j);
CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW mv AS SELECT 1 AS x;
CREATE INDEX ON mv (x);
CREATE FUNCTION f (x int) RETURNS int LANGUAGE sql IMMUTABLE STRICT
  AS 'select   x';
CREATE FUNCTION h () RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION h();
CREATE SEQUENCE s START 5 CYCLE;
CREATE TABLE p (n int) PARTITION BY RANGE (n);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10);
CREATE TABLE heir (z int) INHERITS (t);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON t USING (a > 1);
"""


@pytest.mark.parametrize("age", [0, -1], ids=["newest", "oldest"])
def test_everything_of_postgresql_is_told(database, age):
    place = database("postgresql", age).run(POSTGRESQL)

    first, *rest = str(place.read()).splitlines()

    assert first == "postgresql"
    assert rest == [
        "domain small checks check ((VALUE < 10)) default 3 not null"
        " type integer",
        "enum mood values 'sad', 'ok'",
        "materialised view mv definition select 1 as x",
        "  index (x)",
        "policy t.mine definition * t (a > 1)",
        "routine f(x integer) arguments x integer body select x"
        " kind function language sql options immutable strict"
        " returns integer",
        "routine h() body begin return new; end kind function"
        " language plpgsql returns trigger",
        "schema apart",
        "sequence s bigint cache 1 cycle increment 1"
        " maximum 9223372036854775807 minimum 1 start 5",
        "table Org",
        "  column id bigint identity serial not null",
        "  column m mood default 'ok'::mood",
        "  column name character varying(20) collation C comment said"
        " default 'x'::character varying not null",
        "  column s small",
        "  primary key (id)",
        "  unique (name)",
        "table apart.x",
        "  column id integer identity always not null sequence start 7",
        "  primary key (id)",
        "table heir inherits t",
        "  column a integer not null",
        "  column b text[]",
        "  column g integer generated a * 2 stored",
        "  column j jsonb",
        "  column org bigint",
        "  column z integer",
        "table p partition by RANGE (n)",
        "  column n integer",
        "table p1 bound FOR VALUES FROM (1) TO (10) partition of p",
        "  column n integer",
        "table t row security",
        "  column a integer not null",
        "  column b text[]",
        "  column g integer generated a * 2 stored",
        "  column j jsonb",
        "  column org bigint",
        "  primary key (a) name mine",
        "  foreign key (org) → Org(id) deferrable deferred on delete set null",
        "  index (j) method gin",
        "  index (lower(b[1]), org desc) where org is not null",
        "  index u (org) options include(a) unique",
        "  check a > 0",
        "  check named expression (a < 9) or (g = any (array[1, 2]))",
        "  exclusion (using btree(org with =))",
        "  trigger g statement before insert on public.t for each row"
        " EXECUTE function h()",
        "type pair fields x integer, y text",
        "view v definition select 1 as a",
    ]


def test_an_index_that_failed_to_be_built_is_not_the_same(database):
    place = database("postgresql")
    place.run("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (1)")
    whole = database("postgresql").run(
        "CREATE TABLE t (a int);\nCREATE UNIQUE INDEX i ON t (a)"
    )

    with pytest.raises(Exception, match="unique"):
        place.run("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)")

    changes = compare(whole.read(), place.read())
    assert render(changes) == "~ index i on t(a): valid none → no"


def test_what_an_extension_brings_is_told_by_its_name_alone(database):
    place = database("postgresql")
    before = place.read()

    place.run("CREATE EXTENSION pg_stat_statements")

    (change,) = compare(before, place.read())
    assert str(change).startswith("+ extension pg_stat_statements version 1")
