"""Part (g): what the page of progress costs: anew, after a change, kept, as entries become more."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import median
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Track, WeekStart
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision_entry import Licence, SupervisionEntry
from aggregates.hours.week_content import RowKey
from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from aggregates.session_entry import Modality, Participants, Service, SessionEntry
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.hours.activities import log_activity
from commands.hours.setup import state_enrolment, state_setting, state_supervision
from commands.hours.submit_week import Submission, submit_week
from commands.join_member import join_member
from commands.log_session import log_session
from commands.open_practice import open_practice
from commands.session import Shown
from commands.sign_baa import sign_baa
from projections.progress import Progress, Progresses
from projections.read_models import Followers
from projections.waiting import wait_for_all
from tests.benchmarks.clients import Tell
from tests.benchmarks.outcome import Part, Rates, Ratio, rates_of, ratio
from tests.benchmarks.pace import Pace, bar
from tests.benchmarks.pages import Front, front_of, page_s, pages_a_second, processor_ms
from tests.benchmarks.place import OpenLedger, Place
from web.serving import wire

PART: Final = "progress"
SIZES: Final = (500, 1_000, 2_000, 4_000)
ANEW, CHANGED, KEPT = "evaluated anew", "after a change", "kept"
THREADS: Final = 8
TIMED: Final = 5
WAIT_S_MAX: Final = 10.0
FOLLOWED: Final = ("therapist", "setup", "weeks")
# Four years of twenty entries a week, one of them supervision.
A_WEEK: Final = 20
FIRST_MONDAY: Final = dt.date(2022, 10, 3)
WEEK: Final = dt.timedelta(days=7)
PATH: Final = "/progress?as-of=2026-11-27"

_Logged: TypeAlias = tuple[dt.date, UUID]


def measure(place: Place, pace: Pace) -> Part:
    """Fill people's logs of several sizes, then show each of them their progress in turn."""
    opened = place.ledger()
    context = Context(opened.ledger, opened.clock, opened.ids)
    followers = Followers(opened.database, opened.ledger.keys)
    followers.start()
    with bar(f"{PART}, logging", sum(SIZES)) as tell:
        people = {size: _person(context, size, tell) for size in SIZES}
    place.settle(opened.database)
    fronts = _fronts(opened, context)
    rates, ratios, notes = list[Rates](), list[Ratio](), list[str]()
    measured = {size: dict[str, list[float]]() for size in SIZES}
    with bar(PART, pace.rounds * (len(fronts) + 1) * len(SIZES)) as tell:
        for _ in range(pace.rounds):
            for size, person in people.items():
                for name, front in fronts.items():
                    found = pages_a_second(front, [person.actor], PATH, pace.round_s)
                    measured[size].setdefault(name, []).append(found)
                    tell(1)
                found = _after_changes(context, fronts[KEPT], person)
                measured[size].setdefault(CHANGED, []).append(found)
                tell(1)
    for size in SIZES:
        found = rates_of(PART, _entries(size), measured[size])
        rates += found
        ratios += [ratio(found, _entries(size), name, ANEW) for name in (CHANGED, KEPT)]
        used = [processor_ms(front, people[size].actor, PATH, TIMED) for front in fronts.values()]
        notes.append(_note(size, found, used))
    ratios += _growth(rates)
    followers.stop()
    return Part(rates, ratios, notes)


def _note(size: int, found: list[Rates], used_ms: list[float]) -> str:
    took = {each.contestant: 1_000 / each.median for each in found}
    return (
        f"{PART}, {_entries(size)}: {took[ANEW]:.1f} ms anew, {took[CHANGED]:.1f} ms after a"
        f" change, {took[KEPT]:.1f} ms kept; of the process's own time {used_ms[0]:.1f} ms anew,"
        f" {used_ms[1]:.1f} ms kept"
    )


def _after_changes(context: Context, front: Front, person: "_Logger") -> float:
    """Return how many pages a second that would be, each asked for once after a correction."""
    took: list[float] = []
    for _ in range(TIMED):
        position = person.correct_last(context)
        place = (person.actor.practice_id, position, WAIT_S_MAX)
        assert wait_for_all(context.ledger, FOLLOWED, *place), "the read models follow"
        took.append(page_s(front, person.actor, PATH))
    return 1 / median(took)


def _growth(rates: list[Rates]) -> Iterator[Ratio]:
    """Yield how the largest compares with the smallest, in either way."""
    for name in (ANEW, CHANGED, KEPT):
        by_setting = {each.setting: each.median for each in rates if each.contestant == name}
        largest, smallest = _entries(SIZES[-1]), _entries(SIZES[0])
        value = round(by_setting[largest] / by_setting[smallest], 2)
        yield Ratio(PART, name, f"{largest} / {smallest}", value)


def _entries(size: int) -> str:
    return f"{size:,} entries"


def _fronts(opened: OpenLedger, context: Context) -> dict[str, Front]:
    services = wire(context, opened.settings, broken=tuple)
    hours = replace(services.records.hours, progress=_Anew(context))
    anew = replace(services, records=replace(services.records, hours=hours))
    return {ANEW: front_of(opened, anew), KEPT: front_of(opened, services)}


