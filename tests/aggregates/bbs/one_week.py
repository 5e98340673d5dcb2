"""Evaluations of a week's entries, and what the tests of supervision hold of them."""

import datetime as dt
from typing import Final

from aggregates.bbs.evaluate import evaluate
from aggregates.bbs.evaluation import Evaluation, Status
from aggregates.bbs.history import Recorded
from aggregates.hours.activity_entry import ActivityKind
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track
from aggregates.hours.supervision_entry import SupervisionEntry
from tests.aggregates.bbs.invented import ASSOCIATE, MONDAY, WITH_LCSW, changed, history

AS_OF: Final = dt.date(2026, 3, 1)
TRIADIC: Final = ActivityKind.SUPERVISION_TRIADIC
GROUP: Final = ActivityKind.SUPERVISION_GROUP
SUNDAY: Final = MONDAY + dt.timedelta(days=6)


def of(
    track: Track,
    *entries: Recorded,
    enrolment: EnrolmentEntry = ASSOCIATE,
    supervision: SupervisionEntry = WITH_LCSW,
) -> Evaluation:
    """Return the evaluation of an associate's entries, or a trainee's."""
    stated = changed(enrolment, track=track)
    return evaluate(history(*entries, enrolment=stated, supervision=supervision), AS_OF)


def assert_counts(found: Evaluation) -> None:
    """All that is recorded is credited, whatever the reading."""
    assert found.totals.creditable.conservative == found.totals.recorded
    assert found.totals.creditable.optimistic == found.totals.recorded


def direct_of(found: Evaluation) -> tuple[int, int]:
    """Return the direct minutes that count, in both readings."""
    creditable = found.totals.creditable
    return creditable.conservative.a, creditable.optimistic.a


def assert_lost(found: Evaluation, rule_id: str, strictly: int, surely: int) -> None:
    """The rule warns, with what it takes in each reading."""
    verdict = found.verdict(rule_id)
    assert verdict.status is Status.WARNING
    assert (verdict.over_cap.conservative, verdict.over_cap.optimistic) == (strictly, surely)
