"""What Alembic's autogenerate would change, as lines for a person."""

from typing import Any, List

from alembic.autogenerate import compare_metadata


def lines(context: Any, metadata: Any) -> List[str]:
    """Return one line for each difference of models and database."""
    found: List[str] = []
    for difference in compare_metadata(context, metadata):
        several = isinstance(difference, list)
        for one in difference if several else [difference]:
            found.append(line(one))
    return found


def line(one: Any) -> str:
    """Say one difference: what a migration would have to do."""
    what = one[0].replace("_", " ")
    if what in ("add table", "remove table"):
        return "{} {}".format(what, one[1].fullname)
    if what in ("add column", "remove column"):
        column = one[3]
        nullable = "" if column.nullable else " not null"
        return "{} {}.{} {}{}".format(
            what, named(one[1], one[2]), column.name, column.type, nullable
        )
    if what.startswith("modify "):
        return "{} of {}.{} from {} to {}".format(
            what, named(one[1], one[2]), one[3], shown(one[5]), shown(one[6])
        )
    thing = one[1]
    table = getattr(thing, "table", None)
    columns = ", ".join(
        getattr(column, "name", str(column))
        for column in getattr(thing, "columns", ()) or ()
    )
    return "{} {}{}{}".format(
        what,
        getattr(thing, "name", None) or "without a name",
        " on " + table.fullname if table is not None else "",
        " ({})".format(columns) if columns else "",
    )


def named(schema: Any, table: str) -> str:
    """Return the full name of a table."""
    return "{}.{}".format(schema, table) if schema else table


def shown(value: Any) -> str:
    """Return a type, a default or a flag as a person writes it."""
    argument = getattr(value, "arg", value)  # a DefaultClause
    text = getattr(argument, "text", argument)
    return "nothing" if text is None else str(text)
