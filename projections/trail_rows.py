"""A person's trail in words, newest first; the words are made when it is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.access import AccessFact, AccessRefused, OperatorRead, Purpose, RecordsRead
from aggregates.catalogue import Fact
from aggregates.emergency import EmergencyFact, EmergencyTold
from aggregates.holds import HoldFact, HoldLifted, HoldPlaced
from aggregates.practice import MemberJoined, Role
from ledger import reader
from ledger.ids import NIL
from ledger.reader import Entry, Reading, Shredded
from projections import plain_words
from projections.access_words import READER_ROLES, describe_access, member_with_role
from projections.emergency_words import describe_emergency, describe_hold
from projections.opening import open_facts
from projections.read_model import tag_of
from projections.source import Source
from projections.trail import EVERYBODY

ROWS_MAX: Final = 200
_JOINED: Final = tag_of(MemberJoined)
_TRAIL = """
SELECT position FROM views.trail
WHERE practice_id = %b AND person_id = ANY (%b::uuid[]) AND position < %b
  AND CASE WHEN NOT is_access THEN %b WHEN actor_id = %b THEN %b ELSE %b END
ORDER BY position DESC LIMIT %b
"""
_Names: TypeAlias = Mapping[UUID, str]


class Show(StrEnum):
    """Which part of a trail is asked for; one's own looks are apart, or they would drown it."""

    ALL = "all"
    CHANGES = "changes"
    OTHERS = "others"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One thing that happened; the sentence is personal, and its repr silent about it.

    `record_id` is the session of the viewer's that was looked at, where it was one.
    """

    position: int
    recorded_at_us: int
    sentence: str
    stream_id: UUID
    type: str
    record_id: UUID | None = None

    def __repr__(self) -> str:
        return f"<TrailRow {self.position} {self.type}>"


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a trail: up to `limit` (ROWS_MAX at most) rows at positions below `before`."""

    show: Show = Show.ALL
    before: int | None = None
    limit: int = ROWS_MAX


def trail(source: Source, practice_id: UUID, person_id: UUID, asked: Asked) -> tuple[TrailRow, ...]:
    """Return what happened to the person's records and to the practice as a whole, newest first.

    The events are opened here, with one look-up of keys.
    """
    below = reader.NO_LIMIT if asked.before is None else asked.before
    changes, own, others = (asked.show in shown for shown in _SHOWN)
    parameters = (
        *(practice_id, [person_id, EVERYBODY], below),
        *(changes, person_id, own, others, min(asked.limit, ROWS_MAX)),
    )
    with source.read(practice_id) as connection:
        rows = connection.execute(_TRAIL, parameters, binary=True)
        positions = [row[0] for row in rows]
        entries = _entries(connection, practice_id, positions)
        members = _members(connection, practice_id, entries, person_id)
    facts = open_facts([*entries, *members], source.keys)
    joined = [f for f in facts[len(entries) :] if isinstance(f, MemberJoined)]
    names = _Known(_named(f for f in joined if f.invited_by == person_id), _named(joined))
    told = zip(entries, facts, strict=False)
    return tuple(reversed([_row(entry, fact, person_id, names) for entry, fact in told]))


_SHOWN: Final = ({Show.ALL, Show.CHANGES}, {Show.OWN}, {Show.ALL, Show.OTHERS})


def _entries(connection: Reading, practice_id: UUID, positions: list[int]) -> list[Entry]:
    return reader.at_positions(connection, practice_id, positions) if positions else []


def _members(
    connection: Reading, practice_id: UUID, entries: Sequence[Entry], viewer_id: UUID
) -> list[Entry]:
    """Return what may name somebody to the viewer, if anybody has to be named."""
    if all(entry.actor_id in {viewer_id, NIL} for entry in entries):
        return []
    stream = reader.stream(connection, practice_id, practice_id)
    return [each for each in stream if each.type == _JOINED]


