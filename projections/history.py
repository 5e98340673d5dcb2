"""What the rules look at of one person: what they stated, what they logged, what is signed."""

from typing import Final
from uuid import UUID

from aggregates.bbs.history import History
from ledger.clock import Clock
from projections.keeping import Keeping
from projections.live_history import LiveHistory
from projections.source import Source

KEPT_MAX: Final = 32
KEPT_US_MAX: Final = 600 * 1_000_000


class Histories:
    """Reads people's histories, and keeps the last KEPT_MAX in memory, each KEPT_US_MAX long.

    What is kept has no personal text of entries, and is never older than the read models.
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source = source
        self._live: Keeping[tuple[UUID, UUID], LiveHistory] = Keeping(
            clock, kept_max=KEPT_MAX, kept_us_max=KEPT_US_MAX
        )

    def of(self, practice_id: UUID, person_id: UUID) -> History | None:
        """Return a person's history as `LiveHistory.current` does."""
        place = practice_id, person_id
        return self._live.get_or_put(place, lambda: LiveHistory(*place)).current(self._source)


def history_of(source: Source, practice_id: UUID, person_id: UUID) -> History | None:
    """Return a person's history, read whole, as `LiveHistory.current` does."""
    return LiveHistory(practice_id, person_id).current(source)
