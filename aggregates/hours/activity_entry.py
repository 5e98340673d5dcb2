"""What a person says about time without a client in the room: supervision, workshops, notes."""

import datetime as dt
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from aggregates.facts import Silent
from aggregates.form import FormReading, present, read_choice
from aggregates.hours.fields import read_id, read_text_or_none, text_or_empty
from aggregates.hours.refusals import HoursCode
from aggregates.private import Private
from aggregates.refusal import Refused
from aggregates.session_entry import Modality, read_day_logged

ACTIVITY_MINUTES_MAX: Final = 960
GROUP_MIN: Final = 2
GROUP_MAX: Final = 20
SEGMENTS_MAX: Final = 8
TRIADIC: Final = 2

_MINUTES = re.compile(r"[1-9][0-9]{0,3}")
_QUARTERS = re.compile(r"([0-9]{1,2})(?:\.(0|00|25|5|50|75))? ?h")
_QUARTER_MINUTES: Final = {"0": 0, "00": 0, "25": 15, "5": 30, "50": 30, "75": 45}


class ActivityKind(StrEnum):
    """What it was: BPC 4980.43(c)(10), 4999.46(c)(4), 4996.23(d)(3)."""

    SUPERVISION_INDIVIDUAL = "supervision-individual"
    SUPERVISION_TRIADIC = "supervision-triadic"
    SUPERVISION_GROUP = "supervision-group"
    WORKSHOP = "workshop"
    ADVOCACY = "advocacy"
    NOTES = "notes"
    TESTING = "testing"
    CONSULTATION = "consultation"
    RESEARCH = "research"

    @property
    def is_supervision(self) -> bool:
        """Whether it is contact with the supervisor."""
        return self in SUPERVISIONS


SUPERVISIONS: Final = frozenset(
    {
        ActivityKind.SUPERVISION_INDIVIDUAL,
        ActivityKind.SUPERVISION_TRIADIC,
        ActivityKind.SUPERVISION_GROUP,
    }
)


class ActivityEntry(Silent, frozen=True, kw_only=True):
    """One activity as its therapist tells it; `minutes` in all, `segments` the parts of a group.

    `supervisees` is how many met with the supervisor, the person included: 1, 2, or a group's
    size; None for what is no supervision. `modality` is how they met, for supervision only.
    `title` is what a workshop was called.
    """

    date: dt.date
    minutes: int
    kind: ActivityKind
    supervision_id: UUID
    modality: Modality | None = None
    supervisees: int | None = None
    segments: tuple[int, ...] = ()
    title: Private | None = None


def read_activity(fields: Mapping[str, str], today: dt.date) -> ActivityEntry:
    """Read the form fields date, length, kind, supervision, modality, supervisees, segments, title.

    Shapes: length in minutes (`90`) or hours with quarters (`1.25 h`), segments as minutes apart by
    spaces. Fields that do not belong to the kind are left alone. Raises FieldsRefused.
    """
    form = FormReading(fields)
    date = form.read("date", lambda text: read_day_logged(text, today))
    minutes = form.read("length", read_length)
    kind = form.read("kind", lambda text: read_choice(text, ActivityKind, HoursCode.KIND_UNKNOWN))
    supervision_id = form.read(
        "supervision", lambda text: read_id(text, HoursCode.SUPERVISION_MISSING)
    )
    modality = supervisees = title = None
    segments: tuple[int, ...] = ()
    if kind is not None and kind.is_supervision:
        modality = form.read("modality", _read_modality)
        supervisees = _read_supervisees(form, kind)
    if kind is ActivityKind.SUPERVISION_GROUP:
        segments = form.read("segments", lambda text: _read_segments(text, minutes)) or ()
    if kind is ActivityKind.WORKSHOP:
        title = form.read("title", read_text_or_none)
    form.finish()
    return ActivityEntry(
        date=present(date),
        minutes=present(minutes),
        kind=present(kind),
        supervision_id=present(supervision_id),
        modality=modality,
        supervisees=supervisees,
        segments=segments,
        title=title,
    )


def activity_fields(entry: ActivityEntry) -> dict[str, str]:
    """Return the form that `read_activity` reads back as this entry; holds personal text."""
    return {
        "date": entry.date.isoformat(),
        "length": str(entry.minutes),
        "kind": entry.kind.value,
        "supervision": str(entry.supervision_id),
        "modality": "" if entry.modality is None else entry.modality.value,
        "supervisees": "" if entry.supervisees is None else str(entry.supervisees),
        "segments": " ".join(str(minutes) for minutes in entry.segments),
        "title": text_or_empty(entry.title),
    }


def check_activity(entry: ActivityEntry) -> None:
    """Check an entry on a second path, as `aggregates.session_entry.check_storable` does.

    Raises FieldsRefused, and ValueError for one that was built by hand in another form.
    """
    if read_activity(activity_fields(entry), today=entry.date) != entry:
        raise ValueError("activities are made by read_activity")


def read_length(text: str) -> int:
    """Return the minutes of `90` or of `1.25 h`. Raises Refused."""
    hours = _QUARTERS.fullmatch(text)
    if hours is not None:
        minutes = int(hours[1]) * 60 + _QUARTER_MINUTES[hours[2] or "0"]
    elif _MINUTES.fullmatch(text):
        minutes = int(text)
    else:
        raise Refused(HoursCode.LENGTH_INVALID)
    if not 1 <= minutes <= ACTIVITY_MINUTES_MAX:
        raise Refused(HoursCode.LENGTH_OUT_OF_RANGE)
    return minutes


def _read_modality(text: str) -> Modality:
    return read_choice(text, Modality, HoursCode.CHOICE_UNKNOWN)


def _read_supervisees(form: FormReading, kind: ActivityKind) -> int | None:
    match kind:
        case ActivityKind.SUPERVISION_INDIVIDUAL:
            return 1
        case ActivityKind.SUPERVISION_TRIADIC:
            return TRIADIC
        case _:
            return form.read("supervisees", _read_group)


def _read_group(text: str) -> int:
    if not _MINUTES.fullmatch(text) or not GROUP_MIN <= int(text) <= GROUP_MAX:
        raise Refused(HoursCode.GROUP_SIZE_INVALID)
    return int(text)


def _read_segments(text: str, minutes: int | None) -> tuple[int, ...]:
    """Return the parts; none given means one part."""
    parts = text.split()
    if not parts:
        return () if minutes is None else (minutes,)
    if len(parts) > SEGMENTS_MAX or not all(_MINUTES.fullmatch(part) for part in parts):
        raise Refused(HoursCode.SEGMENTS_INVALID)
    segments = tuple(int(part) for part in parts)
    if minutes is not None and sum(segments) != minutes:
        raise Refused(HoursCode.SEGMENTS_INVALID)
    return segments
