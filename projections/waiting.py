"""Waits, bounded, until a read model has reached a position: people read what they wrote."""

import time
from uuid import UUID

from projections.source import Source

PAUSE_S_MIN = 0.001
PAUSE_S_MAX = 0.02

_REACHED = """
SELECT (SELECT position FROM views.tracking WHERE read_model = %b AND practice_id = %b),
       EXISTS (SELECT FROM views.parked WHERE read_model = %b AND practice_id = %b)
"""


def wait_for(
    source: Source, read_model: str, practice_id: UUID, position: int, timeout_s: float
) -> bool:
    """Return whether the read model reached the position within the time.

    Answers at once when the practice is parked short of it: waiting would not help.
    """
    deadline = time.monotonic() + timeout_s
    pause_s = PAUSE_S_MIN
    while True:
        reached, is_parked = _standing(source, read_model, practice_id)
        if reached >= position:
            return True
        left_s = deadline - time.monotonic()
        if is_parked or left_s <= 0:
            return False
        time.sleep(min(pause_s, left_s))
        pause_s = min(2 * pause_s, PAUSE_S_MAX)


def _standing(source: Source, read_model: str, practice_id: UUID) -> tuple[int, bool]:
    asked = (read_model, practice_id, read_model, practice_id)
    with source.read(practice_id) as connection:
        row = connection.execute(_REACHED, asked, binary=True).fetchone()
    assert row is not None
    return (-1 if row[0] is None else row[0]), row[1]
