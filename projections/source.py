"""What reading needs of the ledger: a connection on loan, and the keys."""

from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from ledger.reader import Keys, Reading


class Source(Protocol):
    """The ledger, as far as readers go."""

    def read(self, practice_id: UUID) -> AbstractContextManager[Reading]:
        """Lend a connection that reads this practice, in one transaction."""
        ...

    @property
    def keys(self) -> Keys:
        """Where record keys come from, many with one look-up."""
        ...
