"""What a person states of their way to a licence: track, degree, registration, practicum."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from aggregates.facts import Silent
from aggregates.form import FormReading, present
from aggregates.hours.fields import (
    day_text,
    read_day_or_none,
    read_one_of,
    read_text_or_none,
    refuse_order,
    text_or_empty,
)
from aggregates.hours.refusals import HoursCode
from aggregates.private import Private

PRACTICUM_TERMS_MAX: Final = 6


class Track(StrEnum):
    """The licence: BPC 4980 and on, 4999.10 and on, 4991 and on."""

    LMFT = "lmft"
    LPCC = "lpcc"
    LCSW = "lcsw"


class WeekStart(StrEnum):
    """The day weeks begin on. The statutes define none, so a person chooses, once."""

    SUNDAY = "sunday"
    MONDAY = "monday"


class Phase(StrEnum):
    """Before or after the qualifying degree was awarded; forms keep the two apart."""

    BEFORE_DEGREE = "before-degree"
    AFTER_DEGREE = "after-degree"


class Span(Silent, frozen=True, kw_only=True):
    """Days from `first` to `last`, both included; `last` is None while it goes on."""

    first: dt.date
    last: dt.date | None = None

    def has(self, day: dt.date) -> bool:
        """Tell whether the day is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)


class Registration(NamedTuple):
    """One registration with the Board: its number, the day of issue, and its last day so far."""

    number: Private | None
    issued_on: dt.date | None
    until: dt.date | None
    is_second: bool


class EnrolmentEntry(Silent, frozen=True, kw_only=True):
    """All of it as it now stands; a day is None while it is not known or has not come.

    `units_on` is when 12 semester or 18 quarter units were completed, `application_on` when the
    Board received the application for registration, `live_scan_on` the fingerprinting that the
    90-day rule asks for, `licensure_on` when it received the application for licensure. A second
    registration follows one that could not be renewed any more.
    """

    track: Track
    week_start: WeekStart
    units_on: dt.date | None = None
    degree_on: dt.date | None = None
    application_on: dt.date | None = None
    live_scan_on: dt.date | None = None
    registration: Private | None = None
    registered_on: dt.date | None = None
    registered_until: dt.date | None = None
    licensure_on: dt.date | None = None
    practicum: tuple[Span, ...] = ()
    second_registration: Private | None = None
    second_registered_on: dt.date | None = None
    second_registered_until: dt.date | None = None

    def registration_on(self, day: dt.date) -> Registration:
        """Return the second registration once it was issued by this day, else the first one."""
        second_on = self.second_registered_on
        if second_on is not None and second_on <= day:
            until = self.second_registered_until
            return Registration(self.second_registration, second_on, until, is_second=True)
        return Registration(
            self.registration, self.registered_on, self.registered_until, is_second=False
        )

    def phase_of(self, day: dt.date) -> Phase:
        """Return the phase a day is in; the day of the award is after it."""
        is_after = self.degree_on is not None and self.degree_on <= day
        return Phase.AFTER_DEGREE if is_after else Phase.BEFORE_DEGREE


def read_enrolment(fields: Mapping[str, str]) -> EnrolmentEntry:
    """Read the form of an enrolment. Raises FieldsRefused naming its fields.

    Fields: track, week_start, units_on, degree_on, application_on, live_scan_on, registration,
    registered_on, registered_until, second_registration, second_registered_on,
    second_registered_until, licensure_on, and practicum_1_first, practicum_1_last to 6.
    """
    form = FormReading(fields)
    track = form.read("track", lambda text: read_one_of(text, Track, HoursCode.TRACK_UNKNOWN))
    week_start = form.read("week_start", lambda text: read_one_of(text, WeekStart))
    days = {name: form.read(name, read_day_or_none) for name in _DAYS}
    registration = form.read("registration", read_text_or_none)
    second_registration = form.read("second_registration", read_text_or_none)
    practicum = tuple(
        span
        for place in range(1, PRACTICUM_TERMS_MAX + 1)
        if (span := _read_span(form, place)) is not None
    )
    refuse_order(form, {name: days[name] for name in ("units_on", "degree_on")})
    refuse_order(form, {name: days[name] for name in ("registered_on", "registered_until")})
    _refuse_second(form, days, second_registration)
    form.finish()
    return EnrolmentEntry(
        track=present(track),
        week_start=present(week_start),
        registration=registration,
        second_registration=second_registration,
        practicum=practicum,
        **days,
    )


def enrolment_fields(entry: EnrolmentEntry) -> dict[str, str]:
    """Return the form that `read_enrolment` reads back as this entry; holds personal text."""
    fields = {
        "track": entry.track.value,
        "week_start": entry.week_start.value,
        "registration": text_or_empty(entry.registration),
        "second_registration": text_or_empty(entry.second_registration),
    }
    fields |= {name: day_text(getattr(entry, name)) for name in _DAYS}
    for place, span in enumerate(entry.practicum, 1):
        fields[f"practicum_{place}_first"] = day_text(span.first)
        fields[f"practicum_{place}_last"] = day_text(span.last)
    return fields


def _refuse_second(
    form: FormReading, days: Mapping[str, dt.date | None], number: Private | None
) -> None:
    """Refuse a second registration without its day of issue, or with one before the first's."""
    issued_on, until = days["second_registered_on"], days["second_registered_until"]
    if issued_on is None and (number is not None or until is not None):
        form.refuse("second_registered_on", HoursCode.DAY_INVALID)
    names = ("registered_on", "second_registered_on", "second_registered_until")
    refuse_order(form, {name: days[name] for name in names})


def _read_span(form: FormReading, place: int) -> Span | None:
    first_name, last_name = f"practicum_{place}_first", f"practicum_{place}_last"
    first = form.read(first_name, read_day_or_none)
    last = form.read(last_name, read_day_or_none)
    if first is None:
        if last is not None:
            form.refuse(first_name, HoursCode.SPAN_INCOMPLETE)
        return None
    refuse_order(form, {first_name: first, last_name: last})
    return Span(first=first, last=last)


_DAYS: Final = (
    "units_on",
    "degree_on",
    "application_on",
    "live_scan_on",
    "registered_on",
    "registered_until",
    "licensure_on",
    "second_registered_on",
    "second_registered_until",
)
