"""The trail: what happened to a person's records and who looked at them, a row an event."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from aggregates.access import AccessFact, AccessRefused, OperatorRead, RecordsRead
from aggregates.emergency import (
    EmergencyApproved,
    EmergencyAsked,
    EmergencyBegun,
    EmergencyDeclined,
    EmergencyEnded,
    EmergencyFact,
    EmergencyTold,
)
from aggregates.holds import HoldFact, HoldLifted, HoldPlaced
from aggregates.practice import BaaSigned, MemberJoined, PracticeNamed, PracticeOpened
from aggregates.shredding import KeyShredded, ShredOrdered
from ledger.ids import NIL
from ledger.reader import Entry, Shredded
from projections.opening import Opened
from projections.read_model import Page, ReadModel, Write, tag_of

NAME: Final = "trail"
TABLE: Final = "trail"

# What concerns every member stands under this person.
EVERYBODY: Final = NIL
_FOR_EVERYBODY: Final = frozenset(
    tag_of(kind) for kind in (PracticeOpened, PracticeNamed, MemberJoined, BaaSigned)
)
_ACCESS: Final = frozenset(tag_of(kind) for kind in (RecordsRead, AccessRefused, OperatorRead))
_EMERGENCY: Final = (
    *(EmergencyAsked, EmergencyApproved, EmergencyDeclined),
    *(EmergencyTold, EmergencyBegun, EmergencyEnded),
)
_HOLDS: Final = (HoldPlaced, HoldLifted)
# Of these the body says whom they concern.
_ABOUT: Final = frozenset(tag_of(kind) for kind in (*_EMERGENCY, *_HOLDS))

# role, kind and purpose are of who looked, at what and what for; null for a change, and once nobody
# can read it.
_DDL = """
CREATE TABLE {table} (
    practice_id    uuid NOT NULL,
    person_id      uuid NOT NULL,
    position       bigint NOT NULL,
    recorded_at_us bigint NOT NULL,
    stream_id      uuid NOT NULL,
    version        bigint NOT NULL,
    type           text NOT NULL,
    actor_id       uuid NOT NULL,
    is_access      boolean NOT NULL,
    role           text,
    kind           text,
    purpose        text,
    PRIMARY KEY (practice_id, person_id, position)
);
CREATE INDEX ON {table} (practice_id, stream_id) WHERE version = 1 OR is_access;
CREATE INDEX ON {table} (practice_id, person_id, recorded_at_us);
CREATE INDEX ON {table} (practice_id, recorded_at_us) WHERE is_access;
CREATE INDEX ON {table} (practice_id, type, position)
    WHERE type IN ('emergency-asked.v1', 'emergency-told.v1')
"""
_PUT = """
INSERT INTO {table} (practice_id, person_id, position, recorded_at_us, stream_id, version, type,
                     actor_id, is_access, role, kind, purpose)
SELECT %b, e.* FROM unnest(
    %b::uuid[], %b::bigint[], %b::bigint[], %b::uuid[], %b::bigint[], %b::text[], %b::uuid[],
    %b::boolean[], %b::text[], %b::text[], %b::text[]) AS e
ON CONFLICT DO NOTHING
"""
# For an event on a stream that began before this page: its person is who began it, as its first
# row names them.
_PUT_BY_STREAM = """
INSERT INTO {table} (practice_id, person_id, position, recorded_at_us, stream_id, version, type,
                     actor_id, is_access)
SELECT %b, coalesce(CASE WHEN t.is_access THEN t.actor_id ELSE t.person_id END,
                    '00000000-0000-0000-0000-000000000000'),
       e.position, e.recorded_at_us, e.stream_id, e.version, e.type, e.actor_id, false
FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::uuid[], %b::bigint[], %b::text[],
            %b::uuid[])
     AS e (about, position, recorded_at_us, stream_id, version, type, actor_id)
LEFT JOIN {table} t ON t.practice_id = %b AND t.stream_id = e.about AND t.version = 1
    AND (t.person_id = t.actor_id OR t.type <> ALL (%b::text[]))
ON CONFLICT DO NOTHING
"""
# What was looked at is not known any more; who looked stands in the leaf for ever.
_SHRED = """
UPDATE {table} SET person_id = actor_id, role = NULL, kind = NULL, purpose = NULL
WHERE practice_id = %b AND is_access AND stream_id = ANY (%b::uuid[])
"""
# Nor whom a request or a hold concerned: it stays with who acted.
_FORGET = """
DELETE FROM {table}
WHERE practice_id = %b AND person_id <> actor_id AND type = ANY (%b::text[])
  AND stream_id = ANY (%b::uuid[])
