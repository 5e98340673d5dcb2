"""A supervised hour on one day, evaluated, and what may come of it."""

import datetime as dt
from typing import Any, Final

from aggregates.bbs.bounds import Question
from aggregates.bbs.evaluate import evaluate
from aggregates.bbs.evaluation import Evaluation, Status
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track
from tests.aggregates.bbs.invented import (
    ASSOCIATE,
    HOUR,
    SETTING,
    WITH_LCSW,
    activity,
    changed,
    history,
    session,
)

AS_OF: Final = dt.date(2026, 3, 1)


def on(
    day: dt.date,
    enrolment: EnrolmentEntry = ASSOCIATE,
    *,
    setting: dict[str, Any] | None = None,
    supervision: dict[str, Any] | None = None,
    as_of: dt.date = AS_OF,
) -> Evaluation:
    """Return the evaluation of a supervised hour on a day."""
    made = history(
        session(1, day),
        activity(2, day),
        enrolment=enrolment,
        setting=changed(SETTING, **(setting or {})),
        supervision=changed(WITH_LCSW, **(supervision or {})),
    )
    return evaluate(made, as_of)


def of(track: Track, **changes: Any) -> EnrolmentEntry:  # noqa: ANN401 -- any of its fields
    """Return an associate's enrolment with these changes."""
    return changed(ASSOCIATE, track=track, **changes)


def assert_counts(found: Evaluation, rule_id: str) -> None:
    """Both hours are credited, and the rule takes nothing."""
    assert found.totals.creditable.conservative.c == 2 * HOUR
    assert found.verdict(rule_id).over_cap.conservative == 0


def assert_void(found: Evaluation, rule_id: str, lost: int = 2 * HOUR) -> None:
    """Nothing is credited, and this rule is why."""
    assert found.totals.creditable.optimistic.c == 0
    verdict = found.verdict(rule_id)
    assert (verdict.status, verdict.over_cap.optimistic) == (Status.WARNING, lost)


def assert_open(found: Evaluation, rule_id: str, question: Question) -> None:
    """The strict reading credits nothing, the generous one everything, and it is said why."""
    assert found.totals.creditable.conservative.c == 0
    assert found.totals.creditable.optimistic.c == 2 * HOUR
    assert found.verdict(rule_id).over_cap.questions == {question}
