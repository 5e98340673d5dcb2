"""What a demo practice's therapist states and logs beside sessions, with a few mistakes in it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.bbs.evaluate import findings_for_week
from aggregates.bbs.history import History, Recorded
from aggregates.hours.activity_entry import ActivityEntry, read_activity
from aggregates.hours.enrolment_entry import EnrolmentEntry, Span, Track, WeekStart
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision_entry import Licence, Suitability, SupervisionEntry
from aggregates.hours.week_content import RowKey
from aggregates.private import Private
from aggregates.session_entry import SessionEntry
from aggregates.week import week_of
from commands.context import Actor, Context
from commands.demo_people import CLINIC, SCHOOL
from commands.hours.setup import state_enrolment, state_setting, state_supervision
from commands.hours.streams import setting_stream, supervision_stream
from commands.hours.submit_week import Submission, submit_week
from ledger.ids import derived

WEEKS_OPEN: Final = 3
SUPERVISORS: Final = ("Dana Example", "Lee Example")  # at the clinic, at the school

_STATED: Final = {
    CLINIC: SettingEntry(
        name=Private(CLINIC),
        address=Private("12 Elm Street, Fresno, CA 93701"),
        kind=SettingKind.EXEMPT,
        employment=Employment.EMPLOYEE,
        is_lawful=True,
    ),
    SCHOOL: SettingEntry(
        name=Private(SCHOOL),
        address=Private("4 Harbor Road, Fresno, CA 93702"),
        kind=SettingKind.EXEMPT,
        employment=Employment.VOLUNTEER,
        is_lawful=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Usual:
    """What is done every week, or every so many: the place, the weekday, and the form's fields.

    Each `but_every` weeks it is forgotten, which is what the rules then find.
    """

    place: str
    weekday: int
    fields: dict[str, str]
    every: int = 1
    but_every: int = 0


def _supervision(kind: str, length: str, **more: str) -> dict[str, str]:
    return {"kind": f"supervision-{kind}", "length": length, "modality": "in-person"} | more


USUAL: Final = (
    Usual(CLINIC, 2, _supervision("individual", "60")),
    Usual(CLINIC, 3, _supervision("group", "120", supervisees="5"), but_every=13),
    Usual(SCHOOL, 3, _supervision("individual", "60"), but_every=9),
    Usual(CLINIC, 4, {"kind": "notes", "length": "90"}),
    Usual(SCHOOL, 3, {"kind": "notes", "length": "30"}),
    Usual(CLINIC, 1, {"kind": "advocacy", "length": "15"}, every=2),
    Usual(SCHOOL, 1, {"kind": "advocacy", "length": "45"}, every=3),
    Usual(CLINIC, 5, {"kind": "workshop", "length": "3.5 h", "title": "Trauma"}, every=8),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Who it is about: the therapist, who supervises where, and the day it is told up to."""

    person: Actor
    supervisors: dict[str, Actor]
    today: dt.date

    def supervision(self, place: str) -> UUID:
        """Return the supervision at a place."""
        return supervision_stream(self.person, _command(f"supervision {place}"))

    def supervisor_of(self, supervision_id: UUID) -> Actor:
        """Return who supervises there."""
        found = {self.supervision(place): actor for place, actor in self.supervisors.items()}
        return found[supervision_id]


def state_all(context: Context, demo: Demo) -> None:
    """State the enrolment, the settings and the supervisions."""
    state_enrolment(context, demo.person, _enrolment(demo.today), _command("enrolment"))
    for place, setting in _STATED.items():
        state_setting(context, demo.person, None, setting, _command(f"setting {place}"))
        stated = _supervised(demo, place)
        state_supervision(context, demo.person, None, stated, _command(f"supervision {place}"))


def activities(demo: Demo, days: Sequence[dt.date]) -> Iterator[ActivityEntry]:
    """Yield what was done beside sessions on these days."""
    for day in days:
        week = week_of(day).toordinal() // 7
        for usual in USUAL:
            is_due = usual.weekday == day.weekday() and week % usual.every == 0
            is_forgotten = usual.but_every and week % usual.but_every == 0
            if is_due and not is_forgotten:
                place = {"supervision": str(demo.supervision(usual.place))}
                yield read_activity({"date": day.isoformat()} | usual.fields | place, day)


