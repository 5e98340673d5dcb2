"""The setup's table: a row a stream with what a person stated last, sealed, and its notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from aggregates.hours.enrolment import EnrolmentStated, WeekStartFixed
from aggregates.hours.setting import SettingStated
from aggregates.hours.supervision import SigningRefused, SupervisionStated
from aggregates.shredding import KeyShredded
from ledger.reader import Entry, Shredded
from projections.opening import Opened
from projections.read_model import Page, ReadModel, Write, tag_of
from projections.sealed_rows import seal

NAME: Final = "setup"
TABLE: Final = "setups"


class Kind(StrEnum):
    """What a stream is of; the types of its events, which leaves show, say so."""

    ENROLMENT = "enrolment"
    SETTING = "setting"
    SUPERVISION = "supervision"


_FIXED: Final = tag_of(WeekStartFixed)
_NOTICE: Final = tag_of(SigningRefused)
_KINDS: Final = {
    tag_of(EnrolmentStated): Kind.ENROLMENT,
    _FIXED: Kind.ENROLMENT,
    tag_of(SettingStated): Kind.SETTING,
    tag_of(SupervisionStated): Kind.SUPERVISION,
    _NOTICE: Kind.SUPERVISION,
}

# stated_at and noticed_at are the positions of the events whose bodies are sealed; what is sealed
# is null once it is shredded.
_DDL = """
CREATE TABLE {table} (
    practice_id uuid NOT NULL,
    stream_id   uuid NOT NULL,
    person_id   uuid NOT NULL,
    kind        text NOT NULL,
    position    bigint NOT NULL,
    version     bigint NOT NULL,
    is_fixed    boolean NOT NULL,
    stated_at   bigint,
    stated      bytea,
    noticed_at  bigint,
    noticed     bytea,
    PRIMARY KEY (practice_id, stream_id)
);
CREATE INDEX ON {table} (practice_id, person_id)
"""
# A page may hold a notice and not the statement it is about, or the other way round.
_PUT = """
INSERT INTO {table} AS t (practice_id, stream_id, person_id, kind, position, version, is_fixed,
                          stated_at, stated, noticed_at, noticed)
SELECT %b, e.* FROM unnest(
    %b::uuid[], %b::uuid[], %b::text[], %b::bigint[], %b::bigint[], %b::boolean[], %b::bigint[],
    %b::bytea[], %b::bigint[], %b::bytea[]) AS e
ON CONFLICT (practice_id, stream_id) DO UPDATE SET
    position = excluded.position, version = excluded.version,
    is_fixed = t.is_fixed OR excluded.is_fixed,
    stated_at = coalesce(excluded.stated_at, t.stated_at),
    stated = CASE WHEN excluded.stated_at IS NULL THEN t.stated ELSE excluded.stated END,
    noticed_at = coalesce(excluded.noticed_at, t.noticed_at),
    noticed = CASE WHEN excluded.noticed_at IS NULL THEN t.noticed ELSE excluded.noticed END
WHERE t.position < excluded.position
"""
_SHRED = """
UPDATE {table} SET stated = NULL, noticed = NULL
WHERE practice_id = %b AND stream_id = ANY (%b::uuid[])
"""


@dataclass(slots=True)
class _Told:
    """What a page tells of one stream."""

    first: Entry
    last: Entry
    is_fixed: bool = False
    stated_at: int | None = None
    stated: bytes | None = None
    noticed_at: int | None = None
    noticed: bytes | None = None


_Row = tuple[UUID, UUID, str, int, int, bool, int | None, bytes | None, int | None, bytes | None]


def apply(page: Page) -> Sequence[Write]:
    """Return a row for each stream the page tells of, and what to shred.

    Whose it is stands in the leaf of its first event: nobody else begins such a stream.
    """
    told: dict[UUID, _Told] = {}
    shredded: list[UUID] = []
    for entry, opened in page.events:
        if entry.type in _KINDS:
            stream = told.setdefault(entry.stream_id, _Told(entry, entry))
            _take(stream, page, entry, opened)
        elif isinstance(opened, Opened) and isinstance(opened.fact, KeyShredded):
            shredded.append(opened.fact.stream_id)
    writes: list[Write] = []
    if told:
        columns = [list(column) for column in zip(*map(_row, told.values()), strict=True)]
        writes.append(Write(_PUT, (page.practice_id, *columns)))
    if shredded:
        writes.append(Write(_SHRED, (page.practice_id, shredded)))
    return writes


def _take(told: _Told, page: Page, entry: Entry, opened: Opened | Shredded | None) -> None:
    told.last = entry
    if entry.type == _FIXED:
        told.is_fixed = True
        return
    sealed = seal(NAME, page, entry, opened.body) if isinstance(opened, Opened) else None
    if entry.type == _NOTICE:
        told.noticed_at, told.noticed = entry.position, sealed
    else:
        told.stated_at, told.stated = entry.position, sealed


def _row(told: _Told) -> _Row:
    last = told.last
    return (
        *(last.stream_id, told.first.actor_id, _KINDS[last.type].value),
        *(last.position, last.version, told.is_fixed),
        *(told.stated_at, told.stated, told.noticed_at, told.noticed),
    )


SETUP: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=1,
    ddl=_DDL,
    reads=(EnrolmentStated, SettingStated, SupervisionStated, SigningRefused, KeyShredded),
    apply=apply,
)
