"""What supervisors are shown: rows submitted to them, without clients, sessions or their number.

It is a table in a schema of its own, which only one role reads besides the backup, and of that role
a transaction sees one supervisor's rows of one practice. The list of entries is dropped here,
before anything is written: what is sealed holds a hash of it, and is as long for one entry as for
many.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, LiteralString
from uuid import UUID

import msgspec

from aggregates.facts import Silent
from aggregates.hours.enrolment_entry import Track
from aggregates.hours.week_content import Printed, RowContent, RowMinutes
from aggregates.hours.week_row import WeekSubmitted
from aggregates.private import Private
from aggregates.shredding import KeyShredded
from ledger.reader import Entry, Shredded
from projections.opening import Opened
from projections.read_model import Page, ReadModel, Write
from projections.sealed_rows import seal
from projections.weeks_table import STATES, Course, RowState

NAME: Final = "supervised"
TABLE: Final = "week_rows"
SCHEMA: Final = "supervisor"

_DDL = """
CREATE TABLE {table} (
    practice_id     uuid NOT NULL,
    stream_id       uuid NOT NULL,
    supervisor_id   uuid NOT NULL,
    person_id       uuid NOT NULL,
    first_day       date NOT NULL,
    phase           text NOT NULL,
    position        bigint NOT NULL,
    version         bigint NOT NULL,
    state           text NOT NULL,
    was_signed      boolean NOT NULL,
    submitted_at_us bigint,
    returned_at_us  bigint,
    signed_at_us    bigint,
    submission_at   bigint NOT NULL,
    sealed          bytea NOT NULL,
    PRIMARY KEY (practice_id, stream_id)
);
CREATE INDEX ON {table} (practice_id, supervisor_id, state, first_day);
CREATE INDEX ON {table} (practice_id, supervisor_id, person_id, first_day)
"""
OWN_SUPERVISEES: LiteralString = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY own_supervisees ON {table} FOR SELECT TO therapist_supervisor_reader USING (
    practice_id = (SELECT nullif(current_setting('therapist.practice', true), '')::uuid)
    AND supervisor_id = (SELECT nullif(current_setting('therapist.person', true), '')::uuid));
CREATE POLICY projector ON {table} TO therapist_projector USING (true) WITH CHECK (true);
CREATE POLICY every_practice ON {table} FOR SELECT TO therapist_backup USING (true)
"""
# A row comes with its submission, and goes to another supervisor with the next one.
_PUT = """
INSERT INTO {table} AS t (practice_id, stream_id, position, version, state, was_signed,
                          submitted_at_us, returned_at_us, signed_at_us,
                          supervisor_id, person_id, first_day, phase, submission_at, sealed)
SELECT %b, e.* FROM unnest(
    %b::uuid[], %b::bigint[], %b::bigint[], %b::text[], %b::boolean[],
    %b::bigint[], %b::bigint[], %b::bigint[],
    %b::uuid[], %b::uuid[], %b::date[], %b::text[], %b::bigint[], %b::bytea[]) AS e
ON CONFLICT (practice_id, stream_id) DO UPDATE SET
    position = excluded.position, version = excluded.version, state = excluded.state,
    was_signed = t.was_signed OR excluded.was_signed,
    submitted_at_us = coalesce(excluded.submitted_at_us, t.submitted_at_us),
    returned_at_us = coalesce(excluded.returned_at_us, t.returned_at_us),
    signed_at_us = coalesce(excluded.signed_at_us, t.signed_at_us),
    supervisor_id = excluded.supervisor_id, person_id = excluded.person_id,
    first_day = excluded.first_day, phase = excluded.phase,
    submission_at = excluded.submission_at, sealed = excluded.sealed
WHERE t.position < excluded.position
"""
_MOVE = """
UPDATE {table} AS t SET
    position = e.position, version = e.version, state = e.state,
    was_signed = t.was_signed OR e.was_signed,
    submitted_at_us = coalesce(e.submitted_at_us, t.submitted_at_us),
    returned_at_us = coalesce(e.returned_at_us, t.returned_at_us),
    signed_at_us = coalesce(e.signed_at_us, t.signed_at_us)
FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::text[], %b::boolean[],
            %b::bigint[], %b::bigint[], %b::bigint[])
     AS e (stream_id, position, version, state, was_signed,
           submitted_at_us, returned_at_us, signed_at_us)
WHERE t.practice_id = %b AND t.stream_id = e.stream_id AND t.position < e.position
"""
# Whom it was submitted to is not known any more once it is shredded, so nobody is shown it.
_FORGET = "DELETE FROM {table} WHERE practice_id = %b AND stream_id = ANY (%b::uuid[])"


