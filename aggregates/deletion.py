"""Why a session is deleted: a choice, and a remark in the therapist's own words if they like."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from aggregates.facts import Silent
from aggregates.form import FormReading, present, read_choice
from aggregates.private import Private
from aggregates.refusal import RefusalCode
from aggregates.short_text import one_line

REMARK_LENGTH_MAX: Final = 200


class DeletionReason(StrEnum):
    """Why."""

    ENTERED_TWICE = "entered-twice"
    DID_NOT_HAPPEN = "did-not-happen"
    WRONG_CLIENT = "wrong-client"
    OTHER = "other"


class Deletion(Silent, frozen=True, kw_only=True):
    """A reason, and a remark or None."""

    reason: DeletionReason
    remark: Private | None = None


def read_deletion(fields: Mapping[str, str]) -> Deletion:
    """Read the form fields reason and remark; raises FieldsRefused naming them."""
    form = FormReading(fields)
    del fields
    reason = form.read("reason", _read_reason)
    remark = form.read("remark", _read_remark)
    form.finish()
    return Deletion(reason=present(reason), remark=Private(remark) if remark else None)


def _read_reason(text: str) -> DeletionReason:
    return read_choice(text, DeletionReason, RefusalCode.REASON_UNKNOWN)


def _read_remark(text: str) -> str:
    return one_line(
        text,
        length_max=REMARK_LENGTH_MAX,
        too_long=RefusalCode.REMARK_TOO_LONG,
        hidden=RefusalCode.REMARK_HIDDEN_CHARACTERS,
    )
