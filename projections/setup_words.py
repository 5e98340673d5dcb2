"""Says in plain words what a person states of their setup, field by field."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from aggregates.hours.enrolment_entry import EnrolmentEntry, Span
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision_entry import Suitability, SupervisionEntry, Tie
from aggregates.hours.week_statement import LICENCES
from aggregates.private import Private
from projections.plain_words import say_day

KINDS: Final[Mapping[SettingKind, str]] = {
    SettingKind.EXEMPT: "Exempt setting",
    SettingKind.NONEXEMPT_OTHER: "Nonexempt, no private practice",
    SettingKind.PRIVATE_PRACTICE: "Private practice",
    SettingKind.PROFESSIONAL_CORPORATION: "Professional corporation",
}
EMPLOYMENTS: Final[Mapping[Employment, str]] = {
    Employment.EMPLOYEE: "Employee",
    Employment.VOLUNTEER: "Volunteer",
    Employment.CONTRACTOR: "Contractor",
}
SUITABILITIES: Final[Mapping[Suitability, str]] = {
    Suitability.NOT_ASSESSED: "Not assessed yet",
    Suitability.SUITABLE: "Found appropriate",
    Suitability.UNSUITABLE: "Found inappropriate",
}
TIES: Final[Mapping[Tie, str]] = {
    Tie.EMPLOYEE: "Employed by it",
    Tie.CONTRACTOR: "Contracted by it",
    Tie.OWNER: "Owns it",
    Tie.NONE: "None of these",
}
_EMPTY: Final = "not stated"


def say_enrolment(entry: EnrolmentEntry) -> dict[str, str]:
    """Return its fields, in the order of the form."""
    return {
        "track": entry.track.value.upper(),
        "week_start": entry.week_start.value.capitalize(),
        "units_on": _day(entry.units_on),
        "degree_on": _day(entry.degree_on),
        "application_on": _day(entry.application_on),
        "live_scan_on": _day(entry.live_scan_on),
        "registration": _text(entry.registration),
        "registered_on": _day(entry.registered_on),
        "registered_until": _day(entry.registered_until),
        "second_registration": _text(entry.second_registration),
        "second_registered_on": _day(entry.second_registered_on),
        "second_registered_until": _day(entry.second_registered_until),
        "practicum": "; ".join(map(_span, entry.practicum)) or _EMPTY,
        "licensure_on": _day(entry.licensure_on),
    }


def say_setting(entry: SettingEntry) -> dict[str, str]:
    """Return its fields, in the order of the form."""
    return {
        "name": entry.name.reveal(),
        "address": _text(entry.address),
        "kind": KINDS[entry.kind],
        "is_lawful": _yes(entry.is_lawful),
        "employment": EMPLOYMENTS[entry.employment],
        "w2_years": ", ".join(map(str, entry.w2_years)) or _EMPTY,
        "pay_stub_on": _day(entry.pay_stub_on),
        "employer_letter_on": _day(entry.employer_letter_on),
        "school_agreement_on": _day(entry.school_agreement_on),
    }


def say_supervision(entry: SupervisionEntry) -> dict[str, str]:
    """Return its fields, in the order of the form.

    Setting and member are told by their ids: their names are elsewhere.
    """
    return {
        "setting_id": str(entry.setting_id),
        "supervisor_id": "" if entry.supervisor_id is None else str(entry.supervisor_id),
        "supervisor_name": entry.supervisor_name.reveal(),
        "starts_on": _day(entry.starts_on),
        "ends_on": _day(entry.ends_on),
        "licence": LICENCES[entry.licence],
        "licence_number": entry.licence_number.reveal(),
        "licence_from": _day(entry.licence_from),
        "licence_until": _day(entry.licence_until),
        "is_qualified": _yes(entry.is_qualified),
        "is_related": _yes(entry.is_related),
        "agreement_on": _day(entry.agreement_on),
        "needs_oversight": _yes(entry.needs_oversight),
        "oversight_on": _day(entry.oversight_on),
        "tie": _EMPTY if entry.tie is None else TIES[entry.tie],
        "has_record_access": _yes(entry.has_record_access),
        "meets_alone": _yes(entry.meets_alone),
        "video": SUITABILITIES[entry.video],
        "video_assessed_on": _day(entry.video_assessed_on),
    }


def _day(day: dt.date | None) -> str:
    return _EMPTY if day is None else say_day(day)


def _text(text: Private | None) -> str:
    return _EMPTY if text is None else text.reveal()


def _yes(value: bool) -> str:  # noqa: FBT001 -- a value, not a switch
    return "yes" if value else "no"


def _span(span: Span) -> str:
    end = f"to {say_day(span.last)}" if span.last else "and going on"
    return f"{say_day(span.first)} {end}"
