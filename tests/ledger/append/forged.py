"""Arguments of the append function as an honest writer sends them, for a test to change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg
from msgspec.structs import replace
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.append import statements
from ledger.append.chain import Link
from ledger.append.request import NewEvent, Ticket
from ledger.leaf import BODY_LENGTH_MAX, decode, encode, finish
from ledger.merkle import leaf_hash
from tests.fix_ledger import TestedLedger

_APPEND: Final = """
SELECT ledger.append(
    %s::uuid[], %s::bigint[], %s::bytea[], %s::bytea[], %s::bigint[],
    %s::integer[], %s::bigint[], %s::boolean[], %s::bytea[], %s::bytea[])
"""


@dataclass
class Arguments:
    """One practice's append, array by array, as `ledger.append` takes them."""

    practices: list[Any]
    sizes: list[Any]
    roots: list[Any]
    frontiers: list[Any]
    times_us: list[Any]
    event_practices: list[Any]
    versions: list[Any]
    begins: list[Any]
    leaves: list[Any]
    bodies: list[Any]

    def send(self, connection: Connection[TupleRow]) -> list[int]:
        """Append as the service's role; returns the verdicts."""
        parameters = [getattr(self, name) for name in self.__dataclass_fields__]
        row = connection.execute(_APPEND, parameters).fetchone()
        assert row is not None
        return list(row[0])

    def change(self, place: int, **fields: Any) -> None:  # noqa: ANN401 -- a leaf's fields
        """Change fields of one leaf, by name, and make its bytes anew."""
        leaf = decode(self.leaves[place])
        names = leaf.preamble.__struct_fields__
        inside = {name: value for name, value in fields.items() if name in names}
        outside = {name: value for name, value in fields.items() if name not in names}
        preamble = replace(leaf.preamble, **inside)
        self.leaves[place] = encode(replace(leaf, preamble=preamble, **outside))


def honest(
    ledger: TestedLedger, connection: Connection[TupleRow], practice: UUID, *events: NewEvent
) -> Arguments:
    """Return what a writer would send for these events, each a command of its own."""
    head = statements.read_heads(connection, [practice])
    streams = {event.stream_id for event in events}
    tips = statements.read_tips(connection, practice, streams)
    link = Link(practice, head[practice], ledger.clock.now_us())
    for event in events:
        link.add(Ticket(ledger.request(practice, event)), tips, ledger.ledger.keys.get_or_create)
    return Arguments(
        [practice],
        [link.old_size],
        [link.frontier.root()],
        [link.frontier.encode()],
        [link.recorded_at_us],
        [1] * len(link.leaves),
        [*link.versions],
        [*link.begins],
        [*link.leaves],
        [*link.bodies],
    )


Forge = Callable[[Arguments], object]


def _set(array: str, place: int, value: object) -> Forge:
    return lambda a: getattr(a, array).__setitem__(place, value)


def _none(*arrays: str) -> Forge:
    return lambda a: [getattr(a, array).clear() for array in arrays]


def _leaf(place: int, **fields: object) -> Forge:
    return lambda a: a.change(place, **fields)


def _bytes(place: int, change: Callable[[bytes], bytes]) -> Forge:
    return lambda a: a.leaves.__setitem__(place, change(a.leaves[place]))


def _body(body: bytes) -> Forge:
    def forge(arguments: Arguments) -> None:
        arguments.bodies[0] = body
        arguments.leaves[0] = finish(arguments.leaves[0][:-36], body)

    return forge


def _version(place: int, version: int) -> Forge:
    def forge(arguments: Arguments) -> None:
        arguments.versions[place] = version
        arguments.change(place, version=version)

    return forge


def _chained(arguments: Arguments) -> None:
    """Mend the chain of event 2 to event 1, which was changed."""
    before = leaf_hash(arguments.leaves[1])
    arguments.leaves[2] = arguments.leaves[2][:56] + before + arguments.leaves[2][88:]


