"""The demo practice: the same however often it is prepared, with weeks submitted and mistakes."""

import datetime as dt

import pytest

from aggregates.bbs.evaluate import findings_for_week
from aggregates.week import week_of
from commands import demo
from commands.context import Context
from commands.demo import DEMO_PRACTICE, DEMO_THERAPIST, prepare_demo
from commands.demo_hours import WEEKS_OPEN
from ledger import reader
from projections.history import history_of
from projections.read_models import Followers
from projections.waiting import wait_for
from projections.weeks import weeks
from projections.weeks_table import RowState

pytestmark = pytest.mark.postgres
TODAY = dt.date(2026, 11, 20)  # a Friday
WEEK = dt.timedelta(weeks=1)


def size(context: Context) -> int:
    """Return how many events the demo practice has."""
    with context.ledger.read(DEMO_PRACTICE) as connection:
        return reader.size(connection, DEMO_PRACTICE)


@pytest.fixture
def prepared(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A demo of thirteen weeks, prepared twice."""
    monkeypatch.setattr(demo, "DAYS", 91)
    told: list[tuple[int, int]] = []
    made = prepare_demo(context, TODAY, lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > made
    before = size(context)
    assert prepare_demo(context, TODAY, lambda _done, _total: None) == made
    assert size(context) == before
    return context


def test_it_comes_once_with_all_but_the_last_weeks_submitted(prepared: Context) -> None:
    """Three weeks are left to submit, and some hours would not count."""
    followers = Followers(prepared.ledger.database, prepared.ledger.keys)
    followers.start()
    try:
        for name in ("setup", "therapist", "weeks"):
            assert wait_for(prepared.ledger, name, DEMO_PRACTICE, size(prepared) - 1, 30)
        person = DEMO_THERAPIST.person_id
        rows = weeks(prepared.ledger, DEMO_PRACTICE, person)
        history = history_of(prepared.ledger, DEMO_PRACTICE, person)
    finally:
        followers.stop()
    assert history is not None
    assert {row.state for row in rows} == {RowState.SUBMITTED}
    handed = {row.content.key.first_day for row in rows if row.content}
    assert max(handed) == week_of(TODAY) - WEEKS_OPEN * WEEK
    assert all(each.entry.supervision_id in history.supervisions for each in history.entries)
    found = [each for day in handed for each in findings_for_week(history, day)]
    assert "SUP-MIN" in {each.rule_id for each in found}
    assert len({each.first_day for each in found}) < len(handed)
