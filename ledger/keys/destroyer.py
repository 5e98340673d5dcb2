"""Destroys keys, for the retention role: one stream's at once, all their old copies by rotation."""

from collections.abc import Sequence
from typing import Final, LiteralString
from uuid import UUID

import msgspec
import psycopg

from ledger.clock import Clock
from ledger.errors import Busy, KeyMissing, Tampered, Unavailable
from ledger.keys import rotation, vault
from ledger.keys.cache import KeyCache
from ledger.keys.epochs import EpochKeys
from ledger.keys.known import Destroyed
from ledger.keys.rotation import Progress, Rotation
from ledger.keys.tombstones import Tombstone, Tombstones
from ledger.keys.vault import Connections, StateDiffers

_ROTATION_LOCK: Final = 0x6B65_7973_0001  # any number nobody else locks

_DESTROY = "SELECT * FROM keys.destroy(%b, %b, %b)"
_FENCE = "SELECT * FROM keys.fence(%b, %b, %b, %b, %b, %b)"
_LOCK = "SELECT pg_try_advisory_lock(%b::bigint)"
_UNLOCK = "SELECT pg_advisory_unlock(%b::bigint)"


class KeyDestroyer:
    """The retention role's hand on the keys; `cache` is this process's own, if it has one."""

    def __init__(
        self, connections: Connections, epochs: EpochKeys, clock: Clock, cache: KeyCache | None
    ) -> None:
        self._connections = connections
        self._epochs = epochs
        self._clock = clock
        self._cache = cache
        self._tombstones = Tombstones(epochs.data_dir)

    def destroy(self, practice_id: UUID, stream_id: UUID) -> Destroyed:
        """Destroy a stream's key and return the evidence; a second time returns the same.

        Raises `KeyMissing` when there never was one, `Unavailable` when it is not known whether it
        is gone: the same call may be made again.
        """
        return self._destroy(_DESTROY, (practice_id, stream_id, self._clock.now_us()))

    def fence(self, practice_id: UUID, stream_id: UUID, evidence: Destroyed) -> Destroyed:
        """Apply a destruction that the log tells of to a restored vault, key or no key.

        Raises `Tampered` when the vault has another key for the stream than the log.
        """
        asked = (practice_id, stream_id, *msgspec.structs.astuple(evidence))
        try:
            return self._destroy(_FENCE, asked)
        except StateDiffers as error:
            raise Tampered("the vault and the log name different keys for a stream") from error

    def rotate_epoch(self, progress: Progress) -> Rotation:
        """Put all live keys under a new epoch key and destroy the old ones.

        Afterwards no copy of the vault made before this call can be opened: make a new backup.
        May be run again after a crash at any step. Raises `Busy` when another process rotates,
        `Unavailable` when the vault went away in the middle, and what `rotation.rotate` raises.
        """
        try:
            with self._connections() as connection:
                row = connection.execute(_LOCK, (_ROTATION_LOCK,), binary=True).fetchone()
                if row is None or not row[0]:
                    raise Busy("another process rotates the epoch; nothing was done")
                try:
                    return rotation.rotate(connection, self._epochs, self._clock, progress)
                finally:
                    if not connection.closed:
                        connection.execute(_UNLOCK, (_ROTATION_LOCK,), binary=True)
        except psycopg.Error as error:
            raise Unavailable(
                f"the rotation stopped (SQLSTATE {error.sqlstate}); run it again"
            ) from error

    def _destroy(self, statement: LiteralString, asked: Sequence[object]) -> Destroyed:
        practice_id, stream_id = asked[0], asked[1]
        assert isinstance(practice_id, UUID)
        assert isinstance(stream_id, UUID)
        self._evict(practice_id, stream_id)
        row = vault.ask(
            self._connections, lambda v: v.execute(statement, asked, binary=True).fetchone()
        )
        if row is None:
            raise KeyMissing("the stream never had a key")
        *evidence, generation = row
        destroyed = Destroyed(*evidence)
        self._tombstones.add(Tombstone(practice_id, stream_id, destroyed))
        self._evict(practice_id, stream_id)
        if self._cache is not None:
            self._cache.advance(generation - 1, generation, [destroyed.key_id])
        return destroyed

    def _evict(self, practice_id: UUID, stream_id: UUID) -> None:
        if self._cache is not None:
            self._cache.evict(practice_id, stream_id)
