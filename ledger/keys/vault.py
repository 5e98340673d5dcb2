"""What is said to the database of the keys: static statements, and the errors they come back with.

`Connections` gives a connection for the length of a `with` block: `ConnectionPool.connection` does.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import PoolTimeout

from ledger.errors import Tampered, Unavailable
from ledger.keys.epochs import EpochKey
from ledger.postgres.practice import speaking_for

Vault: TypeAlias = Connection[TupleRow]
Connections: TypeAlias = Callable[[], AbstractContextManager[Vault]]
StreamOf: TypeAlias = tuple[UUID, UUID]  # practice id, stream id
Answer = TypeVar("Answer")

ATTEMPTS_MAX: Final = 3
DESTROYED_AT_ONCE_MAX: Final = 1_000

_ROW = (
    "SELECT k.practice_id, k.stream_id, k.key_id, k.epoch, k.wrapped, k.wrapped_sha256,"
    " k.destroyed_at_us, (SELECT generation FROM keys.generation) FROM "
)
_OF_STREAMS = (
    _ROW
    + """keys.record_keys k
JOIN unnest(%b::uuid[], %b::uuid[]) AS asked (practice_id, stream_id)
  ON k.practice_id = asked.practice_id AND k.stream_id = asked.stream_id"""
)
# By key id alone: asked for the practice as well, PostgreSQL may walk all keys of that practice.
_OF_KEYS = _ROW + "keys.record_keys k WHERE k.key_id = ANY (%b::uuid[])"
_CREATE = _ROW + "keys.create(%b::uuid[], %b::uuid[], %b::uuid[], %b::bytea[], %b, %b) k"
_NEWS = """
SELECT g.generation,
       (SELECT array_agg(e.epoch) FROM keys.epochs e WHERE e.state <> 'destroyed'),
       CASE WHEN g.generation > %b THEN ARRAY (SELECT keys.destroyed_since(%b, %b))
       ELSE '{}' END
FROM keys.generation g"""
_CURRENT = "SELECT epoch, commitment FROM keys.epochs WHERE state = 'current'"
_OPEN_FIRST = "SELECT keys.open_first_epoch(%b, %b, %b)"

STATE_DIFFERS: Final = "LG409"
_UNREACHABLE: Final = "the vault of the keys cannot be reached; try again"


class Row(msgspec.Struct, frozen=True):
    """One key as stored: `wrapped` is None once it is destroyed; `generation` is of the reading."""

    practice_id: UUID
    stream_id: UUID
    key_id: UUID
    epoch: int
    wrapped: bytes | None
    wrapped_sha256: bytes | None
    destroyed_at_us: int | None
    generation: int


class News(msgspec.Struct, frozen=True):
    """What changed in the vault: `destroyed` is None when it is too much to tell."""

    generation: int
    live_epochs: frozenset[int]
    destroyed: list[UUID] | None


class StateDiffers(Exception):  # never leaves ledger.keys
    """The vault is in another state than the caller believed: look again, and try again."""


class NewKey(msgspec.Struct, frozen=True):
    """A key to be stored: wrapped under the epoch key the whole batch is wrapped under."""

    practice_id: UUID
    stream_id: UUID
    key_id: UUID
    wrapped: bytes


def ask(
    connections: Connections,
    question: Callable[[Vault], Answer],
    practice_ids: Collection[UUID] = (),
) -> Answer:
    """Ask what may be asked twice, again after a lost connection; of keys of these practices.

    Raises `StateDiffers` when the vault says so, `Unavailable` for all else that went wrong.
    """
    for attempt in range(ATTEMPTS_MAX):
        try:
            with connections() as connection:
                if not practice_ids:
                    return question(connection)
                with speaking_for(connection, *practice_ids):
                    return question(connection)
        except PoolTimeout as error:
            raise Unavailable(_UNREACHABLE) from error
        except psycopg.OperationalError as error:
            if attempt == ATTEMPTS_MAX - 1:
                raise Unavailable(_UNREACHABLE) from error
        except psycopg.Error as error:
            if error.sqlstate == STATE_DIFFERS:
                raise StateDiffers from error
            raise Unavailable(f"the vault refused: SQLSTATE {error.sqlstate}") from error
    raise AssertionError  # the last attempt returns or raises


def of_streams(vault: Vault, streams: Sequence[StreamOf]) -> list[Row]:
    """Read the keys of streams, where there are any."""
    asked = ([practice for practice, _ in streams], [stream for _, stream in streams])
    return _rows(vault.execute(_OF_STREAMS, asked, binary=True).fetchall())


def of_keys(vault: Vault, practice_id: UUID, key_ids: Sequence[UUID]) -> list[Row]:
    """Read a practice's keys, where there are any; those of other practices cannot be seen."""
    rows = _rows(vault.execute(_OF_KEYS, (list(key_ids),), binary=True).fetchall())
    return [row for row in rows if row.practice_id == practice_id]


def create(vault: Vault, keys: Sequence[NewKey], epoch: int, now_us: int) -> list[Row]:
    """Store keys where there are none; return what stands there then, whoever made it."""
    columns = (
        [key.practice_id for key in keys],
        [key.stream_id for key in keys],
        [key.key_id for key in keys],
        [key.wrapped for key in keys],
    )
    return _rows(vault.execute(_CREATE, (*columns, epoch, now_us), binary=True).fetchall())


def news(vault: Vault, since: int) -> News:
    """Read the generation, the epochs in use and the keys destroyed after generation `since`."""
    asked = (since, since, DESTROYED_AT_ONCE_MAX + 1)
    row = vault.execute(_NEWS, asked, binary=True).fetchone()
    if row is None:
        raise Tampered("the vault has no generation; run fsck")
    generation, epochs, destroyed = row
    is_too_much = len(destroyed) > DESTROYED_AT_ONCE_MAX
    return News(generation, frozenset(epochs or ()), None if is_too_much else destroyed)


def current_epoch(vault: Vault) -> tuple[int, bytes] | None:
    """Return number and commitment of the current epoch, None for an empty vault."""
    row = vault.execute(_CURRENT, binary=True).fetchone()
    return None if row is None else (row[0], row[1])


def open_first_epoch(vault: Vault, key: EpochKey, now_us: int) -> None:
    """Begin the first epoch, unless there is one."""
    vault.execute(_OPEN_FIRST, (key.epoch, key.commitment, now_us))


def _rows(rows: Iterable[TupleRow]) -> list[Row]:
    return [Row(*row) for row in rows]
