"""What reading needs of the ledger: a connection on loan, and the keys."""

from contextlib import AbstractContextManager
from typing import Protocol

from ledger.reader import Keys, Reading


class Source(Protocol):
    """The ledger, as far as readers go."""

    def read(self) -> AbstractContextManager[Reading]:
        """Lend a reading connection."""
        ...

    @property
    def keys(self) -> Keys:
        """Where record keys come from, many with one look-up."""
        ...
