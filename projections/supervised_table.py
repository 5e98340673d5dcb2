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
from aggregates.hours.setting import SettingStated
from aggregates.hours.setting_entry import SettingKind
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

# A work setting has a row, too: in the state 'setting', without a supervisor, so that the policy
# shows it to nobody. What it says is carried into the rows of its weeks.
_DDL = """
CREATE TABLE {table} (
    practice_id     uuid NOT NULL,
    stream_id       uuid NOT NULL,
    supervisor_id   uuid,
    person_id       uuid,
    first_day       date,
    phase           text,
    position        bigint NOT NULL,
    version         bigint NOT NULL,
    state           text NOT NULL,
    was_signed      boolean NOT NULL,
    submitted_at_us bigint,
    returned_at_us  bigint,
    signed_at_us    bigint,
    submission_at   bigint,
    sealed          bytea,
    setting_id      uuid,
    is_exempt       boolean,
    PRIMARY KEY (practice_id, stream_id),
    CHECK (state = 'setting' OR num_nulls(supervisor_id, person_id, first_day, phase,
                                          submission_at, sealed, setting_id) = 0)
);
CREATE INDEX ON {table} (practice_id, supervisor_id, state, first_day);
CREATE INDEX ON {table} (practice_id, supervisor_id, person_id, first_day);
CREATE INDEX ON {table} (practice_id, setting_id)
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
                          supervisor_id, person_id, first_day, phase, submission_at, sealed,
                          setting_id)
SELECT %b, e.* FROM unnest(
    %b::uuid[], %b::bigint[], %b::bigint[], %b::text[], %b::boolean[],
    %b::bigint[], %b::bigint[], %b::bigint[],
    %b::uuid[], %b::uuid[], %b::date[], %b::text[], %b::bigint[], %b::bytea[], %b::uuid[]) AS e
ON CONFLICT (practice_id, stream_id) DO UPDATE SET
    position = excluded.position, version = excluded.version, state = excluded.state,
    was_signed = t.was_signed OR excluded.was_signed,
    submitted_at_us = coalesce(excluded.submitted_at_us, t.submitted_at_us),
    returned_at_us = coalesce(excluded.returned_at_us, t.returned_at_us),
    signed_at_us = coalesce(excluded.signed_at_us, t.signed_at_us),
    supervisor_id = excluded.supervisor_id, person_id = excluded.person_id,
    first_day = excluded.first_day, phase = excluded.phase,
    submission_at = excluded.submission_at, sealed = excluded.sealed,
    setting_id = excluded.setting_id
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
_STATE = """
INSERT INTO {table} AS t (practice_id, stream_id, position, version, state, was_signed, is_exempt)
SELECT %b, e.stream_id, e.position, e.version, 'setting', false, e.is_exempt
FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::boolean[])
     AS e (stream_id, position, version, is_exempt)
ON CONFLICT (practice_id, stream_id) DO UPDATE SET
    position = excluded.position, version = excluded.version, is_exempt = excluded.is_exempt
WHERE t.position < excluded.position
"""
# Of these settings, and of the settings of these rows: either may have come first.
_CARRY = """
UPDATE {table} AS t SET is_exempt = s.is_exempt
FROM {table} AS w LEFT JOIN {table} AS s
     ON s.practice_id = w.practice_id AND s.stream_id = w.setting_id AND s.state = 'setting'
WHERE w.practice_id = %b AND (w.setting_id = ANY (%b::uuid[]) OR w.stream_id = ANY (%b::uuid[]))
      AND t.practice_id = w.practice_id AND t.stream_id = w.stream_id AND t.state <> 'setting'
      AND t.is_exempt IS DISTINCT FROM s.is_exempt
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


_Setting = tuple[UUID, int, int, bool]  # stream, position, version, whether it is exempt


def apply(page: Page) -> Sequence[Write]:
    """Return a row for each stream that is submitted in the page, and what moves or is shredded."""
    told: dict[UUID, _Told] = {}
    settings: dict[UUID, _Setting] = {}
    shredded: list[UUID] = []
    for entry, opened in page.events:
        if entry.type in STATES:
            row = told.setdefault(entry.stream_id, _Told(Course(entry, entry)))
            _take(row, page, entry, opened)
        elif isinstance(opened, Opened):
            match opened.fact:
                case SettingStated(entry=stated):
                    is_exempt = stated.kind is SettingKind.EXEMPT
                    setting = (entry.stream_id, entry.position, entry.version, is_exempt)
                    settings[entry.stream_id] = setting
                case KeyShredded(stream_id=stream_id):
                    shredded.append(stream_id)
                case _:
                    pass
    return _writes(page.practice_id, told, list(settings.values()), shredded)


def _writes(
    practice_id: UUID, told: dict[UUID, _Told], settings: list[_Setting], shredded: list[UUID]
) -> list[Write]:
    writes: list[Write] = []
    put = [_row(each, each.content) for each in told.values() if each.content is not None]
    move = [_moved(each) for each in told.values() if each.content is None]
    if settings:
        writes.append(Write(_STATE, (practice_id, *_columns(settings))))
    if put:
        writes.append(Write(_PUT, (practice_id, *_columns(put))))
    if move:
        writes.append(Write(_MOVE, (*_columns(move), practice_id)))
    if shredded:
        writes.append(Write(_FORGET, (practice_id, shredded)))
    if settings or put or shredded:
        changed = [*(each[0] for each in settings), *shredded]
        writes.append(Write(_CARRY, (practice_id, changed, [each[0] for each in put])))
    return writes


def _take(told: _Told, page: Page, entry: Entry, opened: Opened | Shredded | None) -> None:
    state = told.course.take(entry)
    if state is RowState.SUBMITTED and isinstance(opened, Opened):
        fact = opened.fact
        assert isinstance(fact, WeekSubmitted)
        told.content, told.submission_at = fact.content, entry.position
        told.sealed = seal(NAME, page, entry, encode_shown(fact))


_Moved = tuple[UUID, int, int, str, bool, int | None, int | None, int | None]
_Row = tuple[*_Moved, UUID, UUID, dt.date, str, int, bytes, UUID]


def _moved(told: _Told) -> _Moved:
    return told.course.last.stream_id, *told.course.columns


def _row(told: _Told, content: RowContent) -> _Row:
    return (
        *_moved(told),
        *(content.supervisor_id, content.key.person_id),
        *(content.key.first_day, content.key.phase.value),
        *(told.submission_at, told.sealed, content.setting_id),
    )


def _columns(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


SUPERVISED: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=2,
    ddl=_DDL,
    reads=(WeekSubmitted, SettingStated, KeyShredded),
    apply=apply,
    schema=SCHEMA,
    policies=OWN_SUPERVISEES,
)