@dataclass(frozen=True, slots=True)
class _Known:
    """Names by whom the viewer took in, which they are always told; and all of them."""

    taken_in: _Names
    all: _Names

    def __repr__(self) -> str:
        return "<_Known>"


_NOBODY: Final = _Known({}, {})


def _named(joined: Iterable[MemberJoined]) -> _Names:
    return {fact.person_id: fact.name.reveal() for fact in joined}


def _row(entry: Entry, fact: Fact | Shredded, viewer_id: UUID, names: _Known) -> TrailRow:
    is_own_read = isinstance(fact, RecordsRead) and fact.whose == viewer_id
    return TrailRow(
        position=entry.position,
        recorded_at_us=entry.recorded_at_us,
        sentence=sentence(entry, fact, viewer_id, names),
        stream_id=entry.stream_id,
        type=entry.type,
        record_id=fact.stream_id if isinstance(fact, RecordsRead) and is_own_read else None,
    )


def sentence(entry: Entry, fact: Fact | Shredded, viewer_id: UUID, names: _Known = _NOBODY) -> str:
    """Return what happened, as the viewer may read it.

    A member is named, joining or looking, to who took them in and to nobody else; others are told
    a reader's role and the end of their id. Only emergency access names everybody to whose records
    they are. Where somebody looked from is told to nobody.
    """
    is_own = entry.actor_id == viewer_id
    by = "You" if is_own else "The service" if entry.actor_id == NIL else "A colleague"
    if isinstance(fact, Shredded):
        return plain_words.describe_shredded(entry.type, by=by)
    if isinstance(fact, AccessFact | EmergencyFact | HoldFact):
        return _guarding(entry, fact, viewer_id, names)
    if isinstance(fact, MemberJoined) and viewer_id != entry.actor_id == fact.person_id:
        who = fact.name.reveal() if fact.invited_by == viewer_id else "A member"
        return f"{who} joined the practice as {plain_words.ROLES[fact.role]}"
    if isinstance(fact, MemberJoined) and fact.person_id == viewer_id:
        return f"You joined the practice as {plain_words.ROLES[fact.role]}"
    return plain_words.describe(fact, reveal=is_own or not isinstance(fact, MemberJoined), by=by)


def _guarding(
    entry: Entry, fact: AccessFact | EmergencyFact | HoldFact, viewer_id: UUID, names: _Known
) -> str:
    is_own, actor_id = entry.actor_id == viewer_id, entry.actor_id
    match fact:
        case OperatorRead():
            return describe_access(fact, by="The service")
        case RecordsRead() | AccessRefused():
            who = "You" if is_own else _reader(fact, viewer_id, names)
            return describe_access(fact, by=who, viewer_id=viewer_id)
        case HoldPlaced() | HoldLifted():
            who = "You" if is_own else member_with_role(Role.COMPLIANCE_OFFICER, actor_id)
            return describe_hold(fact, by=who, reveal=is_own, viewer_id=viewer_id)
        case _:
            who = "You" if is_own else _actor(fact, actor_id, names)
            return describe_emergency(fact, by=who, reveal=True, viewer_id=viewer_id)


def _reader(fact: RecordsRead | AccessRefused, viewer_id: UUID, names: _Known) -> str:
    known = names.taken_in
    if isinstance(fact, RecordsRead) and fact.purpose is Purpose.EMERGENCY:
        known = names.all if fact.whose == viewer_id else known
    return _named_with_role(fact.role, fact.reader_id, known)


def _actor(fact: EmergencyFact, actor_id: UUID, names: _Known) -> str:
    role = None if isinstance(fact, EmergencyTold) else fact.role
    return "A member" if role is None else _named_with_role(role, actor_id, names.all)


def _named_with_role(role: Role, person_id: UUID, names: _Names) -> str:
    name = names.get(person_id)
    if name is None:
        return member_with_role(role, person_id)
    words = READER_ROLES[role]
    return f"{name}, {words[0].lower()}{words[1:]},"
