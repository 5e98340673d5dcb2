"""Record keys for those who seal and open: one a stream, made once, never given once destroyed.

What is given was good when the vault was last asked: `get_many` asks each time, `get_or_create` for
a key in the cache relies on the caller's last `refresh`, at most a minute ago.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from secrets import token_bytes
from typing import Final, TypeVar
from uuid import UUID

from ledger.clock import Clock
from ledger.errors import KeyDestroyed, KeyFileUnsafe, Tampered, Unavailable
from ledger.ids import Ids
from ledger.keys import vault
from ledger.keys.cache import KeyCache
from ledger.keys.epochs import EpochKey, EpochKeys, RecordPlace
from ledger.keys.files import wipe
from ledger.keys.gather import Gather
from ledger.keys.known import Destroyed, Found, Known
from ledger.keys.vault import Connections, NewKey, StateDiffers, StreamOf, Vault
from ledger.sealing import KEY_BYTES, RecordKey

__all__ = ["Destroyed", "Known", "RecordKey", "RecordKeys"]

KEYS_AT_ONCE_MAX: Final = 5_000
EPOCH_ATTEMPTS_MAX: Final = 3

Item = TypeVar("Item")


class RecordKeys:
    """The service's way to the keys; any thread may use it."""

    def __init__(
        self, connections: Connections, epochs: EpochKeys, cache: KeyCache, clock: Clock, ids: Ids
    ) -> None:
        self._connections = connections
        self._epochs = epochs
        self._cache = cache
        self._clock = clock
        self._ids = ids
        self._epoch_keys: dict[int, EpochKey] = {}
        self._current: EpochKey | None = None
        self._gather = Gather(self.prepare)

    def start(self) -> None:
        """Begin the first epoch of an empty vault, or check that its current one is here.

        Raises `KeyFileUnsafe` when this machine does not hold the epoch key the vault relies on.
        """
        self._current = self._find_current()
        self.refresh()

    def refresh(self) -> None:
        """Forget what was destroyed in the meantime: one round trip, once before a batch."""
        since = self._cache.generation
        news = vault.ask(self._connections, lambda v: vault.news(v, since))
        self._cache.advance(since, news.generation, news.destroyed)
        if not self._epoch_keys.keys() <= news.live_epochs:
            live = {e: key for e, key in self._epoch_keys.items() if e in news.live_epochs}
            self._epoch_keys = live
            self._current = None

    def generation(self) -> int:
        """Return the vault's generation as of the last look; a destruction has moved it since."""
        return self._cache.generation

    def get_or_create(self, practice_id: UUID, stream_id: UUID) -> RecordKey:
        """Return the key of a stream, made now if there never was one.

        Raises `KeyDestroyed` for a shredded stream, `Unavailable` when the vault is away.
        """
        known = self._cache.of_stream(practice_id, stream_id)
        if known is None:
            known = self._gather.known((practice_id, stream_id))
        if isinstance(known, Destroyed):
            raise KeyDestroyed("the stream was shredded: its key is gone for good")
        return known

    def prepare(self, streams: Collection[StreamOf]) -> dict[StreamOf, Known]:
        """Have the keys of many streams at hand, at the price of one: two round trips at most.

        A shredded stream's is `Destroyed`. Raises `Unavailable`.
        """
        known: dict[StreamOf, Known] = {}
        missing: list[StreamOf] = []
        for stream in dict.fromkeys(streams):
            at_hand = self._cache.of_stream(*stream)
            if at_hand is None:
                missing.append(stream)
            else:
                known[stream] = at_hand
        for part in _parts(missing):
            practices = {practice_id for practice_id, _ in part}
            found = self._read(lambda v, part=part: vault.of_streams(v, part), practices)
            known.update({(each.practice_id, each.stream_id): each.key for each in found})
        created = [stream for stream in missing if stream not in known]
        for part in _parts(created):
            found = self._create(part)
            known.update({(each.practice_id, each.stream_id): each.key for each in found})
        return known

    def get_many(self, practice_id: UUID, key_ids: Collection[UUID]) -> dict[UUID, Known]:
        """Return what is known of a practice's keys; ids that never were one are left out.

        Asks the vault each time, so nothing destroyed before the call is given. Raises
        `Unavailable`.
        """
        self.refresh()
        known: dict[UUID, Known] = {}
        missing: list[UUID] = []
        for key_id in dict.fromkeys(key_ids):
            at_hand = self._cache.of_key(practice_id, key_id)
            if at_hand is None:
                missing.append(key_id)
            else:
                known[key_id] = at_hand
        for part in _parts(missing):
            found = self._read(
                lambda v, part=part: vault.of_keys(v, practice_id, part), {practice_id}
            )
            known.update({each.key.key_id: each.key for each in found})
        return known

    def disclose(self, practice_id: UUID, key_ids: Collection[UUID]) -> dict[UUID, bytes]:
        """Return the 32 secret bytes of keys that an audit bundle gives away; nothing else asks.

        Destroyed and unknown ones are left out. Raises `Unavailable`.
        """
        rows = vault.ask(
            self._connections,
            lambda v: vault.of_keys(v, practice_id, list(key_ids)),
            {practice_id},
        )
        given: dict[UUID, bytes] = {}
        for row in rows:
            if row.wrapped is not None:
                place = RecordPlace(row.practice_id, row.stream_id, row.key_id)
                given[row.key_id] = bytes(self._epoch_key(row.epoch).unwrap(place, row.wrapped))
        return given

    def _create(self, streams: Sequence[StreamOf]) -> list[Found]:
        for _ in range(EPOCH_ATTEMPTS_MAX):
            epoch = self._current or self._find_current()
            keys = [self._new_key(epoch, *stream) for stream in streams]
            try:
                return self._read(
                    lambda v, keys=keys, epoch=epoch: vault.create(
                        v, keys, epoch.epoch, self._clock.now_us()
                    ),
                    {practice_id for practice_id, _ in streams},
                )
            except StateDiffers:
                # A rotation has begun a new epoch; nothing was made under the old one.
                self._current = None
        raise Unavailable("the epoch of the keys keeps moving; try again")

    def _new_key(self, epoch: EpochKey, practice_id: UUID, stream_id: UUID) -> NewKey:
        key_id = self._ids.new()
        place = RecordPlace(practice_id, stream_id, key_id)
        return NewKey(practice_id, stream_id, key_id, epoch.wrap(place, token_bytes(KEY_BYTES)))

    def _read(
        self, question: Callable[[Vault], list[vault.Row]], practice_ids: Collection[UUID]
    ) -> list[Found]:
        """Ask for rows, unwrap them and keep them, unless a destruction came in between."""
        for _ in range(EPOCH_ATTEMPTS_MAX):
            rows = vault.ask(self._connections, question, practice_ids)
            try:
                found = [Found(r.practice_id, r.stream_id, self._known(r)) for r in rows]
            except KeyDestroyed:
                # The epoch ended after the rows were read: they are wrapped anew by now.
                continue
            self._cache.put(found, min((row.generation for row in rows), default=0))
            return found
        raise KeyFileUnsafe(
            "the vault's keys are wrapped under a destroyed epoch: it was restored from a backup"
            " older than the last rotation"
        )

    def _known(self, row: vault.Row) -> Known:
        if row.wrapped is None:
            if row.wrapped_sha256 is None or row.destroyed_at_us is None:
                raise Tampered("a destroyed key has no evidence; run fsck")
            return Destroyed(row.key_id, row.epoch, row.wrapped_sha256, row.destroyed_at_us)
        place = RecordPlace(row.practice_id, row.stream_id, row.key_id)
        secret = self._epoch_key(row.epoch).unwrap(place, row.wrapped)
        key = RecordKey.of(row.key_id, secret)
        wipe(secret)
        return key

    def _epoch_key(self, epoch: int) -> EpochKey:
        key = self._epoch_keys.get(epoch)
        if key is None:
            key = self._epoch_keys[epoch] = self._epochs.load(epoch)
        return key

    def _find_current(self) -> EpochKey:
        current = vault.ask(self._connections, vault.current_epoch)
        if current is None:
            key = self._epochs.create(self._epochs.unused())
            now_us = self._clock.now_us()
            vault.ask(self._connections, lambda v: vault.open_first_epoch(v, key, now_us))
            current = vault.ask(self._connections, vault.current_epoch)
        if current is None:
            raise Tampered("the vault has epochs but no current one; run fsck")
        epoch, commitment = current
        key = self._epochs.load(epoch)
        if key.commitment != commitment:
            raise KeyFileUnsafe("keys/epochs is not the folder this vault was wrapped with")
        self._epoch_keys[epoch] = self._current = key
        return key


def _parts(asked: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(asked), KEYS_AT_ONCE_MAX):
        yield asked[start : start + KEYS_AT_ONCE_MAX]
