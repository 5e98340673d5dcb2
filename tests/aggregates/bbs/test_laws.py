"""What holds for every history: nothing recorded is lost, no order matters, no figure is split."""

import datetime as dt
from collections import defaultdict
from dataclasses import fields, replace
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.bbs.bounds import Bounds
from aggregates.bbs.columns import Columns
from aggregates.bbs.evaluate import evaluate, findings_for_week
from aggregates.bbs.evaluation import Evaluation
from aggregates.bbs.history import History, Recorded, Signature
from aggregates.bbs.judging import Judged, judge
from aggregates.bbs.project import project
from aggregates.hours.enrolment_entry import Track
from tests.aggregates.bbs.career import FIRST, JOBS, career
from tests.aggregates.bbs.invented import HOUR

WEEKS_MAX = 4
LAST = FIRST + dt.timedelta(weeks=6 * 52 + 2)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Some weeks of a career, from any time in it, on any track."""
    track = draw(st.sampled_from(Track))
    made = _whole(track)
    start = draw(st.integers(0, 300))
    weeks = _weeks(track)
    chosen = range(start, start + draw(st.integers(1, WEEKS_MAX)))
    return replace(made, entries=tuple(each for week in chosen for each in weeks[week]))


@cache
def _whole(track: Track) -> History:
    return career(track, seed=8)


@cache
def _weeks(track: Track) -> dict[int, list[Recorded]]:
    weeks = defaultdict[int, list[Recorded]](list)
    for each in _whole(track).entries:
        weeks[(each.day - FIRST).days // 7].append(each)
    return weeks


def assert_within(part: Columns, whole: Columns) -> None:
    """No column of the one is more than that of the other."""
    for field in fields(Columns):
        if field.name != "a1":
            assert getattr(part, field.name) <= getattr(whole, field.name)
    assert part.a1 <= whole.a1 + whole.a1_open


def assert_lawful(found: Evaluation) -> None:
    """Every row, and the totals."""
    for recorded, credited, pending in (
        *((row.recorded, row.credited, row.pending) for row in found.rows),
        (found.totals.recorded, found.totals.creditable, found.totals.pending),
    ):
        for columns in (recorded, credited.conservative, credited.optimistic):
            assert columns.a1 <= columns.a
            assert columns.b1 + columns.b2 <= columns.b
            assert columns.c == columns.a + columns.b
        assert_within(credited.conservative, credited.optimistic)
        assert_within(credited.optimistic, recorded)
        assert_within(credited.conservative + pending.conservative, recorded)
        assert_within(credited.optimistic + pending.optimistic, recorded)
    for verdict in found.requirements:
        assert 0 <= verdict.value.conservative <= verdict.value.optimistic
        assert min(verdict.pending.conservative, verdict.pending.optimistic) >= 0
        assert verdict.once_signed.conservative <= verdict.once_signed.optimistic
        assert verdict.over_cap.conservative >= verdict.over_cap.optimistic >= 0
        assert verdict.over_cap.is_open <= bool(verdict.over_cap.questions)


@given(histories())
def test_credited_is_never_more_than_recorded(made: History) -> None:
    """Nor is the strict figure more than the generous one, or a part more than its whole."""
    assert_lawful(evaluate(made, LAST))


@given(histories(), st.integers(0, 10_000))
def test_the_order_of_logging_makes_no_difference(made: History, seed: int) -> None:
    """However the entries come, the evaluation is the same."""
    shuffled = list(made.entries)
    Random(seed).shuffle(shuffled)
    assert evaluate(replace(made, entries=tuple(shuffled)), LAST) == evaluate(made, LAST)


@given(histories(), st.data())
def test_a_past_day_is_evaluated_as_it_was(made: History, data: st.DataObject) -> None:
    """What happened later makes no difference to the evaluation as of that day."""
    as_of = data.draw(st.dates(FIRST, LAST))
    before = tuple(each for each in made.entries if each.day <= as_of)
    assert evaluate(made, as_of) == evaluate(replace(made, entries=before), as_of)


@given(histories(), st.data())
def test_one_more_entry_never_lowers_what_is_recorded(made: History, data: st.DataObject) -> None:
    """It is recorded as it is, wherever it stands."""
    if not made.entries:
        return
    left_out = data.draw(st.sampled_from(made.entries))
    others = tuple(each for each in made.entries if each is not left_out)
    before = evaluate(replace(made, entries=others), LAST).totals.recorded
    after = evaluate(made, LAST).totals.recorded
    assert_within(before, after)
    assert after.c + after.nowhere == before.c + before.nowhere + left_out.minutes


@given(histories())
def test_what_is_not_signed_changes_nothing_that_is(made: History) -> None:
    """Unsigned entries leave what is credited as it would be without them."""
    signed = tuple(each for each in made.entries if each.signature is Signature.SIGNED)
    alone = evaluate(replace(made, entries=signed), LAST)
    assert evaluate(made, LAST).totals.creditable == alone.totals.creditable


@given(histories())
def test_signing_everything_makes_what_was_pending_count_or_less(made: History) -> None:
    """Nothing but what was recorded: a signature adds no minute of its own."""
    signed = tuple(replace(each, signature=Signature.SIGNED) for each in made.entries)
    found = evaluate(replace(made, entries=signed), LAST)
    assert found.totals.pending.optimistic == Columns()
    assert found.totals.recorded == evaluate(made, LAST).totals.recorded


def minutes_by(judged: Judged, minutes: list[int], *, days: bool) -> dict[dt.date, int]:
    """Return credited minutes by day, or of supervision by week."""
    sums = defaultdict[dt.date, int](int)
    for claim, each in zip(judged.claims, minutes, strict=True):
        if days or claim.is_supervision:
            sums[claim.day if days else claim.first_day] += each
    return sums


@given(histories())
def test_no_seven_days_have_more_than_forty_hours(made: History) -> None:
    """Wherever they begin, in every reading; and no week more than six of supervision."""
    judged = judge(made, LAST)
    for reading in (judged.strict, judged.generous, judged.strict_all, judged.generous_all):
        by_day = minutes_by(judged, reading.minutes, days=True)
        for day in by_day:
            seven = (by_day.get(day + dt.timedelta(days=n), 0) for n in range(7))
            assert sum(seven) <= 40 * HOUR
        weeks = minutes_by(judged, reading.minutes, days=False)
        assert max(weeks.values(), default=0) <= 6 * HOUR


@given(histories())
def test_what_does_not_count_is_always_told(made: History) -> None:
    """Recorded is credited, pending, or lost with a rule, in each row: each minute just once."""
    for row in evaluate(made, LAST).rows:
        lost = sum((finding.minutes for finding in row.findings), Bounds())
        recorded = row.recorded.c + row.recorded.nowhere
        counts = row.credited.conservative.c + row.pending.conservative.c
        assert counts + lost.conservative == recorded


@pytest.mark.parametrize("track", Track)
def test_a_whole_career_keeps_the_laws(track: Track) -> None:
    """Six years of thousands of entries, with every mistake that people make."""
    assert_career_keeps_the_laws(_whole(track))


@pytest.mark.slow
@pytest.mark.parametrize("track", Track)
@pytest.mark.parametrize("seed", range(100, 112))
def test_every_career_keeps_the_laws(track: Track, seed: int) -> None:
    """Whatever mistakes were made in it."""
    assert_career_keeps_the_laws(career(track, seed))


def assert_career_keeps_the_laws(made: History) -> None:
    """Evaluate all of it, project it, and look at a week in its middle."""
    assert len(made.entries) > 5000
    found = evaluate(made, LAST)
    assert_lawful(found)
    assert {finding.rule_id for row in found.rows for finding in row.findings} >= {
        *(
            "SUP-ALWAYS",
            "EMP-TYPE",
            "U-GRP-SIZE",
            "U-GRP-PART",
            "SUP-LIC-GAP",
            "VIDEO",
            "VIDEO-60D",
        ),
    }
    for each in project(made, found, LAST):
        both = each.conservative is not None and each.optimistic is not None
        assert not both or each.conservative >= each.optimistic  # type: ignore[operator] -- both are days
    week = found.rows[len(found.rows) // 2].first_day
    assert isinstance(findings_for_week(made, week), tuple)


def test_careers_are_the_same_for_the_same_seed() -> None:
    """And differ for another."""
    one, same, other = (career(Track.LMFT, seed, weeks=3) for seed in (1, 1, 2))
    assert one.entries == same.entries != other.entries
    assert {each.entry.supervision_id for each in one.entries} <= {
        JOBS[0].supervision_id,
        JOBS[1].supervision_id,
        None,
    }
    assert all(isinstance(each, Recorded) for each in one.entries)
