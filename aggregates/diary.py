"""Entries of a diary: logged, corrected and deleted by the one therapist whose they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar, assert_never
from uuid import UUID

from aggregates.deletion import DeletionReason
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from aggregates.refusal_code import Code

E = TypeVar("E")
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(Generic[E]):
    """A therapist logs an entry; `baa_signed` is the state of their practice."""

    entry: E
    therapist_id: UUID
    baa_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Generic[E]):
    """The same therapist tells it anew, as a whole."""

    entry: E
    therapist_id: UUID
    baa_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """The same therapist takes it out of their hours."""

    reason: DeletionReason
    remark: Private | None = None
    therapist_id: UUID
    baa_signed: bool


@dataclass(frozen=True, slots=True)
class NotLogged:
    """Nothing was said yet."""


@dataclass(frozen=True, slots=True)
class Logged(Generic[E]):
    """An entry that counts."""

    therapist_id: UUID
    entry: E


@dataclass(frozen=True, slots=True)
class Deleted:
    """An entry that no longer counts."""

    therapist_id: UUID


DiaryCommand: TypeAlias = Log[E] | Correct[E] | Delete
DiaryState: TypeAlias = NotLogged | Logged[E] | Deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[E, Fact]):
    """What one kind of entry makes of it.

    `check` raises FieldsRefused for an entry that may not be stored. The codes say that there is
    such an entry already, that there is none, and that it was deleted.
    """

    logged: Callable[[UUID, E], Fact]
    corrected: Callable[[E], Fact]
    deleted: Callable[[DeletionReason, Private | None], Fact]
    check: Callable[[E], None]
    exists: Code
    unknown: Code
    gone: Code


def decide_entry(
    kind: Kind[E, Fact], command: DiaryCommand[E], state: DiaryState[E]
) -> tuple[Fact, ...]:
    """Return what happens; raises Refused, and FieldsRefused for an entry no form would pass."""
    if not command.baa_signed:
        raise Refused(RefusalCode.BAA_NOT_SIGNED)
    match command:
        case Log(entry=entry, therapist_id=therapist_id):
            _check_new(kind, state)
            kind.check(entry)
            return (kind.logged(therapist_id, entry),)
        case Correct(entry=entry, therapist_id=therapist_id):
            if entry == _own(kind, therapist_id, state).entry:
                raise Refused(RefusalCode.NOTHING_CHANGED)
            kind.check(entry)
            return (kind.corrected(entry),)
        case Delete(reason=reason, remark=remark, therapist_id=therapist_id):
            _own(kind, therapist_id, state)
            return (kind.deleted(reason, remark),)
        case _:
            assert_never(command)


def therapist_of(state: DiaryState[E]) -> UUID:
    """Return whose entry it is, once it was logged."""
    # Version 1 of such a stream always logs it.
    assert not isinstance(state, NotLogged)
    return state.therapist_id


def _check_new(kind: Kind[E, Fact], state: DiaryState[E]) -> None:
    match state:
        case NotLogged():
            return
        case Logged():
            raise Refused(kind.exists)
        case Deleted():
            raise Refused(kind.gone)
        case _:
            assert_never(state)


def _own(kind: Kind[E, Fact], therapist_id: UUID, state: DiaryState[E]) -> Logged[E]:
    """Return the entry if it is theirs; others hear the same whether it was deleted or not."""
    match state:
        case NotLogged():
            raise Refused(kind.unknown)
        case Logged(therapist_id=owner) | Deleted(therapist_id=owner) if owner != therapist_id:
            raise Refused(RefusalCode.NOT_YOURS)
        case Deleted():
            raise Refused(kind.gone)
        case Logged():
            return state
        case _:
            assert_never(state)
