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
from aggregates.hours.supervision_entry import Licence, Suitability, SupervisionEntry, Tie
from aggregates.session_entry import Modality, Participants, Service
from tests.aggregates.bbs.invented import SETTING, WITH_LCSW, activity, changed, session

SITES: Final = tuple(UUID(int=number) for number in range(1, 3))
SUPERVISIONS: Final = tuple(UUID(int=number) for number in range(11, 15))
NOBODY: Final = UUID(int=19)
DEGREES: Final = (dt.date(2019, 5, 31), dt.date(2020, 1, 1), dt.date(2021, 6, 4))
LENGTHS: Final = (15, 30, 45, 50, 59, 60, 61, 90, 119, 120, 121, 180, 239, 299, 300, 301, 540, 600)
PARTS: Final = ((120,), (60, 60), (30, 30, 30, 30), (90, 30), (60,), (61, 59), (59,), (150, 61))
KINDS: Final = tuple(ActivityKind)
SOON: Final = dt.timedelta(days=3)


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
    until = (
        None if days is None or registered_on is None else registered_on + dt.timedelta(days=days)
    )
    again = draw(day_after(degree, *[None] * 4, 47, 95, 6 * 365 + 118, 6 * 365 + 122))
    terms = st.sampled_from(
        (
            (),
            (Span(first=degree - dt.timedelta(days=700)),),
            (Span(first=degree - dt.timedelta(days=700), last=degree - dt.timedelta(days=60)),),
            (
                Span(first=degree - dt.timedelta(days=700), last=degree - dt.timedelta(days=120)),
                Span(
                    first=degree - dt.timedelta(days=draw(st.sampled_from((29, 30)))), last=degree
                ),
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
        second_registered_on=again,
        second_registered_until=draw(st.sampled_from((None, again and again + SOON))),
        licensure_on=draw(day_after(degree, None, None, 500, 6 * 365, 2190)),
        practicum=draw(terms),
    )


@st.composite
def settings_at(draw: st.DrawFn) -> SettingEntry:
    """Draw a place; most are such that hours count there."""
    kinds = (*[SettingKind.NONEXEMPT_OTHER] * 3, *SettingKind)
    flaws: tuple[dict[str, object], ...] = (
        {"employment": Employment.CONTRACTOR},
        {"is_lawful": False},
        {"employment": Employment.VOLUNTEER},
    )
    flaw = draw(st.sampled_from((*[dict[str, object]()] * 12, *flaws)))
    return changed(SETTING, kind=draw(st.sampled_from(kinds)), **flaw)


@st.composite
def supervisions_at(draw: st.DrawFn, first_day: dt.date) -> SupervisionEntry:
    """Draw a supervision; most are in order."""
    fine = changed(
        WITH_LCSW,
        setting_id=draw(st.sampled_from((*SITES * 4, NOBODY))),
        licence=draw(st.sampled_from((Licence.LCSW, *Licence))),
        licence_from=dt.date(2000, 1, 1),
        starts_on=dt.date(2000, 1, 1),
        has_record_access=draw(st.booleans()),
        tie=draw(st.sampled_from((None, *Tie))),
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
def entries_of(draw: st.DrawFn, first_day: dt.date) -> Recorded:
    """Draw an entry in the ten days from a day on."""
    day = first_day + dt.timedelta(days=draw(st.integers(0, 9)))
    supervision = draw(st.sampled_from((*SUPERVISIONS[:1] * 6, *SUPERVISIONS)))
    signature = draw(st.sampled_from((*[Signature.SIGNED] * 8, *Signature)))
    minutes = draw(st.sampled_from(LENGTHS))
    kind = draw(st.sampled_from((*[None] * 9, *KINDS[:3] * 2, *KINDS)))
    modality = draw(st.sampled_from((*[Modality.IN_PERSON] * 4, *Modality)))
    if kind is None:
        return session(
            0,
            day,
            minutes,
            supervision=draw(st.sampled_from((*[supervision] * 9, None))),
            participants=draw(st.sampled_from(Participants)),
            service=draw(st.sampled_from((*[Service.PSYCHOTHERAPY] * 2, None, *Service))),
            modality=modality,
            signature=signature,
        )
    made = activity(
        0,
        day,
        minutes,
        kind,
        supervision=supervision,
        modality=modality,
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
    """Draw up to thirty entries in ten days around a day that matters, and the day asked on."""
    degree = draw(st.sampled_from(DEGREES))
    enrolment = draw(enrolments(degree))
    turn = draw(st.sampled_from((-590, -130, -130, -60, 0, 45, 92, 300, 6 * 365 + 120)))
    first_day = degree + dt.timedelta(days=turn + draw(st.integers(-9, 0)))
    entries = draw(st.lists(entries_of(first_day), min_size=8, max_size=30))
    carries = activity(
        0, first_day, draw(st.sampled_from((60, 119, 240))), supervision=SUPERVISIONS[0]
    )
    made = History(
        enrolment=enrolment,
        settings={site: draw(settings_at()) for site in SITES},
        supervisions={each: draw(supervisions_at(first_day)) for each in SUPERVISIONS[:-1]},
        entries=tuple(
            replace(each, entry_id=UUID(int=number))
            for number, each in enumerate((*entries, carries))
        ),
    )
    until = draw(st.sampled_from((5, 21, 21, 90, 6 * 365, 6 * 365 + 5, 7 * 365)))
    return made, first_day + dt.timedelta(days=until)


@st.composite
def long_histories(draw: st.DrawFn) -> tuple[History, dt.date]:
    """Draw some years made of stretches that are much alike, for the limits of a lifetime."""
    degree = DEGREES[-1]
    enrolment = changed(
        draw(enrolments(degree)),
        units_on=dt.date(2015, 1, 1),
        degree_on=degree,
        registered_on=degree + dt.timedelta(days=draw(st.sampled_from((0, 30)))),
        registered_until=None,
        second_registered_on=None,
        second_registered_until=None,
        practicum=(Span(first=dt.date(2015, 1, 1), last=draw(day_after(degree, -1, -300, -400))),),
    )
    start = degree - dt.timedelta(weeks=draw(st.sampled_from((0, 30, 100, 100, 150))))
    numbers, entries = count(1), list[Recorded]()
    for _ in range(draw(st.integers(1, 4))):
        weeks = draw(st.integers(20, 60))
        entries += _stretch(draw, start, weeks, numbers)
        start += dt.timedelta(weeks=weeks + draw(st.sampled_from((-10, 0, 20))))
    licences = st.sampled_from((Licence.LEP, Licence.LCSW))
    supervision = changed(WITH_LCSW, starts_on=dt.date(2000, 1, 1))
    made = History(
        enrolment=enrolment,
        settings=dict.fromkeys(SITES, SETTING),
        supervisions={
            each: changed(supervision, setting_id=site, licence=draw(licences))
            for each, site in zip(SUPERVISIONS[:3], (*SITES, SITES[0]), strict=True)
        },
        entries=tuple(entries),
    )
    later = draw(st.sampled_from((0, 0, 4 * 365, 5 * 365)))
    return made, start + dt.timedelta(days=later)


def _stretch(
    draw: st.DrawFn, start: dt.date, weeks: int, numbers: Iterator[int]
) -> Iterator[Recorded]:
    """Give weeks that have about the same: direct hours, other work, and enough contact or not."""
    random = Random(draw(st.integers(0, 1000)))
    supervision = draw(st.sampled_from(SUPERVISIONS[:3]))
    direct = draw(st.sampled_from(((), (300,), (600,), (600, 540), (600, 600, 360))))
    other = draw(st.sampled_from(((), (60,), (900,), (900, 500))))
    contact = draw(st.sampled_from((60, 120, 240, 361)))
    for week in range(weeks):
        monday = start + dt.timedelta(weeks=week)
        signature = random.choice((*[Signature.SIGNED] * 6, Signature.NONE))
        people = random.choice(tuple(Participants))
        other_kind = random.choice((ActivityKind.ADVOCACY, ActivityKind.NOTES))
        contact_kind = random.choice((*KINDS[:2], *KINDS[:3]))
        of_week = [
            *(session(0, monday, each, participants=people) for each in direct),
            *(activity(0, monday, each, other_kind) for each in other),
            activity(0, monday, contact + random.choice((0, 0, 30)), contact_kind),
        ]
        for place, each in enumerate(of_week):
            day = monday + dt.timedelta(days=place)
            entry = changed(each.entry, date=day, supervision_id=supervision)
            yield Recorded(UUID(int=next(numbers)), entry, signature)