"""


def _shredded_stream(opened: Opened | Shredded) -> UUID:
    assert isinstance(opened, Opened), "what is clear cannot be shredded"
    assert isinstance(opened.fact, ShredOrdered | KeyShredded), "nothing else is read"
    return opened.fact.stream_id


_Row = tuple[UUID, int, int, UUID, int, str, UUID, bool, str | None, str | None, str | None]
_RowByStream = tuple[UUID, int, int, UUID, int, str, UUID]


def apply(page: Page) -> Sequence[Write]:
    """Return a row an event, under the person whose record it is about.

    A record belongs to who began its stream, which is never sealed. Whose record was looked at
    stands in the body; once that is shredded, the row is the reader's own.
    """
    person_of: dict[UUID, UUID] = {}
    rows: list[_Row] = []
    rows_by_stream: list[_RowByStream] = []
    shredded: list[UUID] = []
    for entry, opened in page.events:
        if entry.version == 1:
            person_of[entry.stream_id] = _beginner(entry)
        if entry.type in _ACCESS:
            rows.append(_access_row(entry, opened))
            continue
        if entry.type in _ABOUT:
            named, of_stream = _concerned(entry, opened)
            rows += [_change_row(each, entry) for each in named]
            rows_by_stream += [(each, *_tail(entry)) for each in of_stream]
            continue
        about = entry.stream_id if opened is None else _shredded_stream(opened)
        if entry.type == _SHREDDED:
            shredded.append(about)
        person_id = person_of.get(about)
        if person_id is None:
            rows_by_stream.append((about, *_tail(entry)))
        else:
            rows.append(_change_row(person_id, entry))
    return _writes(page.practice_id, rows, rows_by_stream, shredded)


def _beginner(entry: Entry) -> UUID:
    return EVERYBODY if entry.type in _FOR_EVERYBODY else entry.actor_id


def _concerned(
    entry: Entry, opened: Opened | Shredded | None
) -> tuple[set[UUID], tuple[UUID, ...]]:
    """Return whose trail it belongs in: people, and records whose people are looked up.

    Who acts finds it in their own, too; what nobody can read any more is in theirs alone.
    """
    people = {entry.actor_id} - {EVERYBODY}
    if not isinstance(opened, Opened):
        return people, ()
    fact = opened.fact
    assert isinstance(fact, EmergencyFact | HoldFact)
    of_stream = fact.stream_id if isinstance(fact, HoldFact) else None
    if fact.whose is not None:
        people.add(fact.whose)
    return people, () if of_stream is None else (of_stream,)


def _change_row(person_id: UUID, entry: Entry) -> _Row:
    return person_id, *_tail(entry), False, None, None, None


def _access_row(entry: Entry, opened: Opened | Shredded | None) -> _Row:
    if not isinstance(opened, Opened):
        return entry.actor_id, *_tail(entry), True, None, None, None
    fact = opened.fact
    assert isinstance(fact, AccessFact)
    purpose = None if isinstance(fact, AccessRefused) else fact.purpose.value
    if isinstance(fact, OperatorRead):
        return EVERYBODY, *_tail(entry), True, None, fact.kind.value, purpose
    person_id = fact.whose
    if person_id is None:
        person_id = EVERYBODY if isinstance(fact, RecordsRead) else entry.actor_id
    return person_id, *_tail(entry), True, fact.role.value, fact.kind.value, purpose


def _tail(entry: Entry) -> tuple[int, int, UUID, int, str, UUID]:
    return (
        entry.position,
        entry.recorded_at_us,
        entry.stream_id,
        entry.version,
        entry.type,
        entry.actor_id,
    )


def _writes(
    practice_id: UUID, rows: list[_Row], by_stream: list[_RowByStream], shredded: list[UUID]
) -> list[Write]:
    writes: list[Write] = []
    if rows:
        writes.append(Write(_PUT, (practice_id, *_columns(rows))))
    if by_stream:
        asked = (practice_id, *_columns(by_stream), practice_id, sorted(_ABOUT))
        writes.append(Write(_PUT_BY_STREAM, asked))
    if shredded:
        writes.append(Write(_SHRED, (practice_id, shredded)))
        writes.append(Write(_FORGET, (practice_id, sorted(_ABOUT), shredded)))
    return writes


def _columns(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


_SHREDDED: Final = tag_of(KeyShredded)
TRAIL: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=3,
    ddl=_DDL,
    reads=(
        *(ShredOrdered, KeyShredded, RecordsRead, AccessRefused, OperatorRead),
        *(*_EMERGENCY, *_HOLDS),
    ),
    apply=apply,
)
