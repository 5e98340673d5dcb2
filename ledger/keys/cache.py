"""Keys at hand: bounded, short-lived, and never older than the last destruction it was told of.

Every answer of the vault comes with the generation it was read at, and every destruction moves the
generation. What was read before a destruction that this cache knows of is not taken in, so a read
in flight cannot bring a key back (I6).

What leaves the cache is freed as soon as nobody uses it, and OpenSSL overwrites a key it frees.
That is all Python can promise: a copy the interpreter made on the way, a page the system swapped
out or a core file are beyond it (docs/keys.md).
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from threading import Lock
from typing import Final, TypeAlias
from uuid import UUID

from ledger.keys.known import Found, Known

KEYS_MAX: Final = 20_000
AGE_S_MAX: Final = 60.0

_Entry: TypeAlias = tuple[Found, float]  # what was found, and until when it may be used


class KeyCache:
    """Keys by stream and by id. Readers take no lock; `monotonic` gives seconds."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        *,
        keys_max: int = KEYS_MAX,
        age_s_max: float = AGE_S_MAX,
    ) -> None:
        self._monotonic = monotonic
        self._keys_max = keys_max
        self._age_s_max = min(age_s_max, AGE_S_MAX)
        self._lock = Lock()  # guards every change of what follows
        # By the ids' integers: their hashes are computed in C, which halves a look-up.
        self._by_stream: dict[tuple[int, int], _Entry] = {}
        self._by_key: dict[int, _Entry] = {}
        self._generation = 0

    @property
    def generation(self) -> int:
        """Return the number of destructions this cache has heard of."""
        return self._generation

    @property
    def size(self) -> int:
        """Return how many keys are at hand."""
        return len(self._by_key)

    def of_stream(self, practice_id: UUID, stream_id: UUID) -> Known | None:
        """Return what is known of a stream's key, None when the vault must be asked."""
        entry = self._by_stream.get((practice_id.int, stream_id.int))
        if entry is None or entry[1] < self._monotonic():
            return None
        return entry[0].key

    def of_key(self, practice_id: UUID, key_id: UUID) -> Known | None:
        """Return what is known of a practice's key, None when the vault must be asked."""
        entry = self._by_key.get(key_id.int)
        if entry is None or entry[1] < self._monotonic() or entry[0].practice_id != practice_id:
            return None
        return entry[0].key

    def put(self, found: Iterable[Found], generation: int) -> None:
        """Keep what the vault answered at `generation`, unless a destruction came in between."""
        with self._lock:
            if generation < self._generation:
                return
            until_s = self._monotonic() + self._age_s_max
            for each in found:
                key_id = each.key.key_id.int
                self._drop(key_id)
                self._by_stream[each.practice_id.int, each.stream_id.int] = (each, until_s)
                self._by_key[key_id] = (each, until_s)
            # Dictionaries keep their order and all lives are equally long: the first is the oldest.
            for key_id in list(islice(self._by_key, max(0, len(self._by_key) - self._keys_max))):
                self._drop(key_id)

    def advance(self, since: int, generation: int, key_ids: Sequence[UUID] | None) -> None:
        """Forget the keys destroyed after `since` up to `generation`; None stands for all.

        An answer that is older than what is known already changes nothing. Frees, too, what is too
        old to be used.
        """
        with self._lock:
            self._drop_expired()
            known = self._generation
            if since <= known < generation and key_ids is not None:
                for key_id in key_ids:
                    self._drop(key_id.int)
            elif since <= known < generation or since > known or generation < since:
                # Too many, a gap, or a vault that went back to a backup: rely on nothing here.
                self._by_stream.clear()
                self._by_key.clear()
            else:
                return
            self._generation = generation

    def evict(self, practice_id: UUID, stream_id: UUID) -> None:
        """Forget one stream's key."""
        with self._lock:
            entry = self._by_stream.get((practice_id.int, stream_id.int))
            if entry is not None:
                self._drop(entry[0].key.key_id.int)

    def _drop_expired(self) -> None:
        now_s = self._monotonic()
        while self._by_key:
            key_id, (_, until_s) = next(iter(self._by_key.items()))
            if until_s >= now_s:
                return
            self._drop(key_id)

    def _drop(self, key_id: int) -> None:
        entry = self._by_key.pop(key_id, None)
        if entry is not None:
            found = entry[0]
            self._by_stream.pop((found.practice_id.int, found.stream_id.int), None)
