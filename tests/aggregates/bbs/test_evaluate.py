"""An evaluation puts rows, verdicts, gaps and totals together, and hides nothing recorded."""

import datetime as dt

import pytest

from aggregates.bbs.evaluate import evaluate, findings_for_week
from aggregates.bbs.evaluation import Status
from aggregates.bbs.history import Signature
from aggregates.hours.enrolment_entry import Phase, Track
from tests.aggregates.bbs.invented import (
    ASSOCIATE,
    HOUR,
    MONDAY,
    SUPERVISION,
    activity,
    changed,
    history,
    session,
)

AS_OF = dt.date(2026, 3, 1)


@pytest.mark.parametrize("track", Track)
def test_a_supervised_week_counts_as_recorded(track: Track) -> None:
    """Ten direct hours with one unit: everything is credited, on every track."""
    enrolment = changed(ASSOCIATE, track=track)
    week = [session(number, MONDAY) for number in range(1, 11)]
    found = evaluate(history(*week, activity(20, MONDAY), enrolment=enrolment), AS_OF)
    (row,) = found.rows
    assert (row.first_day, row.supervision_id) == (MONDAY, SUPERVISION)
    assert row.phase is Phase.AFTER_DEGREE
    assert (row.recorded.a, row.recorded.b, row.recorded.b1) == (600, 60, 60)
    assert row.credited.conservative == row.credited.optimistic == row.recorded
    assert (row.units.conservative, row.units_required) == (HOUR, HOUR)
    assert row.findings == ()
    assert found.totals.creditable.conservative == found.totals.recorded


def test_what_is_not_signed_is_pending() -> None:
    """It is recorded, credited with nothing, and said to count once signed."""
    week = [session(1, MONDAY), activity(2, MONDAY)]
    unsigned = [
        session(1, MONDAY, signature=Signature.SUBMITTED),
        activity(2, MONDAY, signature=Signature.NONE),
    ]
    found, before = evaluate(history(*week), AS_OF), evaluate(history(*unsigned), AS_OF)
    assert before.totals.recorded == found.totals.recorded
    assert before.totals.creditable.optimistic.c == 0
    assert before.totals.pending == found.totals.creditable
    assert before.verdict("MFT-TOTAL").pending.conservative == 2 * HOUR
    assert before.verdict("MFT-WEEKS").pending.conservative == 1


def test_a_signed_week_counts_only_with_signed_supervision() -> None:
    """Until the log with the supervision is signed, the other log's hours wait for it."""
    week = [session(1, MONDAY), activity(2, MONDAY, signature=Signature.SUBMITTED)]
    found = evaluate(history(*week), AS_OF)
    assert found.totals.creditable.optimistic.c == 0
    assert found.totals.pending.conservative.c == 2 * HOUR


def test_a_week_is_judged_before_it_is_signed() -> None:
    """What would not count comes with the rule, the minutes and what to do."""
    week = [session(1, MONDAY, signature=Signature.NONE)]
    (finding,) = findings_for_week(history(*week), MONDAY)
    assert (finding.rule_id, finding.citation) == ("SUP-MIN", "4980.43.2(a)(1)")
    assert finding.minutes.conservative == finding.minutes.optimistic == HOUR
    assert finding.supervision_id == SUPERVISION
    assert "Log one more hour of individual" in finding.sentence
    with pytest.raises(ValueError, match="no week begins"):
        findings_for_week(history(*week), MONDAY + dt.timedelta(days=1))


def test_a_minimum_names_what_it_rests_on() -> None:
    """Weeks and entries of a verdict lead back to what was logged."""
    week = [session(1, MONDAY), activity(2, MONDAY)]
    total = evaluate(history(*week), AS_OF).verdict("MFT-TOTAL")
    assert total.status is Status.OPEN
    assert (total.value.conservative, total.threshold) == (2 * HOUR, 3000 * HOUR)
    assert total.weeks == (MONDAY,)
    assert [each.int for each in total.entry_ids] == [1, 2]
