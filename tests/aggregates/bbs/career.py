"""A seeded career of six years on one track: thousands of entries, with people's mistakes."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Final
from uuid import UUID

from aggregates.bbs.history import History, Recorded, Signature
from aggregates.hours.activity_entry import ActivityKind
from aggregates.hours.enrolment_entry import EnrolmentEntry, Span, Track, WeekStart
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision_entry import Licence, Suitability, SupervisionEntry, Tie
from aggregates.private import Private
from aggregates.session_entry import Modality, Participants, Service
from tests.aggregates.bbs.invented import SETTING, WITH_LCSW, activity, changed, session

FIRST: Final = dt.date(2020, 1, 6)
DEGREE: Final = dt.date(2021, 6, 4)
WEEKS: Final = 6 * 52
WEEK_DAYS: Final = 7
CLINIC, SCHOOL, PRACTICE, AGENCY = (UUID(int=number) for number in range(1, 5))
OTHERS: Final = (
    ActivityKind.WORKSHOP,
    ActivityKind.ADVOCACY,
    ActivityKind.NOTES,
    ActivityKind.NOTES,
    ActivityKind.TESTING,
    ActivityKind.CONSULTATION,
    ActivityKind.RESEARCH,
)
KINDS: Final = (
    ActivityKind.SUPERVISION_INDIVIDUAL,
    ActivityKind.SUPERVISION_INDIVIDUAL,
    ActivityKind.SUPERVISION_TRIADIC,
    ActivityKind.SUPERVISION_GROUP,
)


@dataclass(frozen=True)
class Job:
    """A supervision and the days of it."""

    supervision_id: UUID
    first_week: int
    last_week: int


JOBS: Final = (
    Job(UUID(int=11), 0, 80),
    Job(UUID(int=16), 2, 74),
    Job(UUID(int=12), 70, 200),
    Job(UUID(int=13), 120, 312),
    Job(UUID(int=14), 200, 312),
    Job(UUID(int=15), 100, 110),
)


@dataclass(frozen=True)
class Habits:
    """How much a week has: sessions, and contacts with the supervisor."""

    sessions: tuple[int, ...]
    contacts: tuple[int, ...]


CAREFUL: Final = Habits((6, 8, 10, 12, 14), (2, 2, 3))
CARELESS: Final = Habits((0, 4, 8, 9, 10, 11, 12, 14, 30), (0, 1, 1, 2, 2, 2, 3))


def career(track: Track, seed: int, weeks: int = WEEKS) -> History:
    """Return the same history for the same seed; odd seeds are of careful people."""
    random = Random(seed)
    habits = CAREFUL if seed % 2 else CARELESS
    numbers = count(1)
    entries = [
        entry
        for week in range(weeks)
        for job in JOBS
        if job.first_week <= week < job.last_week
        for entry in _week(random, habits, job, FIRST + dt.timedelta(weeks=week), numbers)
    ]
    random.shuffle(entries)
    return History(
        enrolment=_enrolment(track),
        settings=_settings(),
        supervisions=_supervisions(),
        entries=tuple(entries),
    )


def _enrolment(track: Track) -> EnrolmentEntry:
    return EnrolmentEntry(
        track=track,
        week_start=WeekStart.SUNDAY,
        units_on=dt.date(2020, 2, 3),
        degree_on=DEGREE,
        application_on=dt.date(2021, 7, 1),
        live_scan_on=dt.date(2021, 6, 20),
        registration=Private("A 1"),
        registered_on=dt.date(2021, 9, 14),
        registered_until=dt.date(2025, 12, 30),
        practicum=(
            Span(first=dt.date(2020, 1, 20), last=dt.date(2020, 6, 5)),
            Span(first=dt.date(2020, 8, 24), last=dt.date(2021, 1, 15)),
            Span(first=dt.date(2021, 4, 12), last=DEGREE),
        ),
    )


def _settings() -> dict[UUID, SettingEntry]:
    return {
        CLINIC: SETTING,
        SCHOOL: changed(SETTING, kind=SettingKind.EXEMPT, employment=Employment.VOLUNTEER),
        PRACTICE: changed(SETTING, kind=SettingKind.PRIVATE_PRACTICE, employer_letter_on=None),
        AGENCY: changed(SETTING, employment=Employment.CONTRACTOR),
    }


def _supervisions() -> dict[UUID, SupervisionEntry]:
    lmft = changed(WITH_LCSW, setting_id=CLINIC, licence=Licence.LMFT)
    return {
        JOBS[0].supervision_id: lmft,
        JOBS[1].supervision_id: changed(lmft, setting_id=SCHOOL),
        JOBS[2].supervision_id: changed(
            WITH_LCSW,
            setting_id=SCHOOL,
            starts_on=FIRST + dt.timedelta(weeks=70, days=3),
            licence_until=FIRST + dt.timedelta(weeks=180),
        ),
        JOBS[3].supervision_id: changed(
            lmft, setting_id=CLINIC, licence=Licence.LEP, agreement_on=None, needs_oversight=True
        ),
        JOBS[4].supervision_id: changed(
            WITH_LCSW,
            setting_id=PRACTICE,
            has_record_access=True,
            tie=Tie.OWNER,
            video=Suitability.UNSUITABLE,
            video_assessed_on=FIRST + dt.timedelta(weeks=230),
        ),
        JOBS[5].supervision_id: changed(WITH_LCSW, setting_id=AGENCY),
    }


def _week(
    random: Random, habits: Habits, job: Job, first_day: dt.date, numbers: Iterator[int]
) -> Iterator[Recorded]:
    signature = random.choices(tuple(Signature), (1, 1, 40, 1))[0]
    for _ in range(random.choice(habits.sessions)):
        made = _session(random, next(numbers), _day(random, first_day), job)
        yield replace(made, signature=signature)
    for _ in range(3):
        made = _other(random, next(numbers), _day(random, first_day), job)
        yield replace(made, signature=signature)
    for _ in range(random.choice(habits.contacts)):
        made = _supervision(random, next(numbers), _day(random, first_day), job)
        yield replace(made, signature=signature)


def _day(random: Random, first_day: dt.date) -> dt.date:
    return first_day + dt.timedelta(days=random.randrange(WEEK_DAYS))


def _session(random: Random, number: int, day: dt.date, job: Job) -> Recorded:
    return session(
        number,
        day,
        random.choice((30, 45, 50, 60, 75, 90)),
        supervision=None if random.random() < 0.01 else job.supervision_id,
        participants=random.choice(tuple(Participants)),
        service=random.choice((None, *Service)),
        modality=random.choice(tuple(Modality)),
    )


def _other(random: Random, number: int, day: dt.date, job: Job) -> Recorded:
    kind = random.choice(OTHERS)
    return activity(number, day, random.choice((15, 60, 120)), kind, supervision=job.supervision_id)


def _supervision(random: Random, number: int, day: dt.date, job: Job) -> Recorded:
    kind = random.choice(KINDS)
    is_group = kind is ActivityKind.SUPERVISION_GROUP
    parts = random.choice(((120,), (60, 60), (90, 30), (60,))) if is_group else ()
    return activity(
        number,
        day,
        sum(parts) or random.choice((30, 50, 60, 60, 90)),
        kind,
        supervision=job.supervision_id,
        modality=random.choices(tuple(Modality), (10, 5, 1))[0],
        supervisees=random.choice((4, 8, 8, 9)) if is_group else None,
        segments=parts,
    )
