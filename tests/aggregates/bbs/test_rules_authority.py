"""Whether an hour counts at all: registration, practicum, setting and supervisor, day by day."""

import datetime as dt
from typing import Any, Final

import pytest

from aggregates.bbs.bounds import Question
from aggregates.bbs.evaluate import evaluate
from aggregates.hours.enrolment_entry import EnrolmentEntry, Span, Track
from aggregates.hours.setting_entry import Employment, SettingKind
from aggregates.hours.supervision_entry import Tie
from tests.aggregates.bbs.invented import (
    HOUR,
    SUPERVISION,
    TRAINEE,
    WITH_LCSW,
    activity,
    changed,
    history,
    session,
)
from tests.aggregates.bbs.one_hour import AS_OF, assert_counts, assert_open, assert_void, of, on
from tests.aggregates.bbs.sides import broken, kept

DAY: Final = dt.date(2022, 6, 15)
ONE: Final = dt.timedelta(days=1)
NINETY_DAYS: Final = ("MFT-90D", "PCC-90D", "SW-90D")
REGISTERED: Final = ("MFT-REG", "PCC-REG", "SW-REG")
UNREGISTERED: Final = ("MFT-PP-REG", "PCC-PP-REG", "SW-PP-REG")
TRAINED: Final = ("PCC-TRAINEE", "SW-TRAINEE")
PRIVATE: Final = SettingKind.PRIVATE_PRACTICE
CORPORATION: Final = SettingKind.PROFESSIONAL_CORPORATION
OWNED: Final = {"has_record_access": True, "tie": Tie.OWNER}


@kept(*TRAINED)
def test_hours_from_the_day_of_the_degree_count(rule_id: str, track: Track) -> None:
    """The registration was there by then."""
    assert_counts(on(DAY, of(track, degree_on=DAY)), rule_id)


@broken(*TRAINED)
def test_hours_of_the_day_before_the_degree_never_count(rule_id: str, track: Track) -> None:
    """Whatever supervision they had."""
    assert_void(on(DAY - ONE, of(track, degree_on=DAY)), rule_id)


@kept("MFT-12UNITS")
def test_hours_from_the_day_of_the_units_count(rule_id: str, track: Track) -> None:
    """The day they were completed."""
    assert track is Track.LMFT
    assert_counts(on(DAY, changed(TRAINEE, units_on=DAY)), rule_id)


@broken("MFT-12UNITS")
def test_hours_of_the_day_before_the_units_do_not(rule_id: str, track: Track) -> None:
    """And while the day is not stated, it is open."""
    assert track is Track.LMFT
    assert_void(on(DAY - ONE, changed(TRAINEE, units_on=DAY)), rule_id)
    unstated = on(DAY, changed(TRAINEE, units_on=None))
    assert_open(unstated, rule_id, Question.UNITS_DAY_MISSING)


def terms(gap_days: int) -> tuple[Span, Span]:
    """Return two terms with so many days between them; `DAY` is the first of those."""
    before = Span(first=dt.date(2022, 1, 10), last=DAY - ONE)
    return before, Span(first=DAY + gap_days * ONE, last=dt.date(2023, 6, 1))


@kept("TR-PRACT")
def test_a_gap_of_89_days_between_terms_counts(rule_id: str, track: Track) -> None:
    """So does one that the degree ends, and a gap that may still end in time is open."""
    assert track is Track.LMFT
    assert_counts(on(DAY, changed(TRAINEE, practicum=terms(89))), rule_id)
    last = terms(89)[:1]
    graduated = changed(TRAINEE, practicum=last, degree_on=DAY + 89 * ONE)
    assert_counts(on(DAY, graduated), rule_id)
    running = changed(TRAINEE, practicum=last)
    found = on(DAY, running, as_of=DAY + 88 * ONE)
    assert found.totals.creditable.optimistic.a == HOUR
    assert found.verdict(rule_id).over_cap.questions == {Question.PRACTICUM_GAP_RUNS}


@broken("TR-PRACT")
@pytest.mark.parametrize(
    "enrolment",
    [
        changed(TRAINEE, practicum=terms(90)),
        changed(TRAINEE, practicum=terms(90)[:1], degree_on=DAY + 90 * ONE),
        changed(TRAINEE, practicum=terms(90)[:1]),
        changed(TRAINEE, practicum=terms(90)[1:]),
    ],
)
def test_a_gap_of_90_days_does_not(rule_id: str, track: Track, enrolment: EnrolmentEntry) -> None:
    """Nor one that nothing came before; supervision itself is no counseling and counts."""
    assert track is Track.LMFT
    found = on(DAY, enrolment)
    assert (found.totals.creditable.optimistic.a, found.totals.creditable.optimistic.b) == (0, HOUR)
    assert found.verdict(rule_id).over_cap.optimistic == HOUR
    unstated = on(DAY, changed(TRAINEE, practicum=()))
    assert unstated.verdict(rule_id).over_cap.questions == {Question.PRACTICUM_MISSING}


@kept("TR-PP")
@pytest.mark.parametrize("kind", [SettingKind.EXEMPT, SettingKind.NONEXEMPT_OTHER])
def test_a_trainee_counts_outside_private_practices(
    rule_id: str, track: Track, kind: SettingKind
) -> None:
    """Exempt or not."""
    assert track is Track.LMFT
    assert_counts(on(DAY, TRAINEE, setting={"kind": kind}), rule_id)


