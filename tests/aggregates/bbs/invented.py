"""Invented entries, settings and supervisions from which the tests of the rules make histories."""

import datetime as dt
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import msgspec

from aggregates.bbs.history import History, Recorded, Signature
from aggregates.hours.activity_entry import TRIADIC, ActivityEntry, ActivityKind
from aggregates.hours.enrolment_entry import EnrolmentEntry, Span, Track, WeekStart
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision_entry import Licence, SupervisionEntry
from aggregates.private import Private
from aggregates.session_entry import Modality, Participants, Service, SessionEntry

HOUR: Final = 60
MONDAY: Final = dt.date(2026, 1, 5)
SITE: Final = UUID(int=1)
OTHER_SITE: Final = UUID(int=2)
SUPERVISION: Final = UUID(int=11)
OTHER_SUPERVISION: Final = UUID(int=12)

SIZES: Final = {
    ActivityKind.SUPERVISION_INDIVIDUAL: 1,
    ActivityKind.SUPERVISION_TRIADIC: TRIADIC,
    ActivityKind.SUPERVISION_GROUP: 6,
}
ASSOCIATE: Final = EnrolmentEntry(
    track=Track.LMFT,
    week_start=WeekStart.MONDAY,
    units_on=dt.date(2020, 1, 15),
    degree_on=dt.date(2021, 6, 1),
    application_on=dt.date(2021, 6, 10),
    live_scan_on=dt.date(2021, 6, 2),
    registration=Private("AMFT 12345"),
    registered_on=dt.date(2021, 9, 1),
    registered_until=dt.date(2027, 9, 30),
)
TRAINEE: Final = EnrolmentEntry(
    track=Track.LMFT,
    week_start=WeekStart.MONDAY,
    units_on=dt.date(2020, 1, 1),
    practicum=(Span(first=dt.date(2020, 1, 1)),),
)
SETTING: Final = SettingEntry(
    name=Private("Riverside"),
    address=None,
    kind=SettingKind.NONEXEMPT_OTHER,
    employment=Employment.EMPLOYEE,
    is_lawful=True,
    school_agreement_on=dt.date(2019, 1, 1),
    employer_letter_on=dt.date(2026, 1, 1),
)
WITH_LCSW: Final = SupervisionEntry(
    setting_id=SITE,
    supervisor_id=UUID(int=21),
    supervisor_name=Private("Robin Roe"),
    licence=Licence.LCSW,
    licence_number=Private("LCSW 1"),
    licence_from=dt.date(2010, 1, 1),
    licence_until=dt.date(2036, 1, 1),
    starts_on=dt.date(2019, 1, 1),
    agreement_on=dt.date(2019, 1, 2),
)


def changed(value: Any, **changes: Any) -> Any:  # noqa: ANN401 -- any of the frozen values
    """Return a frozen value with these fields changed."""
    return msgspec.structs.replace(value, **changes)


def session(  # noqa: PLR0913 -- a session has this many fields
    number: int,
    day: dt.date,
    minutes: int = HOUR,
    *,
    supervision: UUID | None = SUPERVISION,
    participants: Participants = Participants.INDIVIDUAL,
    service: Service | None = Service.PSYCHOTHERAPY,
    modality: Modality = Modality.IN_PERSON,
    signature: Signature = Signature.SIGNED,
) -> Recorded:
    """Return a session; `number` is its id."""
    entry = SessionEntry(
        date=day,
        start_minute=0,
        minutes=minutes,
        setting=Private("Riverside"),
        alias=Private("C-001"),
        modality=modality,
        participants=participants,
        supervision_id=supervision,
        service=service,
    )
    return Recorded(UUID(int=number), entry, signature)


def activity(  # noqa: PLR0913 -- an activity has this many fields
    number: int,
    day: dt.date,
    minutes: int = HOUR,
    kind: ActivityKind = ActivityKind.SUPERVISION_INDIVIDUAL,
    *,
    supervision: UUID = SUPERVISION,
    modality: Modality = Modality.IN_PERSON,
    supervisees: int | None = None,
    segments: tuple[int, ...] | None = None,
    signature: Signature = Signature.SIGNED,
) -> Recorded:
    """Return an activity; `number` is its id."""
    is_group = kind is ActivityKind.SUPERVISION_GROUP
    entry = ActivityEntry(
        date=day,
        minutes=minutes,
        kind=kind,
        supervision_id=supervision,
        modality=modality if kind.is_supervision else None,
        supervisees=SIZES.get(kind) if supervisees is None else supervisees,
        segments=((minutes,) if is_group else ()) if segments is None else segments,
    )
    return Recorded(UUID(int=number), entry, signature)


def history(
    *entries: Recorded,
    enrolment: EnrolmentEntry = ASSOCIATE,
    setting: SettingEntry = SETTING,
    supervision: SupervisionEntry = WITH_LCSW,
) -> History:
    """Return a history at one site under one supervision, and a second of each like them."""
    return History(
        enrolment=enrolment,
        settings={SITE: setting, OTHER_SITE: setting},
        supervisions={
            SUPERVISION: supervision,
            OTHER_SUPERVISION: changed(supervision, setting_id=OTHER_SITE),
        },
        entries=entries,
    )


def signed(recorded: Recorded, signature: Signature = Signature.SIGNED) -> Recorded:
    """Return the entry with its log signed, or as said."""
    return replace(recorded, signature=signature)
