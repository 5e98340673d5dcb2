"""Which practices a person is a member of or invited to: where sign-in looks first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.membership import MemberInvited, MemberJoined, MemberLeft, MemberRoleChanged
from aggregates.shredding import KeyShredded
from ledger.reader import Entry, Reading
from projections.opening import Opened
from projections.read_model import Page, ReadModel, Write

NAME: Final = "memberships"
TABLE: Final = "memberships"
PRACTICES_MAX: Final = 100

# Ids only: as what, and until when, is asked of the practice's own stream, which alone decides.
_DDL = """
CREATE TABLE {table} (
    practice_id uuid NOT NULL,
    person_id   uuid NOT NULL,
    stream_id   uuid NOT NULL,
    position    bigint NOT NULL,
    is_member   boolean NOT NULL,
    is_invited  boolean NOT NULL,
    PRIMARY KEY (practice_id, person_id)
);
CREATE INDEX ON {table} (person_id)
"""
_PUT = """
INSERT INTO {table} AS t (practice_id, person_id, stream_id, position, is_member, is_invited)
SELECT %b, e.* FROM unnest(
    %b::uuid[], %b::uuid[], %b::bigint[], %b::boolean[], %b::boolean[]) AS e
ON CONFLICT (practice_id, person_id) DO UPDATE SET
    position = excluded.position, is_member = excluded.is_member, is_invited = excluded.is_invited
WHERE t.position < excluded.position
"""
_FORGET = "DELETE FROM {table} WHERE practice_id = %b AND stream_id = ANY (%b::uuid[])"
_OF_PERSON = """
SELECT practice_id, is_member, is_invited FROM views.memberships
WHERE person_id = %b AND (is_member OR is_invited) ORDER BY practice_id LIMIT %b
"""


@dataclass(frozen=True, slots=True)
class Membership:
    """A practice that a person has to do with."""

    practice_id: UUID
    is_member: bool
    is_invited: bool


def memberships(connection: Reading, person_id: UUID) -> tuple[Membership, ...]:
    """Return where a person is a member or invited, PRACTICES_MAX at most.

    No practice is chosen yet, so it takes a connection that sees all of them: the projector's.
    """
    rows = connection.execute(_OF_PERSON, (person_id, PRACTICES_MAX), binary=True).fetchall()
    return tuple(Membership(*row) for row in rows)


_Row = tuple[UUID, UUID, int, bool, bool]


def apply(page: Page) -> Sequence[Write]:
    """Return a row for each person the page tells of, as the last event about them leaves it.

    Once the key of the stream that told of them is destroyed, nobody is known to be in any more.
    """
    rows: dict[UUID, _Row] = {}
    gone: set[UUID] = set()
    for entry, opened in page.events:
        if not isinstance(opened, Opened):
            continue
        if isinstance(opened.fact, KeyShredded):
            gone.add(opened.fact.stream_id)
        else:
            row = _row(entry, opened)
            rows[row[0]] = row
    kept = [row for row in rows.values() if row[1] not in gone]
    writes: list[Write] = []
    if kept:
        columns = [list(column) for column in zip(*kept, strict=True)]
        writes.append(Write(_PUT, (page.practice_id, *columns)))
    if gone:
        writes.append(Write(_FORGET, (page.practice_id, list(gone))))
    return writes


def _row(entry: Entry, opened: Opened) -> _Row:
    fact = opened.fact
    assert isinstance(fact, MemberInvited | MemberJoined | MemberRoleChanged | MemberLeft)
    is_member = isinstance(fact, MemberJoined | MemberRoleChanged)
    is_invited = isinstance(fact, MemberInvited)
    return fact.person_id, entry.stream_id, entry.position, is_member, is_invited


MEMBERSHIPS: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=1,
    ddl=_DDL,
    reads=(MemberInvited, MemberJoined, MemberRoleChanged, MemberLeft, KeyShredded),
    apply=apply,
)