@broken("TR-PP")
@pytest.mark.parametrize("kind", [PRIVATE, CORPORATION])
def test_a_trainee_never_counts_in_a_private_practice(
    rule_id: str, track: Track, kind: SettingKind
) -> None:
    """A professional corporation is one."""
    assert track is Track.LMFT
    private = on(DAY, TRAINEE, setting={"kind": kind}, supervision=OWNED)
    assert_void(private, rule_id)


@kept(*REGISTERED)
@pytest.mark.parametrize("day", [DAY, DAY + 30 * ONE])
def test_hours_from_registration_to_expiry_count(rule_id: str, track: Track, day: dt.date) -> None:
    """Both days included, even of one who applied late."""
    late = of(track, registered_on=DAY, registered_until=DAY + 30 * ONE, application_on=DAY - ONE)
    assert_counts(on(day, late), rule_id)


@broken(*REGISTERED)
@pytest.mark.parametrize(
    ("day", "changes"),
    [
        (DAY + 31 * ONE, {"registered_on": DAY, "registered_until": DAY + 30 * ONE}),
        (DAY, {"registered_on": None, "application_on": None}),
    ],
)
def test_hours_after_its_expiry_or_without_any_do_not(
    rule_id: str, track: Track, day: dt.date, changes: dict[str, Any]
) -> None:
    """Who never applied has no hours after the degree."""
    assert_void(on(day, of(track, **changes)), rule_id)


def applied(track: Track, days: int, **changes: Any) -> EnrolmentEntry:  # noqa: ANN401 -- as above
    """Return an enrolment whose application came so many days after the degree."""
    degree_on = DAY - 30 * ONE
    stated: dict[str, Any] = {
        "degree_on": degree_on,
        "application_on": degree_on + days * ONE,
        "live_scan_on": DAY,
        "registered_on": DAY + 120 * ONE,
    }
    return of(track, **(stated | changes))


@kept(*NINETY_DAYS)
def test_hours_before_registration_count_if_applied_within_90_days(
    rule_id: str, track: Track
) -> None:
    """With a Live Scan by then, which older degrees do not need; open until registered."""
    assert_counts(on(DAY, applied(track, 90)), rule_id)
    assert_open(on(DAY, applied(track, 90, registered_on=None)), rule_id, PENDING)
    old = of(
        track,
        degree_on=dt.date(2019, 12, 31),
        application_on=dt.date(2020, 1, 2),
        live_scan_on=None,
        registered_on=dt.date(2020, 6, 1),
    )
    assert_counts(on(dt.date(2020, 3, 2), old), rule_id)


PENDING: Final = Question.REGISTRATION_PENDING


@broken(*NINETY_DAYS)
@pytest.mark.parametrize(
    ("days", "changes"),
    [(91, {}), (90, {"live_scan_on": DAY + ONE})],
)
def test_an_application_on_the_91st_day_or_a_late_live_scan_does_not(
    rule_id: str, track: Track, days: int, changes: dict[str, Any]
) -> None:
    """Whenever the registration comes."""
    assert_void(on(DAY, applied(track, days, **changes)), rule_id)


@kept(*UNREGISTERED)
def test_a_private_practice_counts_once_the_registration_was_issued(
    rule_id: str, track: Track
) -> None:
    """From that day on."""
    enrolment = applied(track, 90, registered_on=DAY)
    private = on(DAY, enrolment, setting={"kind": PRIVATE}, supervision=OWNED)
    assert_counts(private, rule_id)


@broken(*UNREGISTERED)
@pytest.mark.parametrize("kind", [PRIVATE, CORPORATION])
def test_it_does_not_count_the_day_before(rule_id: str, track: Track, kind: SettingKind) -> None:
    """Whatever the 90-day rule gives elsewhere."""
    assert_void(on(DAY, applied(track, 90), setting={"kind": kind}), rule_id)


@kept("EMP-TYPE")
@pytest.mark.parametrize("employment", [Employment.EMPLOYEE, Employment.VOLUNTEER])
def test_employees_and_volunteers_count(rule_id: str, track: Track, employment: Employment) -> None:
    """Both alike."""
    assert_counts(on(DAY, of(track), setting={"employment": employment}), rule_id)


@broken("EMP-TYPE")
def test_contractors_never_count(rule_id: str, track: Track) -> None:
    """Whatever else is right."""
    assert_void(on(DAY, of(track), setting={"employment": Employment.CONTRACTOR}), rule_id)


def test_a_session_without_a_supervision_is_recorded_and_not_credited() -> None:
    """Nor is one whose supervision is not known."""
    for supervision in (None, WITH_LCSW.setting_id):
        made = history(session(1, DAY, supervision=supervision), activity(2, DAY))
        found = evaluate(made, AS_OF)
        assert (found.totals.recorded.a, found.totals.creditable.optimistic.a) == (HOUR, 0)
        assert found.verdict("SUP-ALWAYS").over_cap.optimistic == HOUR
    assert SUPERVISION in made.supervisions
