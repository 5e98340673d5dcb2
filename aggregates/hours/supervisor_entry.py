"""What a supervisor writes to a supervisee: why a week goes back, or that signing will end."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from aggregates.facts import Silent
from aggregates.form import FormReading, present
from aggregates.hours.fields import read_day, read_one_of
from aggregates.hours.refusals import HoursCode
from aggregates.hours.week_row import ReturnReason
from aggregates.private import Private
from aggregates.refusal import Refused
from aggregates.short_text import one_line

REMARK_LENGTH_MAX: Final = 200
NOTICE_LENGTH_MAX: Final = 500


class ReturnEntry(Silent, frozen=True, kw_only=True):
    """A reason, and a remark or None."""

    reason: ReturnReason
    remark: Private | None = None


class NoticeEntry(Silent, frozen=True, kw_only=True):
    """From which day on no hours will be signed, and what is written to the supervisee."""

    from_day: dt.date
    text: Private


def read_return(fields: Mapping[str, str]) -> ReturnEntry:
    """Read the form fields reason and remark. Raises FieldsRefused naming them."""
    form = FormReading(fields)
    reason = form.read(
        "reason", lambda text: read_one_of(text, ReturnReason, HoursCode.RETURN_REASON_UNKNOWN)
    )
    remark = form.read("remark", lambda text: _read_lines(text, REMARK_LENGTH_MAX))
    form.finish()
    return ReturnEntry(reason=present(reason), remark=Private(remark) if remark else None)


def read_notice(fields: Mapping[str, str]) -> NoticeEntry:
    """Read the form fields from_day and text. Raises FieldsRefused naming them."""
    form = FormReading(fields)
    from_day = form.read("from_day", read_day)
    text = form.read("text", _read_notice)
    form.finish()
    return NoticeEntry(from_day=present(from_day), text=Private(present(text)))


def _read_notice(text: str) -> str:
    read = _read_lines(text, NOTICE_LENGTH_MAX)
    if not read:
        raise Refused(HoursCode.NOTICE_MISSING)
    return read


def _read_lines(text: str, length_max: int) -> str:
    """Return the text on one line: the ends of lines become spaces."""
    return one_line(
        " ".join(text.split()),
        length_max=length_max,
        too_long=HoursCode.TEXT_TOO_LONG,
        hidden=HoursCode.TEXT_HIDDEN_CHARACTERS,
    )
