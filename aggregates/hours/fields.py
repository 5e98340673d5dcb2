"""Fields that the forms of hours have in common: days, texts, choices, yes or no."""

import datetime as dt
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from aggregates.form import FormReading, read_choice
from aggregates.hours.refusals import HoursCode
from aggregates.private import Private
from aggregates.refusal import Refused
from aggregates.refusal_code import Code
from aggregates.short_text import one_line

Choice = TypeVar("Choice", bound=StrEnum)

TEXT_LENGTH_MAX: Final = 120
YEAR_MIN: Final = 1950
YEAR_MAX: Final = 2150
YEARS_MAX: Final = 20
_YEAR: Final = re.compile("[0-9]{4}")


def read_day(text: str) -> dt.date:
    """Return the day written as YYYY-MM-DD. Raises Refused."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if day.isoformat() != text or not YEAR_MIN <= day.year <= YEAR_MAX:
        raise Refused(HoursCode.DAY_INVALID)
    return day


def read_day_or_none(text: str) -> dt.date | None:
    """Return the day, None for an empty field. Raises Refused."""
    return read_day(text) if text else None


def read_years(text: str) -> tuple[int, ...]:
    """Return the years, each once and in order, written apart by spaces or commas. Raises Refused.

    An empty field is none.
    """
    words = text.replace(",", " ").split()
    if len(words) > YEARS_MAX or not all(_YEAR.fullmatch(word) for word in words):
        raise Refused(HoursCode.YEARS_INVALID)
    years = tuple(sorted({int(word) for word in words}))
    if not all(YEAR_MIN <= year <= YEAR_MAX for year in years):
        raise Refused(HoursCode.YEARS_INVALID)
    return years


def read_text(text: str) -> Private:
    """Return a line of 1 to 120 characters. Raises Refused."""
    read = read_text_or_none(text)
    if read is None:
        raise Refused(HoursCode.TEXT_MISSING)
    return read


def read_text_or_none(text: str) -> Private | None:
    """Return a line of at most 120 characters, None for an empty one. Raises Refused."""
    line = one_line(
        text,
        length_max=TEXT_LENGTH_MAX,
        too_long=HoursCode.TEXT_TOO_LONG,
        hidden=HoursCode.TEXT_HIDDEN_CHARACTERS,
    )
    return Private(line) if line else None


def read_one_of(
    text: str, choices: type[Choice], unknown: Code = HoursCode.CHOICE_UNKNOWN
) -> Choice:
    """Return the choice of this value. Raises Refused."""
    return read_choice(text, choices, unknown)


def read_one_of_or_none(text: str, choices: type[Choice]) -> Choice | None:
    """Return the choice of this value, None for an empty field. Raises Refused."""
    return read_one_of(text, choices) if text else None


def read_yes(text: str) -> bool:
    """Return whether a box is ticked: "yes", or nothing at all. Raises Refused."""
    if text not in ("", "yes"):
        raise Refused(HoursCode.CHOICE_UNKNOWN)
    return text == "yes"


def read_id(text: str, unknown: Code) -> UUID:
    """Return the id of something chosen from a list. Raises Refused with the code handed in."""
    try:
        return UUID(text)
    except ValueError:
        raise Refused(unknown) from None


def read_id_or_none(text: str, unknown: Code) -> UUID | None:
    """Return the id, None for an empty field. Raises Refused with the code handed in."""
    return read_id(text, unknown) if text else None


def refuse_order(form: FormReading, days: Mapping[str, dt.date | None]) -> None:
    """Refuse the later field of two days that are given in the wrong order.

    `days` are in the order they should have in time, by the names of their fields; one that is
    missing says nothing.
    """
    before: dt.date | None = None
    for field, day in days.items():
        if day is None:
            continue
        if before is not None and day < before:
            form.refuse(field, HoursCode.DAY_ORDER)
        before = day


def day_text(day: dt.date | None) -> str:
    """Return what `read_day_or_none` reads back."""
    return "" if day is None else day.isoformat()


def years_text(years: tuple[int, ...]) -> str:
    """Return what `read_years` reads back."""
    return " ".join(map(str, years))


def yes_text(value: bool) -> str:  # noqa: FBT001 -- a value, not a switch
    """Return what `read_yes` reads back."""
    return "yes" if value else ""


def text_or_empty(text: Private | None) -> str:
    """Return what `read_text_or_none` reads back; opens personal text."""
    return "" if text is None else text.reveal()


def id_text(value: UUID | None) -> str:
    """Return what `read_id_or_none` reads back."""
    return "" if value is None else str(value)
