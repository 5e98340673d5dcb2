"""The way to a licence: the form that says which one, since when, and registered how."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from aggregates.bbs.rule import Check
from aggregates.hours.enrolment_entry import (
    PRACTICUM_TERMS_MAX,
    EnrolmentEntry,
    Track,
    WeekStart,
    enrolment_fields,
    read_enrolment,
)
from web.pages.setup import stating
from web.pages.setup.restating import moves_of
from web.pages.setup.stated_form import Field, Group, Option, Shape
from web.pages.setup.stating import Known, Statement

_TRACKS: Final = (
    Option(Track.LMFT, "LMFT", "Marriage and family therapist: trainee or AMFT (BPC 4980.43)"),
    Option(Track.LPCC, "LPCC", "Professional clinical counselor: APCC (BPC 4999.46)"),
    Option(Track.LCSW, "LCSW", "Clinical social worker: ASW (BPC 4996.23)"),
)
_WEEKS: Final = (Option(WeekStart.SUNDAY, "Sunday"), Option(WeekStart.MONDAY, "Monday"))
_DEGREE: Final = Group(
    legend="Your degree",
    fields=(
        Field(
            name="units_on",
            label="12 semester or 18 quarter units completed on",
            shape=Shape.DAY,
            check=Check.TWELVE_UNITS,
            help="Hours before this day do not count. Only if you log hours as a trainee.",
        ),
        Field(
            name="degree_on",
            label="Qualifying degree awarded on",
            shape=Shape.DAY,
            check=Check.AFTER_DEGREE,
            help=(
                "The day on the diploma or transcript. Hours before and after it are counted"
                " apart. Leave it empty until it is awarded."
            ),
        ),
    ),
)
_REGISTRATION: Final = Group(
    legend="Your registration as an associate",
    fields=(
        Field(
            name="application_on",
            label="Board received your application on",
            shape=Shape.DAY,
            check=Check.NINETY_DAYS,
            help=(
                "Within 90 days of the degree, hours count from the degree on, if the Board"
                " registers you later."
            ),
        ),
        Field(
            name="live_scan_on",
            label="Live Scan for your workplace on",
            shape=Shape.DAY,
            check=Check.NINETY_DAYS,
            help=(
                "Fingerprints for the workplace, before the first hour that is to count this way."
                " Keep a copy of the form."
            ),
        ),
        Field(
            name="registration",
            label="Registration number",
            shape=Shape.TEXT,
            help="As on your pocket card, such as AMFT 140000. It is printed on your weekly logs.",
        ),
        Field(
            name="registered_on",
            label="Registered since",
            shape=Shape.DAY,
            check=Check.REGISTERED,
            help="The day of issue. Hours after the degree need an active registration.",
        ),
        Field(
            name="registered_until",
            label="Registration expires on",
            shape=Shape.DAY,
            check=Check.REGISTRATION_AGE,
            help="Hours after this day do not count until you renew it. Please change it then.",
        ),
    ),
)
_SECOND: Final = Group(
    legend="A second registration number",
    help="Only if the first could not be renewed any more and the Board issued you another.",
    fields=(
        Field(
            name="second_registration",
            label="Second number",
            shape=Shape.TEXT,
            check=Check.REGISTRATION_AGE,
            help="Under it no hours count in a private practice or professional corporation.",
        ),
        Field(
            name="second_registered_on",
            label="Second number issued on",
            shape=Shape.DAY,
            check=Check.REGISTRATION_AGE,
            help="Hours after the end of the first number count from this day on.",
        ),
        Field(
            name="second_registered_until",
            label="Second number expires on",
            shape=Shape.DAY,
            check=Check.REGISTERED,
            help="Hours after this day do not count until you renew it. Please change it then.",
        ),
    ),
)
_LICENSURE: Final = Group(
    legend="Your application for the licence",
    fields=(
        Field(
            name="licensure_on",
            label="Board received it on",
            shape=Shape.DAY,
            check=Check.SIX_YEARS,
            help="Hours count for six years before this day. Leave it empty until you apply.",
        ),
    ),
)


async def show(request: Request) -> Response:
    """Answer `GET /setup/enrolment`."""
    return await stating.show(request, STATEMENT)


async def state(request: Request) -> Response:
    """Answer `POST /setup/enrolment`."""
    return await stating.state(request, STATEMENT)


def _groups(known: Known) -> tuple[Group, ...]:
    week_help = (
        "A week is signed, so weeks keep beginning on the day they begin now."
        if known.setup.is_week_start_fixed
        else "No statute says it; your supervisor's habit is a good choice."
        " It stays as it is once a week is signed."
    )
    licence = Group(
        legend="The licence you are working towards",
        fields=(
            Field(
                name="track", label="Licence", shape=Shape.CHOICE, options=_TRACKS, is_needed=True
            ),
            Field(
                name="week_start",
                label="Your weeks begin on",
                shape=Shape.CHOICE,
                options=_WEEKS,
                check=Check.WEEK_DEFINED,
                help=week_help,
                is_needed=True,
            ),
        ),
    )
    return licence, _DEGREE, _REGISTRATION, _SECOND, _practicum(known.values), _LICENSURE


def _practicum(values: Mapping[str, str]) -> Group:
    """Return two more terms than are filled in, so that there is always room."""
    told = (
        place
        for place in range(1, PRACTICUM_TERMS_MAX + 1)
        if values.get(f"practicum_{place}_first") or values.get(f"practicum_{place}_last")
    )
    shown = min(max(told, default=0) + 2, PRACTICUM_TERMS_MAX)
    fields: list[Field] = []
    for place in range(1, shown + 1):
        first, last = f"practicum_{place}_first", f"practicum_{place}_last"
        fields.append(Field(name=first, label=f"Term {place}, first day", shape=Shape.DAY))
        fields.append(Field(name=last, label=f"Term {place}, last day", shape=Shape.DAY))
    return Group(
        legend="Practicum, term by term",
        help=(
            "Trainees counsel while enrolled in practicum, or in a gap of fewer than 90 days"
            " between two terms (LMFT: BPC 4980.42(c)). Leave the last day empty while it goes on."
        ),
        fields=tuple(fields),
    )


_WORDS: Final = {
    "track": "Licence",
    "week_start": "Weeks begin on",
    "units_on": "12 or 18 units",
    "degree_on": "Degree",
    "application_on": "Application received",
    "live_scan_on": "Live Scan",
    "registration": "Registration number",
    "registered_on": "Registered since",
    "registered_until": "Registration expires",
    "second_registration": "Second number",
    "second_registered_on": "Second issued",
    "second_registered_until": "Second expires",
    "practicum": "Practicum",
    "licensure_on": "Licence application",
}

STATEMENT: Final[Statement[EnrolmentEntry]] = Statement(
    title="Your way to a licence",
    title_new="Your way to a licence",
    read=read_enrolment,
    fields=enrolment_fields,
    groups=_groups,
    found=lambda setup, _: setup.enrolment,
    blank={"week_start": WeekStart.SUNDAY.value},
    history=lambda histories: histories.enrolment,
    words=_WORDS,
    only=lambda setup: setup.enrolment_id,
    state=lambda hours, actor, _, said, command_id, moves: hours.state_enrolment(
        actor, said, command_id, moves.counted
    ),
    moves=moves_of,
)
