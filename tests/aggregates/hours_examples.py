"""One instance of every fact of hours, by the name it has in tests/golden/facts.txt."""

import datetime as dt
from uuid import UUID

from aggregates.catalogue import HoursFact
from aggregates.deletion import DeletionReason
from aggregates.hours.activity import ActivityCorrected, ActivityDeleted, ActivityLogged
from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment import EnrolmentStated, WeekStartFixed
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Span, Track, WeekStart
from aggregates.hours.setting import SettingStated
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision import SigningRefused, SupervisionStated
from aggregates.hours.supervision_entry import Licence, Suitability, SupervisionEntry, Tie
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
from aggregates.hours.week_statement import week_statement
from aggregates.private import Private
from aggregates.session_entry import Modality

PERSON = UUID("018f0000-0000-7000-8000-000000000001")
STREAM = UUID("018f0000-0000-7000-8000-000000000002")
KEY = UUID("018f0000-0000-7000-8000-000000000003")
SUPERVISOR = UUID("018f0000-0000-7000-8000-000000000004")
SUPERVISION = UUID("018f0000-0000-7000-8000-000000000005")
SETTING = UUID("018f0000-0000-7000-8000-000000000006")
PRACTICE = UUID("018f0000-0000-7000-8000-000000000007")
HASH = bytes(range(32))
SIGNED_AT_US = 1_790_000_000_000_001

GROUP = ActivityEntry(
    date=dt.date(2026, 3, 9),
    minutes=120,
    kind=ActivityKind.SUPERVISION_GROUP,
    supervision_id=SUPERVISION,
    modality=Modality.VIDEO,
    supervisees=8,
    segments=(60, 60),
)
WORKSHOP = ActivityEntry(
    date=dt.date(2024, 2, 29),
    minutes=375,
    kind=ActivityKind.WORKSHOP,
    supervision_id=SUPERVISION,
    title=Private("Trauma, an introduction"),
)
ENROLMENT = EnrolmentEntry(
    track=Track.LMFT,
    week_start=WeekStart.MONDAY,
    units_on=dt.date(2022, 5, 20),
    degree_on=dt.date(2024, 5, 18),
    application_on=dt.date(2024, 6, 3),
    live_scan_on=dt.date(2024, 6, 1),
    registration=Private("AMFT 140000"),
    registered_on=dt.date(2024, 8, 12),
    registered_until=dt.date(2025, 8, 31),
    licensure_on=None,
    practicum=(Span(first=dt.date(2023, 1, 9), last=dt.date(2023, 12, 15)),),
)
SECOND = EnrolmentEntry(
    track=Track.LPCC,
    week_start=WeekStart.SUNDAY,
    degree_on=dt.date(2018, 5, 18),
    registration=Private("APCC 1"),
    registered_on=dt.date(2018, 8, 12),
    registered_until=dt.date(2024, 8, 31),
    second_registration=Private("APCC 2"),
    second_registered_on=dt.date(2024, 9, 16),
    second_registered_until=dt.date(2025, 9, 30),
)
EARLY = EnrolmentEntry(track=Track.LCSW, week_start=WeekStart.SUNDAY)
CLINIC = SettingEntry(
    name=Private("Café Rivière"),
    address=Private("1 Elm Street, Fresno"),
    kind=SettingKind.EXEMPT,
    employment=Employment.EMPLOYEE,
    is_lawful=True,
    school_agreement_on=dt.date(2023, 1, 2),
    employer_letter_on=None,
)
PAID = SettingEntry(
    name=Private("Elm House"),
    address=None,
    kind=SettingKind.NONEXEMPT_OTHER,
    employment=Employment.EMPLOYEE,
    is_lawful=True,
    w2_years=(2024, 2025),
    pay_stub_on=dt.date(2026, 3, 6),
)
SUPERVISED = SupervisionEntry(
    setting_id=SETTING,
    supervisor_id=SUPERVISOR,
    supervisor_name=Private("Dana Roe"),
    licence=Licence.LMFT,
    licence_number=Private("98765"),
    licence_from=dt.date(2015, 1, 1),
    licence_until=None,
    starts_on=dt.date(2024, 6, 3),
    agreement_on=dt.date(2024, 7, 1),
    needs_oversight=True,
    oversight_on=dt.date(2024, 6, 1),
    video=Suitability.SUITABLE,
    video_assessed_on=dt.date(2024, 6, 20),
)
OWNED = SupervisionEntry(
    setting_id=SETTING,
    supervisor_id=None,
    supervisor_name=Private("Lee Roe"),
    licence=Licence.PSYCHOLOGIST,
    licence_number=Private("PSY 1"),
    licence_from=dt.date(2015, 1, 1),
    licence_until=dt.date(2027, 1, 31),
    starts_on=dt.date(2026, 1, 5),
    has_record_access=True,
    tie=Tie.OWNER,
)
ROW = RowContent(
    key=RowKey(
        person_id=PERSON,
        supervision_id=SUPERVISION,
        first_day=dt.date(2026, 3, 8),
        phase=Phase.AFTER_DEGREE,
    ),
    track=Track.LMFT,
    setting_id=SETTING,
    supervisor_id=SUPERVISOR,
    minutes=RowMinutes(a=750, a1=90, b=240, b1=60, b2=120),
    entries=(EntryRef(stream_id=STREAM, version=2, leaf=HASH),),
    printed=Printed(
        supervisee=Private("Sam Roe"),
        registration=Private("AMFT 140000"),
        setting=Private("Café Rivière"),
        address=None,
        supervisor=Private("Dana Roe"),
        licence=Licence.LMFT,
        licence_number=Private("98765"),
    ),
)
STATEMENT = Private(week_statement(PRACTICE, ROW, SIGNED_AT_US, HASH[:16]))
ASSERTION = Assertion(
    credential_id=HASH, authenticator_data=HASH + HASH[:5], client_data=b"{}", signature=HASH
)

