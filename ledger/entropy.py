"""Random bytes of the system, fetched many at a time, for what is needed with every event.

Every call of the system lets another thread go first; with many threads that costs more than the
event itself. A forked process begins with nothing, so that no piece is ever given twice.
"""

import os
from secrets import token_bytes
from typing import Final
from weakref import WeakSet

PIECES_AT_ONCE: Final = 256


class Entropy:
    """Gives pieces of `size` random bytes, each once; any thread may ask."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pieces: list[bytes] = []
        _ALL.add(self)

    def piece(self) -> bytes:
        """Return `size` bytes that nobody was given before."""
        while True:
            try:
                return self._pieces.pop()
            except IndexError:
                self._pieces.extend(self._fetch())

    def forget(self) -> None:
        """Drop what is at hand."""
        self._pieces.clear()

    def _fetch(self) -> list[bytes]:
        block = token_bytes(self._size * PIECES_AT_ONCE)
        return [block[at : at + self._size] for at in range(0, len(block), self._size)]


_ALL: Final[WeakSet[Entropy]] = WeakSet()


def _forget_all() -> None:
    for entropy in _ALL:
        entropy.forget()


os.register_at_fork(after_in_child=_forget_all)
