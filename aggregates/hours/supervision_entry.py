"""What a person states of a supervision: who, where, since when, and the papers it needs."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from aggregates.facts import Silent
from aggregates.form import FormReading, present
from aggregates.hours.fields import (
    day_text,
    id_text,
    read_day,
    read_day_or_none,
    read_id,
    read_id_or_none,
    read_one_of,
    read_one_of_or_none,
    read_text,
    read_yes,
    refuse_order,
    yes_text,
)
from aggregates.hours.refusals import HoursCode
from aggregates.private import Private


class Licence(StrEnum):
    """The supervisor's licence (BPC 4980.03(g), 4996.20(a), 4999.12)."""

    LMFT = "lmft"
    LCSW = "lcsw"
    LPCC = "lpcc"
    LEP = "lep"
    PSYCHOLOGIST = "psychologist"
    PSYCHIATRIST = "psychiatrist"


class Suitability(StrEnum):
    """What the assessment of supervision by video came to (BPC 4980.43.2(d))."""

    NOT_ASSESSED = "not-assessed"
    SUITABLE = "suitable"
    UNSUITABLE = "unsuitable"


class Tie(StrEnum):
    """What the supervisor is to the employer: one of the first three in a private practice."""

    EMPLOYEE = "employee"
    CONTRACTOR = "contractor"
    OWNER = "owner"
    NONE = "none"


class SupervisionEntry(Silent, frozen=True, kw_only=True):
    """All of it as it now stands; one supervisor at one setting.

    `supervisor_id` is the member of the practice who signs, None while they are none.
    `licence_from` and `licence_until` bound the days on which the licence was seen to be current
    and active. `meets_alone` says that they meet one to one or in threes, which counts towards the
    supervisor's six. `needs_oversight` is for a supervisor who is not employed there or is a
    volunteer. Private practices need two things (BPC 4980.43.4(b)): `tie`, None while it is not
    stated, and `has_record_access`, for a supervisor who sees clients there or may see the records.
    Statements without a tie are older than it: then the box stood for both, in fewer words.
    """

    setting_id: UUID
    supervisor_id: UUID | None
    supervisor_name: Private
    licence: Licence
    licence_number: Private
    licence_from: dt.date
    licence_until: dt.date | None
    starts_on: dt.date
    ends_on: dt.date | None = None
    meets_alone: bool = True
    is_qualified: bool = True
    is_related: bool = False
    has_record_access: bool = False
    agreement_on: dt.date | None = None
    needs_oversight: bool = False
    oversight_on: dt.date | None = None
    video: Suitability = Suitability.NOT_ASSESSED
    video_assessed_on: dt.date | None = None
    tie: Tie | None = None


_DAYS: Final = ("licence_until", "ends_on", "agreement_on", "oversight_on", "video_assessed_on")
_YES: Final = (
    "meets_alone",
    "is_qualified",
    "is_related",
    "has_record_access",
    "needs_oversight",
)


def read_supervision(fields: Mapping[str, str]) -> SupervisionEntry:
    """Read the form of a supervision. Raises FieldsRefused naming its fields.

    Fields are named as those of `SupervisionEntry`; boxes are "yes" or empty.
    """
    form = FormReading(fields)
    setting_id = form.read("setting_id", lambda text: read_id(text, HoursCode.SETTING_UNKNOWN))
    supervisor_id = form.read(
        "supervisor_id", lambda text: read_id_or_none(text, HoursCode.SUPERVISOR_UNKNOWN)
    )
    supervisor_name = form.read("supervisor_name", read_text)
    licence = form.read("licence", lambda text: read_one_of(text, Licence))
    licence_number = form.read("licence_number", read_text)
    licence_from = form.read("licence_from", read_day)
    starts_on = form.read("starts_on", read_day)
    video = form.read("video", lambda text: read_one_of(text, Suitability))
    tie = form.read("tie", lambda text: read_one_of_or_none(text, Tie))
    days = {name: form.read(name, read_day_or_none) for name in _DAYS}
    ticked = {name: form.read(name, read_yes) is True for name in _YES}
    refuse_order(form, {"starts_on": starts_on, "ends_on": days["ends_on"]})
    refuse_order(form, {"licence_from": licence_from, "licence_until": days["licence_until"]})
    form.finish()
    return SupervisionEntry(
        setting_id=present(setting_id),
        supervisor_id=supervisor_id,
        supervisor_name=present(supervisor_name),
        licence=present(licence),
        licence_number=present(licence_number),
        licence_from=present(licence_from),
        starts_on=present(starts_on),
        video=present(video),
        licence_until=days["licence_until"],
        ends_on=days["ends_on"],
        agreement_on=days["agreement_on"],
        oversight_on=days["oversight_on"],
        video_assessed_on=days["video_assessed_on"],
        tie=tie,
        **ticked,
    )


def supervision_fields(entry: SupervisionEntry) -> dict[str, str]:
    """Return the form that `read_supervision` reads back as this entry; holds personal text."""
    fields = {
        "setting_id": str(entry.setting_id),
        "supervisor_id": id_text(entry.supervisor_id),
        "supervisor_name": entry.supervisor_name.reveal(),
        "licence": entry.licence.value,
        "licence_number": entry.licence_number.reveal(),
        "licence_from": day_text(entry.licence_from),
        "starts_on": day_text(entry.starts_on),
        "video": entry.video.value,
        "tie": "" if entry.tie is None else entry.tie.value,
    }
    fields |= {name: day_text(getattr(entry, name)) for name in _DAYS}
    return fields | {name: yes_text(getattr(entry, name)) for name in _YES}
