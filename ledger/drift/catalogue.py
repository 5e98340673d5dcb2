"""Reads the catalogue of a database as facts: what is there, who owns it, who may do what to it.

Nothing of it is a record: names of roles and objects, definitions, rights. The same migrations give
the same facts on PostgreSQL 15 to 18.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from psycopg import Connection
from psycopg.rows import TupleRow

_QUERIES: Final = Path(__file__).parent / "queries"
OURS: Final = "ours"
HERE: Final = "here"
# The projector makes tables in these itself, and each is held to the pattern of its schema.
_RUN_TIME_SCHEMAS: Final = ("views", "supervisor")
PATTERNS: Final = frozenset(f"table {schema}.*" for schema in _RUN_TIME_SCHEMAS)
_FIXED: Final = {f"table views.{name}" for name in ("tracking", "parked", "definitions")}
# What differs from one read model to the next; its own definition's hash stands for it.
_SHAPE: Final = re.compile(r"(column|constraint|index) ")
# Newer servers leave out the name of a table where there is only one.
_QUALIFIER: Final = re.compile(r"\b[a-z_]+\.(?=[a-z_]+\b)")
_HASHED: Final = {"body", "definition"}


class Fact(NamedTuple):
    """One fact of a catalogue. `kind` is OURS where migrations say how it has to be.

    It is HERE where installations differ: who else is on the server, and who may act as a role.
    """

    kind: str
    subject: str
    name: str
    value: str

    def encode(self) -> str:
        """Return the fact as a line."""
        return " | ".join(self)


def read_facts(connection: Connection[TupleRow]) -> list[Fact]:
    """Return all facts of the database, in order; any role may read them."""
    queries = (path.read_bytes() for path in sorted(_QUERIES.glob("*.sql")))
    facts = {_plain(Fact(*row)) for query in queries for row in connection.execute(query)}
    return sorted(fact for fact in facts if not _is_shape(fact))


def pattern_of(subject: str) -> str | None:
    """Return the pattern of a table that the projector made while it ran, None for any other."""
    if subject in _FIXED:
        return None
    schema, _, _ = subject.removeprefix("table ").partition(".")
    pattern = f"table {schema}.*"
    return pattern if pattern in PATTERNS and subject.startswith("table ") else None


def decode(text: str) -> Iterator[Fact]:
    """Yield the facts of lines that `encode` wrote."""
    for line in text.splitlines():
        kind, subject, name, value = line.split(" | ", 3)
        yield Fact(kind, subject, name, value)


def _is_shape(fact: Fact) -> bool:
    return pattern_of(fact.subject) is not None and _SHAPE.match(fact.name) is not None


def _plain(fact: Fact) -> Fact:
    value = fact.value
    if fact.name == "definition":
        value = _QUALIFIER.sub("", value)
    if fact.name in _HASHED:
        value = f"sha256 {sha256(' '.join(value.split()).encode()).hexdigest()}"
    return Fact(*(_one_line(each) for each in (fact.kind, fact.subject, fact.name, value)))


def _one_line(text: str) -> str:
    """Return text that can stand in a line of a signed note and on a terminal."""
    words = " ".join(text.split()).replace(" | ", " : ")
    return "".join(c if c.isprintable() else "?" for c in words)
