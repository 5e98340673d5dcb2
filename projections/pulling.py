"""Pulls a read model up to the heads of all practices, parking those that cannot be applied."""

from collections.abc import Callable, Collection
from uuid import UUID

import psycopg

from aggregates.catalogue import FactError
from ledger.errors import Busy, LedgerError, Unavailable
from ledger.reader import Keys
from projections import standing
from projections.pages import PAGE_EVENTS, Projecting, apply_page
from projections.read_model import Place

# A practice with a long backlog gives way to the others after this many pages.
TURN_PAGES_MAX = 16

Progress = Callable[[int], object]
Stopping = Callable[[], bool]


def quiet(_events: int) -> None:
    """Tell nobody."""


def never() -> bool:
    """Go on to the end."""
    return False


class Puller:
    """One read model's work on one connection, in the projector's role."""

    def __init__(
        self,
        connection: Projecting,
        keys: Keys,
        place: Place,
        *,
        stopping: Stopping = never,
        progress: Progress = quiet,
    ) -> None:
        """Prepare; `progress` is called with the events of each page once they are committed."""
        self._connection = connection
        self._keys = keys
        self._place = place
        self._stopping = stopping
        self._progress = progress

    def pull(self, practice_ids: Collection[UUID] | None = None) -> None:
        """Catch up with these practices, or (None) with all.

        Ends when nothing is behind, when others work on all that is, or when stopping. Raises what
        may pass by itself: a lost connection, a vault or a lock that cannot be had now.
        """
        while not self._stopping():
            behind = standing.behind(self._connection, self._place.name, practice_ids)
            applied = sum(self._turn(lag.practice_id) for lag in behind)
            if not applied:
                return

    def _turn(self, practice_id: UUID) -> int:
        applied = 0
        for _ in range(TURN_PAGES_MAX):
            if self._stopping():
                break
            events = self._page(practice_id)
            applied += events
            if events < PAGE_EVENTS:
                break
        return applied

    def _page(self, practice_id: UUID) -> int:
        """Apply a page, a smaller one when it fails, and park at the one event that does."""
        limit = PAGE_EVENTS
        while True:
            try:
                events = apply_page(self._connection, self._keys, self._place, practice_id, limit)
            except Exception as error:  # whatever it is, it stops one practice and no other
                if may_pass(error) or self._connection.closed:
                    raise
                if limit == 1:
                    standing.park(self._connection, self._place.name, practice_id, code_of(error))
                    return 0
                limit //= 2
            else:
                self._progress(events or 0)
                return events or 0


def may_pass(error: Exception) -> bool:
    """Tell whether trying again later may help, with nothing changed."""
    if isinstance(error, psycopg.errors.QueryCanceled):
        return False  # a statement that takes too long does so again, and would stop the others
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | Unavailable | Busy)


def code_of(error: Exception) -> str:
    """Return the error's code, or its class's name: never its text, which may hold anything."""
    if isinstance(error, LedgerError | FactError):
        return error.code
    return type(error).__name__
