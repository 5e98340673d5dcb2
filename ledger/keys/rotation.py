"""Rotates the epoch: all live keys under a new epoch key, then the old ones destroyed.

It may crash at any step and be run again. The order is what matters: the new epoch is current
before anything is re-wrapped, so that no new key comes in under an old one; no file goes before the
vault has found that no live key needs it, and calls its epoch destroyed.
"""

from collections.abc import Callable
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from ledger.clock import Clock
from ledger.errors import KeyFileUnsafe, KeyMissing, Tampered
from ledger.keys import vault
from ledger.keys.epochs import EpochKey, EpochKeys, RecordPlace
from ledger.keys.files import wipe
from ledger.keys.vault import Vault

REWRAP_KEYS_MAX: Final = 2_000

_START = "SELECT keys.start_epoch(%b, %b, %b)"
_RETIRING = "SELECT epoch FROM keys.epochs WHERE state = 'retiring' ORDER BY epoch"
_LEFT = "SELECT count(*) FROM keys.record_keys WHERE state = 'active' AND epoch < %b"
_PAGE = """
SELECT practice_id, stream_id, key_id, epoch, wrapped FROM keys.record_keys
WHERE state = 'active' AND epoch < %b AND (practice_id, stream_id) >= (%b, %b)
ORDER BY practice_id, stream_id LIMIT %b"""
_REWRAP = "SELECT keys.rewrap(%b::uuid[], %b::bytea[], %b::bytea[], %b)"
_END = "SELECT keys.end_epoch(%b, %b)"
_FIRST: Final = UUID(int=0)

Progress: TypeAlias = Callable[[int, int], None]  # keys re-wrapped so far, keys in all


class Rotation(msgspec.Struct, frozen=True):
    """What a rotation did: the current epoch now, how many keys it moved, which epochs are gone."""

    epoch: int
    keys_rewrapped: int
    epochs_destroyed: tuple[int, ...]


def rotate(connection: Vault, epochs: EpochKeys, clock: Clock, progress: Progress) -> Rotation:
    """Rotate once; what an earlier run left undone is done as well.

    Raises `KeyMissing` for an empty vault, `KeyFileUnsafe` when this machine does not hold the
    vault's epoch keys, `Tampered` for a key that does not open.
    """
    new = epochs.create(_check_current(connection, epochs) + 1)
    connection.execute(_START, (new.epoch, new.commitment, clock.now_us()), binary=True)
    moved = _rewrap_all(connection, epochs, new, progress)
    for (epoch,) in connection.execute(_RETIRING, binary=True).fetchall():
        connection.execute(_END, (epoch, clock.now_us()), binary=True)
    gone = tuple(epoch for epoch in epochs.live() if epoch < new.epoch)
    for epoch in gone:
        epochs.destroy(epoch)
    return Rotation(new.epoch, moved, gone)


def _check_current(connection: Vault, epochs: EpochKeys) -> int:
    current = vault.current_epoch(connection)
    if current is None:
        raise KeyMissing("the vault is empty: there is no epoch to rotate")
    epoch, commitment = current
    if epochs.load(epoch).commitment != commitment:
        raise KeyFileUnsafe("keys/epochs is not the folder this vault was wrapped with")
    return epoch


def _rewrap_all(connection: Vault, epochs: EpochKeys, new: EpochKey, progress: Progress) -> int:
    left = connection.execute(_LEFT, (new.epoch,), binary=True).fetchone()
    total = left[0] if left else 0
    olds: dict[int, EpochKey] = {}
    moved = 0
    start = (_FIRST, _FIRST)
    progress(moved, total)
    while page := _page(connection, new.epoch, start):
        for epoch in {row.epoch for row in page} - olds.keys():
            olds[epoch] = epochs.load(epoch)
        columns = (
            [row.place.key_id for row in page],
            [row.wrapped for row in page],
            [_rewrap(olds[row.epoch], new, row) for row in page],
        )
        done = connection.execute(_REWRAP, (*columns, new.epoch), binary=True).fetchone()
        moved += done[0] if done else 0
        start = (page[-1].place.practice_id, page[-1].place.stream_id)
        progress(moved, total)
    return moved


class _Wrapped(msgspec.Struct, frozen=True):
    place: RecordPlace
    epoch: int
    wrapped: bytes


def _page(connection: Vault, epoch: int, start: tuple[UUID, UUID]) -> list[_Wrapped]:
    asked = (epoch, *start, REWRAP_KEYS_MAX)
    rows = connection.execute(_PAGE, asked, binary=True).fetchall()
    return [_Wrapped(RecordPlace(row[0], row[1], row[2]), row[3], row[4]) for row in rows]


def _rewrap(old: EpochKey, new: EpochKey, row: _Wrapped) -> bytes:
    try:
        secret = old.unwrap(row.place, row.wrapped)
    except Tampered as error:
        raise Tampered(
            f"key {row.place.key_id} does not open: restore its row, or destroy the key"
        ) from error
    wrapped = new.wrap(row.place, secret)
    wipe(secret)
    return wrapped
