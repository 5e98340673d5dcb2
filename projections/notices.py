"""What a supervisor gave notice of: under which supervision, from which day on, and when."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates import catalogue
from aggregates.hours.supervision import SigningRefused
from aggregates.private import Private
from ledger.reader import Keys
from projections.notices_table import NOTICES
from projections.read_model import tag_of
from projections.sealed_rows import keys_of, open_sealed
from projections.supervised import SupervisorSource

NOTICES_MAX: Final = 1_000

_ALL = """
SELECT stream_id, position, noticed_at_us, sealed FROM supervisor.notices
WHERE practice_id = %b AND supervisor_id = %b ORDER BY position DESC LIMIT %b
"""


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """A supervisor's last notice under a supervision; hours from that day on are not signed."""

    supervision_id: UUID
    from_day: dt.date
    text: Private
    noticed_at_us: int


def notices(
    reader: SupervisorSource, keys: Keys, practice_id: UUID, supervisor_id: UUID
) -> tuple[NoticeGiven, ...]:
    """Return this supervisor's notices, the newest first; without those that are shredded."""
    with reader.read(practice_id, supervisor_id) as connection:
        asked = (practice_id, supervisor_id, NOTICES_MAX)
        rows = connection.execute(_ALL, asked, binary=True).fetchall()
    known = keys_of(keys, practice_id, (row[3] for row in rows))
    found: list[NoticeGiven] = []
    for stream_id, position, noticed_at_us, sealed in rows:
        body = open_sealed(NOTICES.name, known, (practice_id, stream_id, position), sealed)
        if body is None:
            continue
        fact = catalogue.decode(tag_of(SigningRefused), body)
        assert isinstance(fact, SigningRefused)
        found.append(NoticeGiven(stream_id, fact.from_day, fact.text, noticed_at_us))
    return tuple(found)