EXAMPLES: dict[str, HoursFact] = {
    "activity-logged": ActivityLogged(therapist_id=PERSON, entry=GROUP),
    "activity-corrected": ActivityCorrected(entry=WORKSHOP),
    "activity-deleted": ActivityDeleted(reason=DeletionReason.OTHER, remark=Private("twice")),
    "enrolment-stated": EnrolmentStated(person_id=PERSON, entry=ENROLMENT),
    "enrolment-stated-early": EnrolmentStated(person_id=PERSON, entry=EARLY),
    "enrolment-stated-second": EnrolmentStated(person_id=PERSON, entry=SECOND),
    "week-start-fixed": WeekStartFixed(),
    "setting-stated": SettingStated(person_id=PERSON, entry=CLINIC),
    "setting-stated-paid": SettingStated(person_id=PERSON, entry=PAID),
    "supervision-stated": SupervisionStated(person_id=PERSON, entry=SUPERVISED),
    "supervision-stated-private": SupervisionStated(person_id=PERSON, entry=OWNED),
    "signing-refused": SigningRefused(
        supervisor_id=SUPERVISOR, from_day=dt.date(2026, 4, 1), text=Private("I am leaving.")
    ),
    "week-submitted": WeekSubmitted(content=ROW, warnings=("SUP-MIN",)),
    "week-returned": WeekReturned(
        supervisor_id=SUPERVISOR, reason=ReturnReason.HOURS_DIFFER, remark=Private("Monday?")
    ),
    "week-signed": WeekSigned(
        supervisor_id=SUPERVISOR,
        entries_sha256=ROW.entries_sha256,
        statement=STATEMENT,
        at_us=SIGNED_AT_US,
        reference=HASH[:16],
        assertion=ASSERTION,
        ip_address=Private("192.0.2.7"),
    ),
    "week-amended": WeekAmended(
        cause=AmendCause.ENTRY_CORRECTED, stream_id=STREAM, was_signed=True
    ),
    "week-amended-by-an-enrolment": WeekAmended(
        cause=AmendCause.ENROLMENT_RESTATED, stream_id=None, was_signed=True
    ),
}
