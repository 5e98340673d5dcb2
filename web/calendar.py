"""Weeks, days and times of day in words: what a person reads instead of 540 and 2026-11-24."""

import datetime as dt
from typing import Final

from aggregates.week import WEEK_DAYS

WEEK: Final = dt.timedelta(days=WEEK_DAYS)
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_NOON_HOUR: Final = 12
_MINUTES_AN_HOUR: Final = 60


def days_of_week(first_day: dt.date) -> list[dt.date]:
    """Return the seven days from `first_day`."""
    return [first_day + dt.timedelta(days=offset) for offset in range(WEEK_DAYS)]


def day_in_words(day: dt.date) -> str:
    """`Tuesday, November 24`."""
    return f"{_WEEKDAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {day.day}"


def day_with_year(day: dt.date) -> str:
    """`Tuesday, November 24, 2026`."""
    return f"{day_in_words(day)}, {day.year}"


def week_in_words(first_day: dt.date) -> str:
    """`November 22 - 28, 2026`, with the second month or year where it differs."""
    last_day = first_day + dt.timedelta(days=WEEK_DAYS - 1)
    start = f"{_MONTHS[first_day.month - 1]} {first_day.day}"
    end = str(last_day.day)
    if last_day.month != first_day.month:
        end = f"{_MONTHS[last_day.month - 1]} {end}"
    if last_day.year != first_day.year:
        start = f"{start}, {first_day.year}"
    return f"{start} \N{EN DASH} {end}, {last_day.year}"


def time_of_day(minute: int) -> str:
    """`9:05 am`, from minutes after midnight."""
    hour, minutes = divmod(minute, _MINUTES_AN_HOUR)
    half = "am" if hour < _NOON_HOUR else "pm"
    return f"{hour % _NOON_HOUR or _NOON_HOUR}:{minutes:02}\N{NO-BREAK SPACE}{half}"


def clock(moment: dt.datetime) -> str:
    """`9:05 am`, of a moment where the reader is."""
    return time_of_day(moment.hour * _MINUTES_AN_HOUR + moment.minute)


def clock_with_seconds(moment: dt.datetime) -> str:
    """`9:05:07 am`, of a moment where the reader is."""
    time, half = clock(moment).split("\N{NO-BREAK SPACE}")
    return f"{time}:{moment.second:02}\N{NO-BREAK SPACE}{half}"


def day_and_time(moment_us: int, zone: dt.tzinfo) -> str:
    """`2026-11-24 9:05:07 am`, from microseconds since 1970 UTC."""
    moment = local_time(moment_us, zone)
    return f"{moment:%Y-%m-%d} {clock_with_seconds(moment)}"


def length(minutes: int) -> str:
    """`50 min`, `1 h`, `1 h 30 min`."""
    hours, rest = divmod(minutes, _MINUTES_AN_HOUR)
    parts = [f"{hours}\N{NO-BREAK SPACE}h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}\N{NO-BREAK SPACE}min")
    return " ".join(parts)


def local_time(moment_us: int, zone: dt.tzinfo) -> dt.datetime:
    """Return a moment (microseconds since 1970 UTC) where the reader is."""
    return dt.datetime.fromtimestamp(moment_us / 1_000_000, zone)


def month_in_short(day: dt.date) -> str:
    """`Nov`, of any day of it."""
    return _MONTHS[day.month - 1][:3]


def month_with_year(day: dt.date) -> str:
    """`November 2026`, of any day of it."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def day_in_short(day: dt.date) -> str:
    """`Nov 24, 2026`."""
    return f"{month_in_short(day)} {day.day}, {day.year}"
