"""What a supervisor may write: a reason to return a week, a notice that says something."""

import datetime as dt

import pytest

from aggregates.hours.refusals import HoursCode
from aggregates.hours.supervisor_entry import (
    NOTICE_LENGTH_MAX,
    REMARK_LENGTH_MAX,
    read_notice,
    read_return,
)
from aggregates.hours.week_row import ReturnReason
from aggregates.refusal import FieldsRefused


def refused(read: object, fields: dict[str, str]) -> dict[str | None, object]:
    """Return the codes that these fields are refused with, by field."""
    with pytest.raises(FieldsRefused) as caught:
        read_return(fields) if read is read_return else read_notice(fields)
    return {each.field: each.code for each in caught.value.errors}


@pytest.mark.parametrize("reason", ReturnReason)
def test_a_week_is_returned_for_one_of_the_reasons(reason: ReturnReason) -> None:
    """With a remark on one line, or none."""
    entry = read_return({"reason": reason.value, "remark": " Monday \r\n is missing "})
    assert (entry.reason, entry.remark and entry.remark.reveal()) == (reason, "Monday is missing")
    assert read_return({"reason": reason.value, "remark": "  "}).remark is None


@pytest.mark.parametrize("reason", ["", "Other", "because"])
def test_another_reason_is_none(reason: str) -> None:
    fields = {"reason": reason, "remark": "x" * (REMARK_LENGTH_MAX + 1)}
    assert refused(read_return, fields) == {
        "reason": HoursCode.RETURN_REASON_UNKNOWN,
        "remark": HoursCode.TEXT_TOO_LONG,
    }
    assert read_return({"reason": "other", "remark": "x" * REMARK_LENGTH_MAX}).remark is not None


def test_a_notice_has_a_day_and_words() -> None:
    entry = read_notice({"from_day": "2026-12-01", "text": "I am leaving."})
    assert (entry.from_day, entry.text.reveal()) == (dt.date(2026, 12, 1), "I am leaving.")
    assert refused(read_notice, {"from_day": "tomorrow", "text": " \n "}) == {
        "from_day": HoursCode.DAY_INVALID,
        "text": HoursCode.NOTICE_MISSING,
    }


@pytest.mark.parametrize("text", ["a\u200bb", "a\u202eb", "x" * (NOTICE_LENGTH_MAX + 1)])
def test_a_notice_hides_nothing_and_ends(text: str) -> None:
    """Invisible characters and more than there is room for are refused."""
    assert set(refused(read_notice, {"from_day": "2026-12-01", "text": text})) == {"text"}
