"""What a read model is: a table, the facts it reads, and a pure function from a page to rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from aggregates.catalogue import Fact
from ledger.reader import Entry, Shredded
from projections.opening import Known, Opened

SCHEMA = "views"
# As every table that holds rows of practices (docs/database.md).
BY_PRACTICE: LiteralString = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY own_practice ON {table} FOR SELECT TO therapist_service USING (
    practice_id = (SELECT nullif(current_setting('therapist.practice', true), '')::uuid));
CREATE POLICY projector ON {table} TO therapist_projector USING (true) WITH CHECK (true);
CREATE POLICY every_practice ON {table} FOR SELECT TO therapist_backup USING (true)
"""
NEXT = ".next"
_NEXT_TABLE = "__next"


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive events of one practice, in log order.

    Each has what was opened of it: `Shredded` where its key is gone, None where the read model
    did not ask for that type. `keys` holds the keys of the opened ones, for sealing rows.
    """

    practice_id: UUID
    events: Sequence[tuple[Entry, Opened | Shredded | None]]
    keys: Known


@dataclass(frozen=True, slots=True)
class Write:
    """One statement for a whole page, static text with `{table}`, and its parameters."""

    statement: LiteralString
    parameters: Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class ReadModel:
    """A table, in the schema `views` unless it says another, that equals a replay of events (I7).

    `ddl` makes an empty table under any name: it says `{table}` and names no index or constraint.
    `policies` say who sees which of its rows; rights come with the schema.
    `apply` is pure but for the nonces of what it seals, and idempotent by position: a page applied
    twice changes nothing. `reads` are the types of fact it needs opened. `edition` is raised when
    `apply` begins to mean something else; like a changed `ddl` that rebuilds the table.
    """

    name: str
    table: str
    edition: int
    ddl: LiteralString
    reads: tuple[type[Fact], ...]
    apply: Callable[[Page], Sequence[Write]]
    schema: str = SCHEMA
    policies: LiteralString = BY_PRACTICE

    @cached_property
    def tags(self) -> frozenset[bytes]:
        """Return the stored names of the types it reads."""
        return frozenset(tag_of(kind).encode() for kind in self.reads)

    @cached_property
    def sha256(self) -> bytes:
        """Return the hash of the definition; a table made by another one is rebuilt."""
        parts = [self.name, self.table, str(self.edition), self.ddl]
        if (self.schema, self.policies) != (SCHEMA, BY_PRACTICE):
            parts += [self.schema, self.policies]
        return sha256("\n".join(parts).encode()).digest()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a read model is written: the live table, or the fresh one that a rebuild fills.

    `name` stands in `views.tracking`, `views.parked` and `views.definitions`.
    """

    read_model: ReadModel
    name: str
    table: str

    def statement(self, text: LiteralString) -> bytes:
        """Return the statement with this place's table in it."""
        return _with_table(text, self.read_model.schema, self.table)


def live(read_model: ReadModel) -> Place:
    """Return where readers look."""
    return Place(read_model, read_model.name, read_model.table)


def fresh(read_model: ReadModel) -> Place:
    """Return where a rebuild writes until it is done."""
    return Place(read_model, read_model.name + NEXT, read_model.table + _NEXT_TABLE)


def tag_of(kind: type[Fact]) -> str:
    """Return the stored name of a type of fact."""
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


@lru_cache(maxsize=256)
def _with_table(text: LiteralString, schema: str, table: str) -> bytes:
    return sql.SQL(text).format(table=sql.Identifier(schema, table)).as_bytes()