def rows(demo: Demo, logged: Mapping[UUID, SessionEntry | ActivityEntry]) -> list[Submission]:
    """Return the rows to submit: all but those of the last weeks, with what they are warned of."""
    first_open = week_of(demo.today) - dt.timedelta(weeks=WEEKS_OPEN - 1)
    enrolment = _enrolment(demo.today)
    found = defaultdict[RowKey, list[UUID]](list)
    for stream_id, entry in logged.items():
        first_day = week_of(entry.date)
        if entry.supervision_id is None or first_day >= first_open:
            continue
        key = RowKey(
            person_id=demo.person.person_id,
            supervision_id=entry.supervision_id,
            first_day=first_day,
            phase=enrolment.phase_of(entry.date),
        )
        found[key].append(stream_id)
    warnings = _warnings(_history(demo, logged), sorted({key.first_day for key in found}))
    return [
        Submission(key, tuple(streams), tuple(sorted(warnings[key.first_day, key.supervision_id])))
        for key, streams in found.items()
    ]


def _history(demo: Demo, logged: Mapping[UUID, SessionEntry | ActivityEntry]) -> History:
    """Return what the page would judge a week in: all that was stated and logged."""
    return History(
        enrolment=_enrolment(demo.today),
        settings={_setting(demo, place): setting for place, setting in _STATED.items()},
        supervisions={demo.supervision(place): _supervised(demo, place) for place in _STATED},
        entries=tuple(Recorded(stream_id, entry) for stream_id, entry in logged.items()),
    )


def _warnings(
    history: History, first_days: Sequence[dt.date]
) -> defaultdict[tuple[dt.date, UUID | None], set[str]]:
    """Return by week and supervision the rules that hours of it would not count by."""
    found = defaultdict[tuple[dt.date, UUID | None], set[str]](set)
    for first_day in first_days:
        for finding in findings_for_week(history, first_day):
            found[first_day, finding.supervision_id].add(finding.rule_id)
    return found


def submit(context: Context, demo: Demo, submission: Submission) -> None:
    """Submit one row."""
    key = submission.key
    command_id = _command(f"submit {key.supervision_id} {key.first_day.isoformat()}")
    submit_week(context, demo.person, submission, command_id)


def _enrolment(today: dt.date) -> EnrolmentEntry:
    def ago(days: int) -> dt.date:
        return today - dt.timedelta(days=days)

    return EnrolmentEntry(
        track=Track.LMFT,
        week_start=WeekStart.SUNDAY,
        units_on=ago(900),
        degree_on=ago(460),
        application_on=ago(440),
        live_scan_on=ago(450),
        registration=Private("AMFT 150027"),
        registered_on=ago(400),
        registered_until=today + dt.timedelta(days=330),
        practicum=(Span(first=ago(830), last=ago(480)),),
    )


def _supervised(demo: Demo, place: str) -> SupervisionEntry:
    """Return who supervises at a place; at the school nobody noted yet whether video is fine."""
    is_clinic = place == CLINIC
    starts_on = demo.today - dt.timedelta(days=395 if is_clinic else 380)
    noted = starts_on + dt.timedelta(days=14)
    return SupervisionEntry(
        setting_id=_setting(demo, place),
        supervisor_id=demo.supervisors[place].person_id,
        supervisor_name=Private(SUPERVISORS[0 if is_clinic else 1]),
        licence=Licence.LMFT if is_clinic else Licence.LCSW,
        licence_number=Private("98765" if is_clinic else "43210"),
        licence_from=dt.date(2015, 1, 1),
        licence_until=None,
        starts_on=starts_on,
        agreement_on=noted,
        video=Suitability.SUITABLE if is_clinic else Suitability.NOT_ASSESSED,
        video_assessed_on=noted if is_clinic else None,
    )


def _setting(demo: Demo, place: str) -> UUID:
    return setting_stream(demo.person, _command(f"setting {place}"))


def _command(name: str) -> UUID:
    return derived(f"demo hours: {name}")