class Shown(Silent, frozen=True, kw_only=True):
    """All that a supervisor is told of a row besides whose, which week and how far it has come.

    Each field is named here: what a later submission holds besides is not shown by itself.
    """

    track: Track
    supervision_id: UUID
    setting_id: UUID
    minutes: RowMinutes
    printed: Printed
    warnings: tuple[str, ...]
    entries_sha256: bytes


def decode_shown(body: bytes) -> Shown:
    """Return what `encode_shown` wrote."""
    return _DECODER.decode(body)


def encode_shown(fact: WeekSubmitted) -> bytes:
    """Return what is shown of a submission, which has neither its entries nor their number."""
    content = fact.content
    shown = Shown(
        track=content.track,
        supervision_id=content.key.supervision_id,
        setting_id=content.setting_id,
        minutes=content.minutes,
        printed=content.printed,
        warnings=fact.warnings,
        entries_sha256=content.entries_sha256,
    )
    return _ENCODER.encode(shown)


def _seal_text(value: object) -> str:
    assert isinstance(value, Private), "nothing else needs a hook"
    return value.reveal()


def _open_text(_kind: type, value: object) -> Private:
    assert isinstance(value, str), "nothing else needs a hook"
    return Private(value)


_ENCODER: Final = msgspec.msgpack.Encoder(enc_hook=_seal_text, uuid_format="bytes")
_DECODER: Final = msgspec.msgpack.Decoder(Shown, dec_hook=_open_text)


@dataclass(slots=True)
class _Told:
    """What a page tells of one row; `content` is of its last submission that can be read."""

    course: Course
    content: RowContent | None = None
    submission_at: int = 0
    sealed: bytes = b""


def apply(page: Page) -> Sequence[Write]:
    """Return a row for each stream that is submitted in the page, and what moves or is shredded."""
    told: dict[UUID, _Told] = {}
    shredded: list[UUID] = []
    for entry, opened in page.events:
        if entry.type in STATES:
            row = told.setdefault(entry.stream_id, _Told(Course(entry, entry)))
            _take(row, page, entry, opened)
        elif isinstance(opened, Opened) and isinstance(opened.fact, KeyShredded):
            shredded.append(opened.fact.stream_id)
    writes: list[Write] = []
    put = [_row(each, each.content) for each in told.values() if each.content is not None]
    move = [_moved(each) for each in told.values() if each.content is None]
    if put:
        writes.append(Write(_PUT, (page.practice_id, *_columns(put))))
    if move:
        writes.append(Write(_MOVE, (*_columns(move), page.practice_id)))
    if shredded:
        writes.append(Write(_FORGET, (page.practice_id, shredded)))
    return writes


def _take(told: _Told, page: Page, entry: Entry, opened: Opened | Shredded | None) -> None:
    state = told.course.take(entry)
    if state is RowState.SUBMITTED and isinstance(opened, Opened):
        fact = opened.fact
        assert isinstance(fact, WeekSubmitted)
        told.content, told.submission_at = fact.content, entry.position
        told.sealed = seal(NAME, page, entry, encode_shown(fact))


_Moved = tuple[UUID, int, int, str, bool, int | None, int | None, int | None]
_Row = tuple[*_Moved, UUID, UUID, dt.date, str, int, bytes]


def _moved(told: _Told) -> _Moved:
    return told.course.last.stream_id, *told.course.columns


def _row(told: _Told, content: RowContent) -> _Row:
    return (
        *_moved(told),
        *(content.supervisor_id, content.key.person_id),
        *(content.key.first_day, content.key.phase.value),
        *(told.submission_at, told.sealed),
    )


def _columns(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


SUPERVISED: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=1,
    ddl=_DDL,
    reads=(WeekSubmitted, KeyShredded),
    apply=apply,
    schema=SCHEMA,
    policies=OWN_SUPERVISEES,
)
