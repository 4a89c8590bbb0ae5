"""Types of all engines, sorted into families."""

from __future__ import annotations

import dataclasses
import re

from turbo_hipster_databases.schema.model import Schema


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """What a type is, whatever its engine calls it.

    ``size`` is bits of an integer, characters, precision and scale, or the
    values of an enum; empty: not bounded, or not said.
    """

    family: str
    size: str = ""

    def __str__(self) -> str:
        return f"{self.family}({self.size})" if self.size else self.family


_WIDTHS = {
    "tinyint": "8",
    "smallint": "16",
    "int2": "16",
    "mediumint": "24",
    "int": "32",
    "integer": "32",
    "int4": "32",
    "bigint": "64",
    "int8": "64",
    "year": "16",
    "oid": "32",
}
_NAMES = {
    "boolean": ("boolean", "bool"),
    "text": (
        *("text", "tinytext", "mediumtext", "longtext", "clob", "citext"),
        *("tsvector", "xml", "name"),
    ),
    "string": (
        *("varchar", "character varying", "nvarchar", "string"),
        *("varying character", "native character"),
    ),
    "char": ("char", "character", "nchar", "bpchar"),
    "binary": (
        *("bytea", "blob", "tinyblob", "mediumblob", "longblob"),
        *("binary", "varbinary"),
    ),
    "numeric": ("numeric", "decimal", "dec", "number"),
    "float": ("float", "double", "real", "double precision"),
    "date": ("date",),
    "time": ("time",),
    "timestamp": ("timestamp", "datetime"),
    "json": ("json", "jsonb"),
    "uuid": ("uuid",),
    "interval": ("interval",),
    "network": ("inet", "cidr", "macaddr", "macaddr8", "inet4", "inet6"),
    "array": ("hstore",),
    "bit": ("bit", "bit varying"),
    "enum": ("enum",),
    "set": ("set",),
}
_FAMILIES = {
    name: family for family, names in _NAMES.items() for name in names
}
_SIZED = ("string", "char", "numeric", "bit")


def kind_of(schema: Schema, said: str) -> Kind:
    """Return what a type of this schema is.

    A type that is in no family is a family of its own, by its name.
    """
    if schema.engine == "postgresql":
        own = _own(schema, said)
        if own is not None:
            return own
    values = ", ".join(re.findall(r"'(?:[^']|'')*'", said))
    said = said.lower()
    if said.endswith("[]"):
        return Kind("array")
    if said.startswith("tinyint(1)") and schema.engine != "sqlite":
        return Kind("boolean")
    name, size = _cut(said)
    if name in _WIDTHS:
        return Kind("integer", _WIDTHS[name])
    family = _FAMILIES.get(name)
    if family is None and schema.engine == "sqlite" and "int" in name:
        return Kind("integer", "64")
    if family == "string" and not size:
        family = "text"  # PostgreSQL: of any length
    if family in ("enum", "set"):
        return Kind(family, values)
    if family in _SIZED:
        return Kind(family, _size(schema.engine, family, size))
    return Kind(family or name)


def _own(schema: Schema, said: str) -> Kind | None:
    """Return what an enum or a domain of the schema is."""
    name = said.replace('"', "")
    enum = schema.things.get(("enum", name))
    if enum is not None:
        return Kind("enum", enum.facts.get("values", ""))
    domain = schema.things.get(("domain", name))
    if domain is not None:
        return kind_of(schema, domain.facts["type"])
    return None


def _cut(said: str) -> tuple[str, str]:
    """Cut a type into its name and what stands in brackets."""
    inside = re.search(r"\(([^)]*)\)", said)
    name = re.sub(r"\s*\([^)]*\)", "", said)
    name = re.sub(r" (with|without) time zone| unsigned| zerofill", "", name)
    return name.strip(), inside[1].replace(" ", "") if inside else ""


def _size(engine: str, family: str, size: str) -> str:
    if family == "numeric" and size:
        return size if "," in size else f"{size},0"
    if family in ("char", "bit") and not size and engine != "sqlite":
        return "1"
    return size
