"""Notices that signing will end, as the supervisors who gave them are shown: from when, and why."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from aggregates.hours.supervision import SigningRefused
from aggregates.shredding import KeyShredded
from projections.opening import Opened
from projections.read_model import Page, ReadModel, Write
from projections.sealed_rows import seal
from projections.supervised_table import OWN_SUPERVISEES, SCHEMA

NAME: Final = "notices"
TABLE: Final = "notices"

_DDL = """
CREATE TABLE {table} (
    practice_id   uuid NOT NULL,
    stream_id     uuid NOT NULL,
    supervisor_id uuid NOT NULL,
    position      bigint NOT NULL,
    noticed_at_us bigint NOT NULL,
    sealed        bytea NOT NULL,
    PRIMARY KEY (practice_id, stream_id, supervisor_id)
);
CREATE INDEX ON {table} (practice_id, supervisor_id)
"""
# The last one counts; of a page too, where one may follow on another.
_PUT = """
INSERT INTO {table} AS t (practice_id, stream_id, supervisor_id, position, noticed_at_us, sealed)
SELECT %b, e.* FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::bigint[], %b::bytea[]) AS e
ON CONFLICT (practice_id, stream_id, supervisor_id) DO UPDATE SET
    position = excluded.position, noticed_at_us = excluded.noticed_at_us, sealed = excluded.sealed
WHERE t.position < excluded.position
"""
# Who gave it is not known any more once it is shredded, so nobody is shown it.
_FORGET = "DELETE FROM {table} WHERE practice_id = %b AND stream_id = ANY (%b::uuid[])"

_Row = tuple[UUID, UUID, int, int, bytes]


def apply(page: Page) -> Sequence[Write]:
    """Return a row for each supervision and supervisor that gave notice, and what is shredded."""
    told: dict[tuple[UUID, UUID], _Row] = {}
    shredded: list[UUID] = []
    for entry, opened in page.events:
        if not isinstance(opened, Opened):
            continue
        match opened.fact:
            case SigningRefused(supervisor_id=supervisor_id):
                stream_id, at_us = entry.stream_id, entry.recorded_at_us
                sealed = seal(NAME, page, entry, opened.body)
                row = (stream_id, supervisor_id, entry.position, at_us, sealed)
                told[stream_id, supervisor_id] = row
            case KeyShredded(stream_id=stream_id):
                shredded.append(stream_id)
            case _:
                pass
    writes: list[Write] = []
    if told:
        columns = [list(column) for column in zip(*told.values(), strict=True)]
        writes.append(Write(_PUT, (page.practice_id, *columns)))
    if shredded:
        writes.append(Write(_FORGET, (page.practice_id, shredded)))
    return writes


NOTICES: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=1,
    ddl=_DDL,
    reads=(SigningRefused, KeyShredded),
    apply=apply,
    schema=SCHEMA,
    policies=OWN_SUPERVISEES,
)
