"""Reads the forms of emergency access and of holds: choices, and a remark that is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from aggregates.emergency import EmergencyReason
from aggregates.form import FormReading, present, read_choice
from aggregates.holds import HoldReason
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from aggregates.short_text import one_line

REMARK_LENGTH_MAX: Final = 200
MINUTES_CHOICES: Final = (15, 30, 60)
Reason = TypeVar("Reason", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class EmergencyForm:
    """What was filled in to ask for emergency access."""

    whose: UUID
    reason: EmergencyReason
    remark: Private | None
    minutes: int


@dataclass(frozen=True, slots=True)
class HoldForm:
    """What was filled in to place a hold."""

    whose: UUID | None
    stream_id: UUID | None
    reason: HoldReason
    remark: Private | None


def read_emergency_form(fields: Mapping[str, str]) -> EmergencyForm:
    """Read whose, reason, remark and minutes; raises FieldsRefused naming them."""
    form = FormReading(fields)
    del fields
    whose = form.read("whose", lambda text: _id_of(text, RefusalCode.EMERGENCY_WHOSE))
    reason = form.read("reason", lambda text: _reason(text, EmergencyReason))
    remark = form.read("remark", _remark)
    minutes = form.read("minutes", _minutes)
    form.finish()
    return EmergencyForm(present(whose), present(reason), _private(remark), present(minutes))


def read_hold_form(fields: Mapping[str, str]) -> HoldForm:
    """Read whose, stream_id, reason and remark; raises FieldsRefused naming them."""
    form = FormReading(fields)
    del fields
    whose = form.read("whose", lambda text: _id(text, RefusalCode.HOLD_TARGET))
    stream_id = form.read("stream_id", lambda text: _id(text, RefusalCode.HOLD_TARGET))
    reason = form.read("reason", lambda text: _reason(text, HoldReason))
    remark = form.read("remark", _remark)
    form.finish()
    return HoldForm(whose, stream_id, present(reason), _private(remark))


def _id(text: str, invalid: RefusalCode) -> UUID | None:
    return _id_of(text, invalid) if text else None


def _id_of(text: str, invalid: RefusalCode) -> UUID:
    try:
        parsed = UUID(text)
    except ValueError:
        parsed = None
    if parsed is None or str(parsed) != text:
        raise Refused(invalid)
    return parsed


def _reason(text: str, choices: type[Reason]) -> Reason:
    return read_choice(text, choices, RefusalCode.REASON_UNKNOWN)


def _minutes(text: str) -> int:
    if text not in map(str, MINUTES_CHOICES):
        raise Refused(RefusalCode.EMERGENCY_MINUTES)
    return int(text)


def _remark(text: str) -> str:
    return one_line(
        text,
        length_max=REMARK_LENGTH_MAX,
        too_long=RefusalCode.REMARK_TOO_LONG,
        hidden=RefusalCode.REMARK_HIDDEN_CHARACTERS,
    )


def _private(text: str | None) -> Private | None:
    return Private(text) if text else None