class _Anew:
    """Reads and evaluates each time."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def __call__(self, actor: Actor, as_of: dt.date) -> Progress | None:
        progresses = Progresses(self._context.ledger, self._context.clock)
        return progresses.of(actor.practice_id, actor.person_id, as_of)


@dataclass(frozen=True, slots=True)
class _Person:
    """A therapist of a practice of their own, and the supervision they log under."""

    actor: Actor
    supervision_id: UUID

    def key(self, monday: dt.date) -> RowKey:
        """Return the row of a week."""
        return RowKey(
            person_id=self.actor.person_id,
            supervision_id=self.supervision_id,
            first_day=monday,
            phase=Phase.AFTER_DEGREE,
        )


@dataclass(slots=True)
class _Logger:
    """Somebody who logged much, and the last session of it as it now stands."""

    actor: Actor
    stream_id: UUID
    entry: SessionEntry
    version: int = 1

    def correct_last(self, context: Context) -> int:
        """Make the last session a minute longer or shorter; return the position of that."""
        minutes = 50 + self.version % 2
        self.entry = msgspec.structs.replace(self.entry, minutes=minutes)
        shown = Shown(self.stream_id, self.version)
        done = correct_session(context, self.actor, shown, self.entry, context.ids.new())
        self.version += 1
        return done.position


def _person(context: Context, size: int, tell: Tell) -> _Logger:
    """Return somebody who logged that much, all of it submitted."""
    person, new = _supervised(context), context.ids.new
    actor = person.actor

    def log(place: int) -> _Logged:
        monday = FIRST_MONDAY + place // A_WEEK * WEEK
        entry = _entry(monday, place % A_WEEK, person.supervision_id)
        if isinstance(entry, SessionEntry):
            done = log_session(context, actor, entry, new())
        else:
            done = log_activity(context, actor, entry, new())
        tell(1)
        return monday, done.stream_id

    by_week = defaultdict[dt.date, list[UUID]](list)
    with ThreadPoolExecutor(THREADS) as pool:
        for monday, stream_id in pool.map(log, range(size)):
            by_week[monday].append(stream_id)
        weeks = [Submission(person.key(monday), entries) for monday, entries in by_week.items()]
        sent = [pool.submit(submit_week, context, actor, week, new()) for week in weeks]
        for each in sent:
            each.result()
    monday, last = max(by_week), size - 1
    entry = _entry(monday, last % A_WEEK, person.supervision_id)
    assert isinstance(entry, SessionEntry)
    return _Logger(actor, by_week[monday][-1], entry)


def _supervised(context: Context) -> _Person:
    new = context.ids.new
    owner, supervisor_id = Actor(new(), new()), new()
    open_practice(context, owner, Private("Practice"), Private("Owner"), new())
    sign_baa(context, owner, ("1", bytes(32)), None, new())
    joined = JoinMember(
        person_id=supervisor_id,
        role=Role.SUPERVISOR,
        name=Private("Supervisor"),
        invited_by=owner.person_id,
    )
    join_member(context, owner, joined, new())
    state_enrolment(context, owner, ENROLMENT, new())
    setting_id = state_setting(context, owner, None, SETTING, new()).stream_id
    stated = _supervision(setting_id, supervisor_id)
    return _Person(owner, state_supervision(context, owner, None, stated, new()).stream_id)


def _entry(monday: dt.date, place: int, supervision_id: UUID) -> SessionEntry | ActivityEntry:
    day = monday + dt.timedelta(days=place % 5)
    if place == 0:
        return ActivityEntry(
            date=day,
            minutes=120,
            kind=ActivityKind.SUPERVISION_INDIVIDUAL,
            supervision_id=supervision_id,
            modality=Modality.IN_PERSON,
            supervisees=1,
        )
    return SessionEntry(
        date=day,
        start_minute=480 + 60 * (place // 5),
        minutes=50,
        setting=Private("Riverside"),
        alias=Private("C-001"),
        modality=Modality.IN_PERSON,
        participants=Participants.INDIVIDUAL if place % 3 else Participants.COUPLE,
        supervision_id=supervision_id,
        service=Service.PSYCHOTHERAPY,
    )


ENROLMENT: Final = EnrolmentEntry(
    track=Track.LMFT,
    week_start=WeekStart.MONDAY,
    units_on=dt.date(2020, 1, 15),
    degree_on=dt.date(2022, 6, 1),
    application_on=dt.date(2022, 6, 10),
    live_scan_on=dt.date(2022, 6, 2),
    registered_on=dt.date(2022, 9, 1),
    registered_until=dt.date(2027, 9, 30),
)
SETTING: Final = SettingEntry(
    name=Private("Riverside"),
    address=None,
    kind=SettingKind.NONEXEMPT_OTHER,
    employment=Employment.EMPLOYEE,
    is_lawful=True,
)


def _supervision(setting_id: UUID, supervisor_id: UUID) -> SupervisionEntry:
    return SupervisionEntry(
        setting_id=setting_id,
        supervisor_id=supervisor_id,
        supervisor_name=Private("Supervisor"),
        licence=Licence.LCSW,
        licence_number=Private("1"),
        licence_from=dt.date(2010, 1, 1),
        licence_until=None,
        starts_on=dt.date(2022, 9, 1),
        agreement_on=dt.date(2022, 9, 2),
    )