OTHER: Final = bytes(range(16))
# Honestly, event 0 goes on with a stream, event 1 begins another, event 2 goes on with that one.
FORGERIES: Final[dict[str, Forge]] = {
    "another previous": _leaf(0, previous=b"\1" * 32),
    "no previous": _bytes(0, lambda raw: raw[:56] + bytes(32) + raw[88:]),
    "a previous at the first version": _bytes(1, lambda raw: raw[:56] + b"\1" * 32 + raw[88:]),
    "another previous within the batch": _leaf(2, previous=b"\1" * 32),
    "a version left out": _version(0, 4),
    "a version left out within the batch": _version(2, 3),
    "a version that is taken": _version(0, 2),
    "a version of zero": _set("versions", 1, 0),
    "a version that is not the leaf's": _set("versions", 0, 4),
    "another stream": _leaf(0, stream_id=OTHER),
    "another practice": _leaf(0, practice_id=OTHER),
    "another body": _set("bodies", 0, b"another"),
    "another body of that length": lambda a: _set("bodies", 0, bytes(len(a.bodies[0])))(a),
    "another body hash": _leaf(0, body_hash=bytes(32)),
    "another body length": _leaf(0, body_length=1),
    "a body above the limit": _body(bytes(BODY_LENGTH_MAX + 1)),
    "a time before the log's": _leaf(0, recorded_at_us=1),
    "a time before 1970": _bytes(0, lambda raw: raw[:104] + b"\xff" * 8 + raw[112:]),
    "times before 1970 throughout": lambda a: [
        _set("times_us", 0, -1)(a),
        *(_bytes(n, lambda raw: raw[:104] + b"\xff" * 8 + raw[112:])(a) for n in range(3)),
        _chained(a),
    ],
    "a time after the one that follows": _leaf(0, recorded_at_us=1 << 62),
    "a last time that is not the head's": _set("times_us", 0, 1),
    "another magic": _bytes(0, lambda raw: b"T" + raw[1:]),
    "a leaf cut short": _bytes(0, lambda raw: raw[:-1]),
    "a leaf with more behind": _bytes(0, lambda raw: raw + b"\0"),
    "an empty leaf": _bytes(0, lambda _: b""),
    "a mode that is none": _bytes(1, lambda raw: raw.replace(b"topic\0", b"topic\2")),
    "an unknown type": _bytes(1, lambda raw: raw.replace(b"topic", b"toxic")),
    "a type that is no text": _bytes(1, lambda raw: raw.replace(b"topic", b"\xff" * 5)),
    "a type longer than the leaf": _bytes(1, lambda raw: raw[:128] + b"\xff" + raw[129:]),
    "a frontier too short": lambda a: _set("frontiers", 0, a.frontiers[0][32:])(a),
    "a frontier too long": lambda a: _set("frontiers", 0, a.frontiers[0] + bytes(32))(a),
    "no frontier": _set("frontiers", 0, None),
    "a root cut short": lambda a: _set("roots", 0, a.roots[0][:31])(a),
    "no root": _set("roots", 0, None),
    "a size that was": lambda a: _set("sizes", 0, a.sizes[0] - 1)(a),
    "a size to come": lambda a: _set("sizes", 0, a.sizes[0] + 1)(a),
    "no size": _set("sizes", 0, None),
    "a practice that begins anew": _set("sizes", 0, 0),
    "a practice that begins in the middle": _set("practices", 0, UUID(int=1)),
    "no practice": _set("practices", 0, None),
    "the same command twice": lambda a: a.change(1, event_id=decode(a.leaves[0]).preamble.event_id),
    "a first event that begins no command": _set("begins", 0, value=False),
    "an event that does not say whether it begins a command": _set("begins", 1, None),
    "no events": _none("event_practices", "versions", "begins", "leaves", "bodies"),
    "an event of no practice": _set("event_practices", 2, None),
    "an event of a practice not named": _set("event_practices", 2, 2),
    "an event without a leaf": _set("leaves", 2, None),
    "an event without a body": _set("bodies", 2, None),
    "an event without a version": _set("versions", 2, None),
}


def is_refused(connection: Connection[TupleRow], arguments: Arguments) -> bool:
    """Tell whether the database takes nothing of it, whatever it says to that."""
    try:
        return all(verdict != statements.VERDICT_APPENDED for verdict in arguments.send(connection))
    except psycopg.Error:
        return True
