"""Histories in which little things decide: days, lengths and facts on each side of a threshold."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from random import Random
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from aggregates.bbs.history import History, Recorded, Signature
from aggregates.hours.activity_entry import ActivityKind
from aggregates.hours.enrolment_entry import EnrolmentEntry, Span, Track, WeekStart
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision_entry import Licence, Suitability, SupervisionEntry
from aggregates.session_entry import Modality, Participants, Service
from tests.aggregates.bbs.invented import SETTING, WITH_LCSW, activity, changed, session

SITES: Final = tuple(UUID(int=number) for number in range(1, 4))
SUPERVISIONS: Final = tuple(UUID(int=number) for number in range(11, 16))
NOBODY: Final = UUID(int=19)
DEGREES: Final = (dt.date(2019, 5, 31), dt.date(2020, 1, 1), dt.date(2021, 6, 4))
LENGTHS: Final = (15, 30, 45, 50, 59, 60, 61, 90, 119, 120, 121, 180, 239, 299, 300, 301, 540, 600)
PARTS: Final = ((120,), (60, 60), (30, 30, 30, 30), (90, 30), (60,), (61, 59), (59,), (150, 61))
KINDS: Final = tuple(ActivityKind)
MOSTLY_SIGNED: Final = (Signature.SIGNED, Signature.SIGNED, Signature.SIGNED, *Signature)


def day_after(day: dt.date, *days: int | None) -> st.SearchStrategy[dt.date | None]:
    """Draw one of the days so many after a day, or none."""
    choices = [None if each is None else day + dt.timedelta(days=each) for each in days]
    return st.sampled_from(choices)


@st.composite
def enrolments(draw: st.DrawFn, degree: dt.date) -> EnrolmentEntry:
    """Draw what somebody states of a degree on this day: in time or late, much of it or little."""
    registered_on = draw(day_after(degree, 45, 100, None))
    lasts = st.sampled_from((None, 20, 365, 7 * 365))
    days = None if registered_on is None else draw(lasts)
    until = None if days is None or registered_on is None else registered_on + dt.timedelta(days=days)
    terms = st.sampled_from(
        (
            (),
            (Span(first=degree - dt.timedelta(days=700)),),
            (Span(first=degree - dt.timedelta(days=700), last=degree - dt.timedelta(days=60)),),
            (
                Span(first=degree - dt.timedelta(days=700), last=degree - dt.timedelta(days=120)),
                Span(first=degree - dt.timedelta(days=draw(st.sampled_from((29, 30)))), last=degree),
            ),
        )
    )
    return EnrolmentEntry(
        track=draw(st.sampled_from((Track.LMFT, *Track))),
        week_start=draw(st.sampled_from(WeekStart)),
        units_on=draw(day_after(degree, -600, -600, -10, None)),
        degree_on=draw(st.sampled_from((degree, degree, degree, None))),
        application_on=draw(day_after(degree, 10, 90, 91, None)),
        live_scan_on=draw(day_after(degree, -3, 1, 12, None)),
        registered_on=registered_on,
        registered_until=until,
        licensure_on=draw(day_after(degree, None, None, 500, 6 * 365, 2190)),
        practicum=draw(terms),
    )


@st.composite
def settings_at(draw: st.DrawFn) -> SettingEntry:
    """Draw a place; most are such that hours count there."""
    return changed(
        SETTING,
        kind=draw(st.sampled_from((SettingKind.NONEXEMPT_OTHER, *SettingKind))),
        employment=draw(st.sampled_from((Employment.EMPLOYEE, Employment.EMPLOYEE, *Employment))),
        is_lawful=draw(st.sampled_from((True, True, True, True, False))),
    )


@st.composite
def supervisions_at(draw: st.DrawFn, first_day: dt.date) -> SupervisionEntry:
    """Draw a supervision; of each five about four are in order."""
    fine = changed(
        WITH_LCSW,
        setting_id=draw(st.sampled_from((SITES[0], SITES[0], *SITES, NOBODY))),
        licence=draw(st.sampled_from((Licence.LCSW, *Licence))),
        licence_from=dt.date(2000, 1, 1),
        starts_on=dt.date(2000, 1, 1),
        has_record_access=draw(st.booleans()),
    )
    flaws: tuple[dict[str, object], ...] = (
        {"starts_on": first_day + dt.timedelta(days=3)},
        {"ends_on": first_day + dt.timedelta(days=4)},
        {"licence_from": first_day + dt.timedelta(days=2)},
        {"licence_until": first_day + dt.timedelta(days=5)},
        {"is_related": True},
        {"is_qualified": False},
        {"video": Suitability.UNSUITABLE},
        {
            "video": Suitability.UNSUITABLE,
            "video_assessed_on": first_day + dt.timedelta(days=3),
        },
    )
    flaw = draw(st.sampled_from((*[dict[str, object]()] * 16, *flaws)))
    return changed(fine, **flaw)


@st.composite
def entries_of(draw: st.DrawFn, number: int, first_day: dt.date) -> Recorded:
    """Draw an entry in the three weeks from a day on."""
    day = first_day + dt.timedelta(days=draw(st.integers(0, 20)))
    supervision = draw(st.sampled_from((*SUPERVISIONS[:2] * 3, *SUPERVISIONS)))
    signature = draw(st.sampled_from(MOSTLY_SIGNED))
    minutes = draw(st.sampled_from(LENGTHS))
    kind = draw(st.sampled_from((None, *KINDS[:3], None, *KINDS, None)))
    if kind is None:
        return session(
            number,
            day,
            minutes,
            supervision=draw(st.sampled_from((supervision, supervision, supervision, None))),
            participants=draw(st.sampled_from(Participants)),
            service=draw(st.sampled_from((Service.PSYCHOTHERAPY, None, *Service))),
            modality=draw(st.sampled_from(Modality)),
            signature=signature,
        )
    made = activity(
        number,
        day,
        minutes,
        kind,
        supervision=supervision,
        modality=draw(st.sampled_from((Modality.IN_PERSON, Modality.IN_PERSON, *Modality))),
        signature=signature,
    )
    return made if kind is not ActivityKind.SUPERVISION_GROUP else _group(draw, made)


def _group(draw: st.DrawFn, made: Recorded) -> Recorded:
    parts = draw(st.sampled_from(PARTS))
    size = draw(st.sampled_from((2, 8, 8, 9)))
    entry = changed(made.entry, minutes=sum(parts), segments=parts, supervisees=size)
    return replace(made, entry=entry)


@st.composite
def short_histories(draw: st.DrawFn) -> tuple[History, dt.date]:
    """Draw up to thirty entries in three weeks around a day that matters, and the day asked on."""
    degree = draw(st.sampled_from(DEGREES))
    enrolment = draw(enrolments(degree))
    turn = draw(st.sampled_from((-590, -130, -60, 0, 45, 92, 300, 6 * 365 + 120)))
    first_day = degree + dt.timedelta(days=turn + draw(st.integers(-14, 0)))
    size = draw(st.integers(1, 30))
    made = History(
        enrolment=enrolment,
        settings={site: draw(settings_at()) for site in SITES},
        supervisions={each: draw(supervisions_at(first_day)) for each in SUPERVISIONS[:-1]},
        entries=tuple(draw(entries_of(number, first_day)) for number in range(1, size + 1)),
    )
    until = draw(st.sampled_from((10, 21, 90, 6 * 365, 6 * 365 + 12, 7 * 365)))
    return made, first_day + dt.timedelta(days=until)


@st.composite
def long_histories(draw: st.DrawFn) -> tuple[History, dt.date]:
    """Draw some years made of stretches that are much alike, for the limits of a lifetime."""
    degree = DEGREES[-1]
    enrolment = changed(
        draw(enrolments(degree)), units_on=dt.date(2015, 1, 1), degree_on=degree
    )
    start = degree - dt.timedelta(weeks=draw(st.sampled_from((0, 30, 60, 90))))
    numbers, entries = count(1), list[Recorded]()
    for _ in range(draw(st.integers(1, 4))):
        weeks = draw(st.integers(8, 40))
        entries += _stretch(draw, start, weeks, numbers)
        start += dt.timedelta(weeks=weeks + draw(st.sampled_from((0, 0, 20))))
    made = History(
        enrolment=enrolment,
        settings=dict.fromkeys(SITES, SETTING),
        supervisions={
            each: changed(
                WITH_LCSW,
                setting_id=site,
                starts_on=dt.date(2000, 1, 1),
                licence=draw(st.sampled_from((Licence.LEP, Licence.LCSW, Licence.LMFT))),
            )
            for each, site in zip(SUPERVISIONS, SITES, strict=False)
        },
        entries=tuple(entries),
    )
    later = draw(st.sampled_from((0, 0, 6 * 365 - 400, 6 * 365 + 100)))
    return made, start + dt.timedelta(days=later)


def _stretch(
    draw: st.DrawFn, start: dt.date, weeks: int, numbers: Iterator[int]
) -> Iterator[Recorded]:
    """Give weeks that have about the same: some direct hours, contact, and other work."""
    random = Random(draw(st.integers(0, 1000)))
    supervision = draw(st.sampled_from(SUPERVISIONS[:3]))
    direct = draw(st.sampled_from((0, 150, 299, 300, 400)))
    contact = draw(st.sampled_from((60, 90, 120, 400)))
    other = draw(st.sampled_from((0, 60, 300, 700)))
    for week in range(weeks):
        signature = random.choice((*[Signature.SIGNED] * 6, Signature.NONE))
        for place in (0, 2, 4):
            day = start + dt.timedelta(weeks=week, days=place)
            jitter = random.choice((0, 0, 0, 1, 200))
            if direct:
                made = session(next(numbers), day, direct + jitter, supervision=supervision)
                kind = random.choice(tuple(Participants))
                yield replace(
                    made, entry=changed(made.entry, participants=kind), signature=signature
                )
            if other and place:
                kind = random.choice((ActivityKind.ADVOCACY, ActivityKind.NOTES))
                yield activity(
                    next(numbers), day, other, kind, supervision=supervision, signature=signature
                )
        kind = random.choice((ActivityKind.SUPERVISION_INDIVIDUAL, ActivityKind.SUPERVISION_GROUP))
        yield activity(
            next(numbers), start + dt.timedelta(weeks=week), contact, kind,
            supervision=supervision, signature=signature,
        )
