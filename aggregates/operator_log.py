"""The operator's own log, slot 0: begun once, then what whoever runs the service changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias, assert_never

from aggregates.decider import Decider
from aggregates.facts import ClearFact, SealedFact, Silent

SETTINGS_MAX: Final = 200
SETTING_LENGTH_MAX: Final = 256
AROUND_BYTES_MAX: Final = 64


class OperatorAct(StrEnum):
    """What an operator can do that changes something, but for the settings."""

    PRACTICE_OPENED = "practice-opened"
    EPOCH_ROTATED = "epoch-rotated"
    EPOCH_DESTROYED = "epoch-destroyed"
    CATALOGUE_ACCEPTED = "catalogue-accepted"
    READ_MODEL_REBUILT = "read-model-rebuilt"


@dataclass(frozen=True, slots=True)
class OpenOperatorLog:
    """The service starts on a database that holds nothing yet."""


@dataclass(frozen=True, slots=True)
class NoteSettings:
    """The service starts with these settings: names and values that are nobody's secret.

    ValueError for too many or too long ones: they come from a closed list of our own.
    """

    values: Mapping[str, str]

    def __post_init__(self) -> None:
        if len(self.values) > SETTINGS_MAX or any(
            len(text) > SETTING_LENGTH_MAX for pair in self.values.items() for text in pair
        ):
            raise ValueError("settings on record are few and short")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAct:
    """An operator is about to do this: `before` and `after` are ids or hashes, empty for none."""

    act: OperatorAct
    before: bytes = b""
    after: bytes = b""

    def __post_init__(self) -> None:
        if max(len(self.before), len(self.after)) > AROUND_BYTES_MAX:
            raise ValueError("an act is told by ids and hashes")


OperatorCommand: TypeAlias = OpenOperatorLog | NoteSettings | NoteAct


class OperatorLogOpened(ClearFact, frozen=True, kw_only=True, tag="operator-log-opened.v1"):
    """The operator's log begins; it takes slot 0 and holds no client data."""


class SettingChange(Silent, frozen=True, kw_only=True):
    """A setting before and after; None where it was not on record, or is no more."""

    name: str
    before: str | None
    after: str | None


class SettingsChanged(SealedFact, frozen=True, kw_only=True, tag="settings-changed.v1"):
    """The service was started with other settings than those last on record."""

    changes: tuple[SettingChange, ...]


class OperatorActed(ClearFact, frozen=True, kw_only=True, tag="operator-acted.v1"):
    """An operator did this, or was about to: it is written first."""

    act: OperatorAct
    before: bytes
    after: bytes


OperatorFact: TypeAlias = OperatorLogOpened | SettingsChanged | OperatorActed


@dataclass(frozen=True, slots=True)
class OperatorLog:
    """Whether the log was begun, and the settings that were last on record."""

    is_open: bool = False
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def decide(command: OperatorCommand, state: OperatorLog) -> tuple[OperatorFact, ...]:
    """Return what is new; nothing for a log that is open, or settings that stayed the same."""
    match command:
        case OpenOperatorLog():
            return () if state.is_open else (OperatorLogOpened(),)
        case NoteSettings(values=values):
            changes = _changes(state.settings, values)
            return (SettingsChanged(changes=changes),) if changes else ()
        case NoteAct(act=act, before=before, after=after):
            return (OperatorActed(act=act, before=before, after=after),)
        case _:
            assert_never(command)


def evolve(state: OperatorLog, fact: OperatorFact) -> OperatorLog:
    """Follow what happened."""
    match fact:
        case OperatorLogOpened():
            return replace(state, is_open=True)
        case SettingsChanged(changes=changes):
            known = dict(state.settings)
            for each in changes:
                known.pop(each.name, None)
                if each.after is not None:
                    known[each.name] = each.after
            return replace(state, settings=MappingProxyType(known))
        case OperatorActed():
            return state
        case _:
            assert_never(fact)


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[SettingChange, ...]:
    names = sorted(before.keys() | after.keys())
    told = (SettingChange(name=n, before=before.get(n), after=after.get(n)) for n in names)
    return tuple(each for each in told if each.before != each.after)


OPERATOR_LOG: Decider[OperatorCommand, OperatorLog, OperatorFact] = Decider(
    initial=OperatorLog(), decide=decide, evolve=evolve
)
