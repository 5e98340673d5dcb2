"""Shredding: a key's destruction is ordered, then done, then told with its evidence (STYLE 2.7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from aggregates.decider import Decider
from aggregates.facts import ClearFact
from aggregates.refusal import RefusalCode, Refused

SHA256_BYTES: Final = 32


class ShredReason(StrEnum):
    """Why a key goes."""

    RETENTION_ELAPSED = "retention-elapsed"
    DELETION_REQUESTED = "deletion-requested"
    ACCOUNT_CLOSED = "account-closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShredding:
    """Say that the key of a stream is to be destroyed, before touching it."""

    stream_id: UUID
    key_id: UUID
    reason: ShredReason


@dataclass(frozen=True, slots=True, kw_only=True)
class TellShredding:
    """Say that the key is gone, with the evidence of the key store.

    `wrapped_sha256` is of the wrapped key that was destroyed, `key_epoch` the epoch it was wrapped
    under, `destroyed_at_us` microseconds since 1970 UTC. ValueError unless the hash has 32 bytes.
    """

    stream_id: UUID
    key_id: UUID
    wrapped_sha256: bytes
    key_epoch: int
    destroyed_at_us: int

    def __post_init__(self) -> None:
        if len(self.wrapped_sha256) != SHA256_BYTES:
            raise ValueError("a SHA-256 has 32 bytes")


ShreddingCommand: TypeAlias = OrderShredding | TellShredding


class ShredOrdered(ClearFact, frozen=True, kw_only=True, tag="shred-ordered.v1"):
    """The key of this stream is to be destroyed."""

    stream_id: UUID
    key_id: UUID
    reason: ShredReason


class KeyShredded(ClearFact, frozen=True, kw_only=True, tag="key-shredded.v1"):
    """The key is destroyed; whatever it sealed cannot be read again by anybody."""

    stream_id: UUID
    key_id: UUID
    wrapped_sha256: bytes
    key_epoch: int
    destroyed_at_us: int


ShreddingFact: TypeAlias = ShredOrdered | KeyShredded


@dataclass(frozen=True, slots=True)
class ShreddingState:
    """The stream each ordered key belongs to, and the keys that are gone."""

    streams: Mapping[UUID, UUID] = field(default_factory=lambda: MappingProxyType({}))
    destroyed: frozenset[UUID] = frozenset()

    @property
    def unfinished(self) -> tuple[UUID, ...]:
        """The keys ordered and not yet told destroyed, oldest first: where a sweep resumes."""
        return tuple(key_id for key_id in self.streams if key_id not in self.destroyed)


def decide(command: ShreddingCommand, state: ShreddingState) -> tuple[ShreddingFact, ...]:
    """Return what is new, and nothing when the step was done before; raises Refused."""
    known_stream = state.streams.get(command.key_id)
    if known_stream is not None and known_stream != command.stream_id:
        raise Refused(RefusalCode.SHRED_MISMATCH)
    match command:
        case OrderShredding():
            return () if known_stream else (_ordered(command),)
        case TellShredding():
            if known_stream is None:
                raise Refused(RefusalCode.SHRED_NOT_ORDERED)
            return () if command.key_id in state.destroyed else (_shredded(command),)
        case _:
            assert_never(command)


def evolve(state: ShreddingState, fact: ShreddingFact) -> ShreddingState:
    """Follow what happened."""
    match fact:
        case ShredOrdered(stream_id=stream_id, key_id=key_id):
            streams = MappingProxyType({**state.streams, key_id: stream_id})
            return ShreddingState(streams, state.destroyed)
        case KeyShredded(key_id=key_id):
            return ShreddingState(state.streams, state.destroyed | {key_id})
        case _:
            assert_never(fact)


def _ordered(command: OrderShredding) -> ShredOrdered:
    return ShredOrdered(stream_id=command.stream_id, key_id=command.key_id, reason=command.reason)


def _shredded(command: TellShredding) -> KeyShredded:
    return KeyShredded(
        stream_id=command.stream_id,
        key_id=command.key_id,
        wrapped_sha256=command.wrapped_sha256,
        key_epoch=command.key_epoch,
        destroyed_at_us=command.destroyed_at_us,
    )


SHREDDING: Decider[ShreddingCommand, ShreddingState, ShreddingFact] = Decider(
    initial=ShreddingState(), decide=decide, evolve=evolve
)
