"""Requests for emergency access, found by the trail and read from their own streams."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.emergency import Emergency, EmergencyAsked, EmergencyFact, EmergencyTold
from aggregates.emergency_rules import EMERGENCY
from aggregates.practice import PRACTICE, MemberJoined, Opened, PracticeFact, Role
from aggregates.private import Private
from ledger import reader
from ledger.reader import Reading
from projections.opening import open_facts
from projections.read_model import tag_of
from projections.source import Source

REQUESTS_MAX: Final = 100
NEWS_MAX: Final = 3
NEWS_US: Final = 30 * 86_400_000_000

_ASKED: Final = """
SELECT DISTINCT position, stream_id FROM views.trail
WHERE practice_id = %b AND type = %b ORDER BY position DESC LIMIT %b
"""
_TOLD: Final = """
SELECT stream_id FROM views.trail
WHERE practice_id = %b AND type = %b AND person_id = %b AND actor_id <> person_id
  AND recorded_at_us > %b ORDER BY position DESC LIMIT %b
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a request."""

    recorded_at_us: int
    actor_id: UUID
    fact: EmergencyFact


@dataclass(frozen=True, slots=True)
class Request:
    """A request, how far it is, and what happened to it, oldest first."""

    stream_id: UUID
    state: Emergency
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A member by name, for those who have to choose one; `role` is None for a former one."""

    person_id: UUID
    role: Role | None
    name: Private


def requests(source: Source, practice_id: UUID) -> tuple[Request, ...]:
    """Return the newest requests of a practice; what was shredded is left out."""
    with source.read(practice_id) as connection:
        asked = (practice_id, tag_of(EmergencyAsked), REQUESTS_MAX)
        rows = connection.execute(_ASKED, asked, binary=True).fetchall()
        return _opened(source, connection, practice_id, [row[1] for row in rows])


def news(source: Source, practice_id: UUID, person_id: UUID, now_us: int) -> tuple[Request, ...]:
    """Return what a person was told of lately: who may read or has read their records."""
    asked = (practice_id, tag_of(EmergencyTold), person_id, now_us - NEWS_US, NEWS_MAX)
    with source.read(practice_id) as connection:
        rows = connection.execute(_TOLD, asked, binary=True).fetchall()
        return _opened(source, connection, practice_id, [row[0] for row in rows])


def people(source: Source, practice_id: UUID) -> tuple[Person, ...]:
    """Return who is and was a member, by name; nobody once the practice's own key is gone."""
    with source.read(practice_id) as connection:
        entries = reader.stream(connection, practice_id, practice_id)
    facts = [f for f in open_facts(entries, source.keys) if isinstance(f, PracticeFact)]
    state = PRACTICE.replay(facts) if len(facts) == len(entries) else None
    if not isinstance(state, Opened):
        return ()
    names = {f.person_id: f.name for f in facts if isinstance(f, MemberJoined)}
    return tuple(Person(each, state.role_of(each), name) for each, name in names.items())


def _opened(
    source: Source, connection: Reading, practice_id: UUID, streams: Sequence[UUID]
) -> tuple[Request, ...]:
    found: list[Request] = []
    for stream_id in streams:
        entries = reader.stream(connection, practice_id, stream_id)
        facts = open_facts(entries, source.keys)
        steps = tuple(
            Step(entry.recorded_at_us, entry.actor_id, fact)
            for entry, fact in zip(entries, facts, strict=True)
            if isinstance(fact, EmergencyFact)
        )
        if len(steps) == len(entries):
            found.append(Request(stream_id, EMERGENCY.replay(s.fact for s in steps), steps))
    return tuple(found)
