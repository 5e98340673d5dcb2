"""An evaluation as text and plain values, and what is left of it at the present pace."""

import datetime as dt
from typing import Final

import msgspec

from aggregates.bbs.bounds import Question
from aggregates.bbs.evaluate import evaluate
from aggregates.bbs.project import project
from aggregates.bbs.telling import hours_text, lines_of, plain_of
from tests.aggregates.bbs.invented import HOUR, MONDAY, activity, history, session
from tests.aggregates.bbs.weeks import weeks_of

AS_OF: Final = MONDAY + dt.timedelta(weeks=1)


def test_both_figures_and_the_question_between_them_are_told() -> None:
    """With the rule, its citation, and what the text is not."""
    found = evaluate(history(session(1, MONDAY, 11 * HOUR), activity(2, MONDAY)), AS_OF)
    text = "\n".join(lines_of(found))
    assert "Hours in all: 0 h to 11 h of 3,000 h (4980.43(c)(1))" in text
    assert Question.OVER_TEN.sentence in text
    assert "Nothing here is legal advice." in text
    assert "Riverside" not in text
    assert "Robin" not in text


def test_plain_values_are_the_same_each_time() -> None:
    """Any codec can write them."""
    made = history(session(1, MONDAY, 11 * HOUR), activity(2, MONDAY))
    one, other = (msgspec.json.encode(plain_of(evaluate(made, AS_OF))) for _ in range(2))
    assert one == other
    assert b'"rule_id":"MFT-TOTAL"' in one
    assert b"Riverside" not in one


def test_minutes_are_told_as_hours() -> None:
    """Minutes only where there are some."""
    assert [hours_text(minutes) for minutes in (0, 59, 60, 74_045)] == [
        *("0 h", "0 h 59 min", "1 h", "1,234 h 05 min"),
    ]


def test_the_pace_of_thirteen_weeks_leads_to_a_day() -> None:
    """Thirty hours a week for thirteen weeks leave 2,610: 87 weeks more."""
    made = history(*weeks_of(MONDAY, 13 * 28 * HOUR))
    as_of = MONDAY + dt.timedelta(weeks=13)
    total, *_ = project(made, evaluate(made, as_of), as_of)
    assert (total.rule_id, total.left.conservative) == ("MFT-TOTAL", 2610 * HOUR)
    assert total.conservative == total.optimistic == as_of + dt.timedelta(weeks=87)


def test_without_a_pace_there_is_no_day() -> None:
    """Nothing was logged in the thirteen weeks before."""
    made = history(*weeks_of(MONDAY, 28 * HOUR))
    as_of = MONDAY + dt.timedelta(weeks=14)
    total, *_ = project(made, evaluate(made, as_of), as_of)
    assert (total.conservative, total.optimistic) == (None, None)
