"""The trail: what happened to a person's records, newest first, in words made when it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.catalogue import Fact
from aggregates.practice import BaaSigned, MemberJoined, PracticeNamed, PracticeOpened
from aggregates.shredding import KeyShredded, ShredOrdered
from ledger import reader
from ledger.ids import NIL
from ledger.reader import Entry, Reading, Shredded
from projections import plain_words
from projections.opening import Opened, open_facts
from projections.read_model import Page, ReadModel, Write, tag_of
from projections.source import Source

NAME: Final = "trail"
TABLE: Final = "trail"
ROWS_MAX: Final = 200

# What concerns every member stands under this person.
EVERYBODY: Final = NIL
_FOR_EVERYBODY: Final = frozenset(
    tag_of(kind) for kind in (PracticeOpened, PracticeNamed, MemberJoined, BaaSigned)
)

_DDL = """
CREATE TABLE {table} (
    practice_id    uuid NOT NULL,
    person_id      uuid NOT NULL,
    position       bigint NOT NULL,
    recorded_at_us bigint NOT NULL,
    stream_id      uuid NOT NULL,
    version        bigint NOT NULL,
    type           text NOT NULL,
    PRIMARY KEY (practice_id, person_id, position)
);
CREATE INDEX ON {table} (practice_id, stream_id) WHERE version = 1
"""
_PUT = """
INSERT INTO {table} (practice_id, person_id, position, recorded_at_us, stream_id, version, type)
SELECT %b, e.* FROM unnest(
    %b::uuid[], %b::bigint[], %b::bigint[], %b::uuid[], %b::bigint[], %b::text[]) AS e
ON CONFLICT DO NOTHING
"""
# For an event on a stream that began before this page: its person is who the first row names.
_PUT_BY_STREAM = """
INSERT INTO {table} (practice_id, person_id, position, recorded_at_us, stream_id, version, type)
SELECT %b, coalesce(t.person_id, '00000000-0000-0000-0000-000000000000'),
       e.position, e.recorded_at_us, e.stream_id, e.version, e.type
FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::uuid[], %b::bigint[], %b::text[])
     AS e (about, position, recorded_at_us, stream_id, version, type)
LEFT JOIN {table} t ON t.practice_id = %b AND t.stream_id = e.about AND t.version = 1
ON CONFLICT DO NOTHING
"""
_TRAIL = """
SELECT position FROM views.trail
WHERE practice_id = %b AND person_id = ANY (%b::uuid[]) AND position < %b
ORDER BY position DESC LIMIT %b
"""


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One thing that happened; the sentence is personal, and its repr silent about it."""

    position: int
    recorded_at_us: int
    sentence: str
    stream_id: UUID
    type: str

    def __repr__(self) -> str:
        return f"<TrailRow {self.position} {self.type}>"


def trail(
    source: Source, practice_id: UUID, person_id: UUID, *, before: int | None, limit: int
) -> tuple[TrailRow, ...]:
    """Return up to `limit` (ROWS_MAX at most) things at positions below `before`, newest first.

    They are what happened to the person's own records and to the practice as a whole; the events
    are opened here, with one look-up of keys.
    """
    below = reader.NO_LIMIT if before is None else before
    asked = (practice_id, [person_id, EVERYBODY], below, min(limit, ROWS_MAX))
    with source.read(practice_id) as connection:
        positions = [row[0] for row in connection.execute(_TRAIL, asked, binary=True)]
        entries = _entries(connection, practice_id, positions)
    facts = open_facts(entries, source.keys)
    rows = [_row(entry, fact, person_id) for entry, fact in zip(entries, facts, strict=True)]
    return tuple(reversed(rows))


def _entries(connection: Reading, practice_id: UUID, positions: list[int]) -> list[Entry]:
    return reader.at_positions(connection, practice_id, positions) if positions else []


def _row(entry: Entry, fact: Fact | Shredded, viewer_id: UUID) -> TrailRow:
    return TrailRow(
        position=entry.position,
        recorded_at_us=entry.recorded_at_us,
        sentence=sentence(entry, fact, viewer_id),
        stream_id=entry.stream_id,
        type=entry.type,
    )


def sentence(entry: Entry, fact: Fact | Shredded, viewer_id: UUID) -> str:
    """Return what happened, as the viewer may read it.

    Who joins the practice is named to who took them in and to nobody else.
    """
    is_own = entry.actor_id == viewer_id
    by = "You" if is_own else "The service" if entry.actor_id == NIL else "A colleague"
    if isinstance(fact, Shredded):
        return plain_words.describe_shredded(entry.type, by=by)
    if isinstance(fact, MemberJoined) and fact.person_id == viewer_id:
        return f"You joined the practice as {plain_words.ROLES[fact.role]}"
    return plain_words.describe(fact, reveal=is_own or not isinstance(fact, MemberJoined), by=by)


def _shredded_stream(opened: Opened | Shredded) -> UUID:
    assert isinstance(opened, Opened), "what is clear cannot be shredded"
    assert isinstance(opened.fact, ShredOrdered | KeyShredded), "nothing else is read"
    return opened.fact.stream_id


_Row = tuple[UUID, int, int, UUID, int, str]


def apply(page: Page) -> Sequence[Write]:
    """Return a row an event, under the person whose record it is about.

    Whose that is follows from what is never sealed: a record belongs to who began its stream.
    """
    person_of: dict[UUID, UUID] = {}
    rows: list[_Row] = []
    rows_by_stream: list[_Row] = []
    for entry, opened in page.events:
        kind, recorded_at_us = entry.type, entry.recorded_at_us
        if entry.version == 1:
            person_of[entry.stream_id] = EVERYBODY if kind in _FOR_EVERYBODY else entry.actor_id
        about = entry.stream_id if opened is None else _shredded_stream(opened)
        person_id = person_of.get(about)
        tail = (entry.position, recorded_at_us, entry.stream_id, entry.version, kind)
        if person_id is None:
            rows_by_stream.append((about, *tail))
        else:
            rows.append((person_id, *tail))
    return _writes(page.practice_id, rows, rows_by_stream)


def _writes(practice_id: UUID, rows: list[_Row], by_stream: list[_Row]) -> list[Write]:
    writes: list[Write] = []
    if rows:
        writes.append(Write(_PUT, (practice_id, *_columns(rows))))
    if by_stream:
        writes.append(Write(_PUT_BY_STREAM, (practice_id, *_columns(by_stream), practice_id)))
    return writes


def _columns(rows: list[_Row]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


TRAIL: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=1,
    ddl=_DDL,
    reads=(ShredOrdered, KeyShredded),
    apply=apply,
)
