"""What a therapist says about one session, read from a form and checked field by field."""

import datetime as dt
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from aggregates.alias import read_alias
from aggregates.facts import Silent
from aggregates.form import FormReading, present, read_choice
from aggregates.hours.fields import read_id_or_none
from aggregates.hours.refusals import HoursCode
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from aggregates.short_text import one_line

MINUTES_MAX: Final = 600
DAY_MINUTES: Final = 24 * 60
SETTING_LENGTH_MAX: Final = 80
KEPT_YEARS: Final = 7

_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


class Modality(StrEnum):
    """How they met."""

    IN_PERSON = "in-person"
    VIDEO = "video"
    PHONE = "phone"


class Participants(StrEnum):
    """Who took part."""

    INDIVIDUAL = "individual"
    COUPLE = "couple"
    FAMILY = "family"
    CHILD = "child"
    GROUP = "group"


class Service(StrEnum):
    """What was done; clinical social work keeps psychotherapy apart (BPC 4996.23(d)(2))."""

    PSYCHOTHERAPY = "psychotherapy"
    ASSESSMENT = "assessment"
    OTHER_CLINICAL = "other-clinical"


class SessionEntry(Silent, frozen=True, kw_only=True):
    """One session as its therapist tells it; `start_minute` after midnight, local time.

    The alias is initials (`J.D.`), numbered initials (`J.D.2`) or a neutral code (`C-001`).
    `supervision_id` is under which supervision it counts, None where none was chosen.
    """

    date: dt.date
    start_minute: int
    minutes: int
    setting: Private
    alias: Private
    modality: Modality
    participants: Participants
    supervision_id: UUID | None = None
    service: Service | None = None


def read_entry(fields: Mapping[str, str], today: dt.date) -> SessionEntry:
    """Read the form fields date, start, minutes, setting, client, modality and participants.

    Two more may be missing: supervision (an id) and service. Shapes: date YYYY-MM-DD, start HH:MM
    (24 hours), minutes a whole number. Spaces around a value are ignored, a missing field is an
    empty one, unknown fields are left alone. A full name in the client field becomes initials here
    and goes no further. Raises FieldsRefused with one refusal for each field that is wrong.
    """
    form = FormReading(fields)
    del fields
    date = form.read("date", lambda text: read_day_logged(text, today))
    start_minute = form.read("start", _read_start)
    minutes = form.read("minutes", _read_minutes)
    setting = form.read("setting", _read_setting)
    alias = form.read("client", read_alias)
    modality = form.read("modality", _read_modality)
    participants = form.read("participants", _read_participants)
    supervision_id = form.read("supervision", _read_supervision)
    service = form.read("service", _read_service)
    if start_minute is not None and minutes is not None and start_minute + minutes > DAY_MINUTES:
        form.refuse("minutes", RefusalCode.SESSION_CROSSES_MIDNIGHT)
    form.finish()
    return SessionEntry(
        date=present(date),
        start_minute=present(start_minute),
        minutes=present(minutes),
        setting=Private(present(setting)),
        alias=Private(present(alias)),
        modality=present(modality),
        participants=present(participants),
        supervision_id=supervision_id,
        service=service,
    )


def as_fields(entry: SessionEntry) -> dict[str, str]:
    """Return the form fields that `read_entry` reads back as this entry; holds personal text."""
    hours, minutes = divmod(entry.start_minute, 60)
    return {
        "date": entry.date.isoformat(),
        "start": f"{hours:02}:{minutes:02}",
        "minutes": str(entry.minutes),
        "setting": entry.setting.reveal(),
        "client": entry.alias.reveal(),
        "modality": entry.modality.value,
        "participants": entry.participants.value,
        "supervision": "" if entry.supervision_id is None else str(entry.supervision_id),
        "service": "" if entry.service is None else entry.service.value,
    }


def check_storable(entry: SessionEntry) -> None:
    """Check an entry on a second path, so that no name gets past a decider (STYLE 2.10).

    Raises FieldsRefused as `read_entry` does, and ValueError for an entry that it would have read
    differently: somebody built it by hand. The day is not held against today.
    """
    if read_entry(as_fields(entry), today=entry.date) != entry:
        raise ValueError("entries are made by read_entry")


def last_kept_day(day: dt.date) -> dt.date:
    """Return the same day seven years on; 29 February becomes 1 March, never earlier."""
    try:
        return day.replace(year=day.year + KEPT_YEARS)
    except ValueError:
        return dt.date(day.year + KEPT_YEARS, 3, 1)


def read_day_logged(text: str, today: dt.date) -> dt.date:
    """Return the day on which something took place that is logged today. Raises Refused."""
    day = _iso_date(text)
    if day is None:
        raise Refused(RefusalCode.DATE_INVALID)
    if day > today:
        raise Refused(RefusalCode.DATE_IN_FUTURE)
    if last_kept_day(day) < today:
        raise Refused(RefusalCode.DATE_TOO_OLD)
    return day


def _iso_date(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _read_start(text: str) -> int:
    match = _CLOCK_TIME.fullmatch(text)
    if match is None:
        raise Refused(RefusalCode.START_INVALID)
    return int(match[1]) * 60 + int(match[2])


def _read_minutes(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise Refused(RefusalCode.MINUTES_INVALID)
    minutes = int(text)
    if not 1 <= minutes <= MINUTES_MAX:
        raise Refused(RefusalCode.MINUTES_OUT_OF_RANGE)
    return minutes


def _read_setting(text: str) -> str:
    setting = one_line(
        text,
        length_max=SETTING_LENGTH_MAX,
        too_long=RefusalCode.SETTING_TOO_LONG,
        hidden=RefusalCode.SETTING_HIDDEN_CHARACTERS,
    )
    if not setting:
        raise Refused(RefusalCode.SETTING_MISSING)
    return setting


def _read_modality(text: str) -> Modality:
    return read_choice(text, Modality, RefusalCode.MODALITY_UNKNOWN)


def _read_participants(text: str) -> Participants:
    return read_choice(text, Participants, RefusalCode.PARTICIPANTS_UNKNOWN)


def _read_supervision(text: str) -> UUID | None:
    return read_id_or_none(text, HoursCode.SUPERVISION_UNKNOWN)


def _read_service(text: str) -> Service | None:
    return read_choice(text, Service, HoursCode.SERVICE_UNKNOWN) if text else None
