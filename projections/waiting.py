"""Waits, bounded, until a read model has reached a position: people read what they wrote."""

import time
from uuid import UUID

from projections.source import Source

PAUSE_S_MIN = 0.001
PAUSE_S_MAX = 0.02

_REACHED = """
SELECT min(coalesce(t.position, -1)),
       bool_or(p.read_model IS NOT NULL AND coalesce(t.position, -1) < %b)
FROM unnest(%b::text[]) AS asked (read_model)
LEFT JOIN views.tracking t ON t.read_model = asked.read_model AND t.practice_id = %b
LEFT JOIN views.parked p ON p.read_model = asked.read_model AND p.practice_id = %b
"""


def wait_for(
    source: Source, read_model: str, practice_id: UUID, position: int, timeout_s: float
) -> bool:
    """Return whether the read model reached the position within the time, as `wait_for_all`."""
    return wait_for_all(source, (read_model,), practice_id, position, timeout_s)


def wait_for_all(
    source: Source,
    read_models: tuple[str, ...],
    practice_id: UUID,
    position: int,
    timeout_s: float,
) -> bool:
    """Return whether all of these read models reached the position within the time.

    Answers at once when the practice is parked short of it in one: waiting would not help.
    """
    deadline = time.monotonic() + timeout_s
    pause_s = PAUSE_S_MIN
    while True:
        reached, is_parked = _standing(source, read_models, practice_id, position)
        if reached >= position:
            return True
        left_s = deadline - time.monotonic()
        if is_parked or left_s <= 0:
            return False
        time.sleep(min(pause_s, left_s))
        pause_s = min(2 * pause_s, PAUSE_S_MAX)


def _standing(
    source: Source, read_models: tuple[str, ...], practice_id: UUID, position: int
) -> tuple[int, bool]:
    """Return how far the last of them has come, and whether one is parked short of the position."""
    asked = (position, list(read_models), practice_id, practice_id)
    with source.read(practice_id) as connection:
        row = connection.execute(_REACHED, asked, binary=True).fetchone()
    assert row is not None
    return row[0], row[1]
