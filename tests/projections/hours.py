"""What tests of hours tell: statements a person makes, and rows of their weekly log."""

import datetime as dt
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from aggregates.catalogue import Fact
from aggregates.hours.activity import ActivityLogged
from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment import EnrolmentStated, WeekStartFixed
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Track, WeekStart
from aggregates.hours.setting import SettingStated
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision import SigningRefused, SupervisionStated
from aggregates.hours.supervision_entry import Licence, SupervisionEntry
from aggregates.hours.week_content import EntryRef, Printed, RowContent, RowKey, RowMinutes
from aggregates.hours.week_row import (
    AmendCause,
    Assertion,
    ReturnReason,
    WeekAmended,
    WeekReturned,
    WeekSigned,
    WeekSubmitted,
)
from aggregates.private import Private
from tests.projections.world import SUNDAY, World, name

ANA: Final = name("ana")
SUPERVISOR: Final = name("supervisor", 0)
SUPERVISION: Final = name("supervision")
SETTING: Final = name("setting")
PLACE_CANARY: Final = "Quokka House"
SUPERVISEE_CANARY: Final = "Ottoline Wrenfield"
RETURN_CANARY: Final = "the ibex week is short"

RETURNED: Final = WeekReturned(
    supervisor_id=SUPERVISOR, reason=ReturnReason.HOURS_DIFFER, remark=Private(RETURN_CANARY)
)
SIGNED: Final = WeekSigned(
    supervisor_id=SUPERVISOR,
    entries_sha256=bytes(32),
    statement=Private(SUPERVISEE_CANARY),
    at_us=0,
    reference=bytes(16),
    assertion=Assertion(credential_id=b"", authenticator_data=b"", client_data=b"", signature=b""),
    ip_address=None,
)
AMENDED: Final = WeekAmended(cause=AmendCause.TAKEN_BACK, stream_id=None, was_signed=False)


def activity(day: int = 1, minutes: int = 60, supervision: UUID = SUPERVISION) -> ActivityEntry:
    """Return notes that were written on a day, counted from SUNDAY."""
    return ActivityEntry(
        date=SUNDAY + dt.timedelta(days=day),
        minutes=minutes,
        kind=ActivityKind.NOTES,
        supervision_id=supervision,
    )


def log_activity(
    world: World, practice_id: UUID, stream: object, said: ActivityEntry | None = None
) -> int:
    """Log an activity of ANA's; returns its position."""
    logged = ActivityLogged(therapist_id=ANA, entry=said or activity())
    return world.tell(practice_id, name(stream), ANA, logged)


def enrolment(
    start: WeekStart = WeekStart.SUNDAY, degree_on: dt.date | None = None
) -> EnrolmentEntry:
    """Return an enrolment."""
    return EnrolmentEntry(
        track=Track.LMFT,
        week_start=start,
        degree_on=degree_on,
        registration=Private("AMFT 1"),
    )


def setting(address: str = "1 Elm Street", kind: SettingKind = SettingKind.EXEMPT) -> SettingEntry:
    """Return a work setting."""
    return SettingEntry(
        name=Private(PLACE_CANARY),
        address=Private(address),
        kind=kind,
        employment=Employment.EMPLOYEE,
        is_lawful=True,
    )


def setting_stated(kind: SettingKind = SettingKind.EXEMPT) -> SettingStated:
    """Return the statement of a work setting of ANA's."""
    return SettingStated(person_id=ANA, entry=setting(kind=kind))


def supervision(number: int = 1, supervisor_id: UUID | None = SUPERVISOR) -> SupervisionEntry:
    """Return a supervision at SETTING."""
    return SupervisionEntry(
        setting_id=SETTING,
        supervisor_id=supervisor_id,
        supervisor_name=Private("Dana Roe"),
        licence=Licence.LMFT,
        licence_number=Private(str(number)),
        licence_from=SUNDAY,
        licence_until=None,
        starts_on=SUNDAY,
    )


def statement(stream: int, number: int) -> Fact:
    """Return a statement of enrolment (stream 0), a setting (1) or a supervision."""
    match stream:
        case 0:
            return EnrolmentStated(person_id=ANA, entry=enrolment())
        case 1:
            return SettingStated(person_id=ANA, entry=setting(f"{number} Elm Street"))
        case _:
            return SupervisionStated(person_id=ANA, entry=supervision(number))


def notice(stream: int, number: int) -> Fact:
    """Return what else may stand in such a stream: a fixed start of weeks, or a notice."""
    match stream:
        case 0:
            return WeekStartFixed()
        case 1:
            return statement(stream, number)
        case _:
            return refusal(SUNDAY + dt.timedelta(days=number))


def refusal(from_day: dt.date) -> SigningRefused:
    """Return a notice that hours from this day on will not be signed."""
    return SigningRefused(supervisor_id=SUPERVISOR, from_day=from_day, text=Private("I leave."))


def content(
    first_day: dt.date = SUNDAY,
    entries: Iterable[tuple[UUID, int]] = (),
    supervisor: UUID = SUPERVISOR,
    minutes: RowMinutes | None = None,
    phase: Phase = Phase.BEFORE_DEGREE,
) -> RowContent:
    """Return a row of ANA's; `entries` are streams with versions."""
    refs = (
        EntryRef(stream_id=stream_id, version=version, leaf=bytes(32))
        for stream_id, version in sorted(entries)
    )
    return RowContent(
        key=RowKey(person_id=ANA, supervision_id=SUPERVISION, first_day=first_day, phase=phase),
        track=Track.LMFT,
        setting_id=SETTING,
        supervisor_id=supervisor,
        minutes=minutes or RowMinutes(a=100, b=60),
        entries=tuple(refs),
        printed=Printed(
            supervisee=Private(SUPERVISEE_CANARY),
            registration=None,
            setting=Private(PLACE_CANARY),
            address=None,
            supervisor=Private("Dana Roe"),
            licence=Licence.LMFT,
            licence_number=Private("1"),
        ),
    )


def submitted(week: int = 0, supervisor: UUID = SUPERVISOR) -> WeekSubmitted:
    """Return a submission of the row of a week, counted from SUNDAY's."""
    first_day = SUNDAY + dt.timedelta(days=7 * week)
    entries = [(name("submitted entry", week), 1)]
    return WeekSubmitted(content=content(first_day, entries, supervisor), warnings=("SUP-MIN",))
