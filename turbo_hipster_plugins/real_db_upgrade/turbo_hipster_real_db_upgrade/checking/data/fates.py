"""What becomes of each table, as the step's statements would have it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from turbo_hipster_real_db_upgrade.checking.data.bodies import (
    ALL,
    Body,
    Way,
)
from turbo_hipster_real_db_upgrade.checking.data.names import bare
from turbo_hipster_real_db_upgrade.checking.data.story import Story


@dataclasses.dataclass(frozen=True)
class Fate:
    """One table of the state before, and where its rows should be after.

    ``now`` is the table that has them, None where it is gone; ``copied``
    says that this is a new table that they were put into, by way of a
    SELECT that is ``chosen`` where it names which.  ``written``, ``dropped``
    and ``converted`` are columns by their names before; ``renamed`` maps
    these to the names now, ``taken`` to a column that was given their
    values.  ``named`` says that a statement names the table.  ``arrived``
    are the columns that were copied to a table of another name, None where
    all are compared; ``heirs`` tables that took some rows of one that is
    gone.
    """

    table: str
    now: str | None
    named: bool
    copied: bool = False
    chosen: bool = False
    written: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    converted: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    taken: Mapping[str, str] = dataclasses.field(default_factory=dict)
    ways: frozenset[Way] = frozenset()
    arrived: frozenset[str] | None = None
    heirs: tuple[str, ...] = ()

    def has_reason(self, column: str) -> bool:
        """Say whether a statement sets values of a column."""
        return ALL in self.written or column.lower() in self.written

    @property
    def untouched(self) -> bool:
        """Whether nothing names it, or reaches it by another way."""
        return not self.named and not self.written and not self.ways


def fate(story: Story, table: str, after: Collection[str]) -> Fate:
    """Return what became of a table; ``after`` are those there are now."""
    names = {bare(one): one for one in after}
    body = story.bodies[bare(table)]
    named = bare(table) in story.words
    for name, other in story.present.items():
        if other is body and name in names:
            return _of(body, table, names[name], named)
    heirs = {
        name: other
        for name, other in story.present.items()
        if name in names and any(one.source is body for one in other.copies)
    }
    same = heirs.get(bare(table))
    if same is not None:
        return _inherited(_of(body, table, names[bare(table)], named), same)
    if len(heirs) == 1:
        [(name, heir)] = heirs.items()
        found = _inherited(_of(body, table, names[name], named), heir)
        if not heir.origin and not found.chosen:
            return found
    found = _of(body, table, names.get(bare(table)), named)
    found = dataclasses.replace(
        found, heirs=tuple(sorted(names[name] for name in heirs))
    )
    return _without_heir(story, body, found)


def _without_heir(story: Story, body: Body, fate: Fate) -> Fate:
    """Return the fate of rows that nobody was seen to take along.

    A table that is made anew under the same name may have been filled by
    the migration's own code, row by row.
    """
    made = story.present.get(bare(fate.table))
    if fate.now is None or made is None or made is body:
        return fate
    return dataclasses.replace(
        fate,
        written=frozenset({ALL}),
        ways=fate.ways | {Way.REMADE},
    )


def _of(body: Body, table: str, now: str | None, named: bool) -> Fate:
    return Fate(
        table,
        now,
        named,
        written=frozenset(body.written),
        dropped=frozenset(body.dropped),
        converted=frozenset(body.converted),
        renamed={old: new for new, old in body.present.items()},
        taken=dict(body.taken),
        ways=frozenset(body.ways),
    )


def _inherited(fate: Fate, heir: Body) -> Fate:
    """Add what the copying did to the values."""
    back = {new: old for old, new in fate.renamed.items()}
    written, renamed = set(fate.written), dict(fate.renamed)
    copies = [one for one in heir.copies if one.source.origin == bare(
        fate.table)]  # fmt: skip
    for copy in copies:
        for column, source in copy.columns.items():
            now = next(
                (new for new, old in heir.present.items() if old == column),
                column,
            )
            if source is None or (source != column and source in copy.columns):
                written.add(back.get(column, column))
            else:
                renamed[back.get(source, source)] = now
    for column in heir.written:
        old = next((o for o, new in renamed.items() if new == column), column)
        written.add(old)
    taken = {o for o in renamed if any(o in one.columns.values() for one in
                                       copies)}  # fmt: skip
    return dataclasses.replace(
        fate,
        copied=True,
        arrived=None
        if bare(fate.now or "") == bare(fate.table)
        or any(copy.everything for copy in copies)
        else frozenset(taken),
        chosen=any(copy.chosen for copy in copies),
        written=frozenset(written),
        renamed=renamed,
        converted=fate.converted | heir.converted,
        dropped=fate.dropped | heir.dropped,
        ways=fate.ways | heir.ways,
    )
