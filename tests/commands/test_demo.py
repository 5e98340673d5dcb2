"""The demo practice: the same however often it is prepared, with most weeks signed and mistakes."""

import datetime as dt
from collections import Counter
from itertools import count
from pathlib import Path
from secrets import token_bytes
from typing import Any, cast

import pytest

from aggregates.bbs.evaluate import findings_for_week
from aggregates.bbs.history import History
from aggregates.hours.week_row import WeekSigned
from aggregates.person import DEMO_AUTHENTICATOR, PasskeyRegistered, PasskeyRevoked
from aggregates.week import week_of
from commands import demo, demo_signing
from commands.context import Actor, Context
from commands.demo import demo_begun_at_us, is_demo_whole, prepare_demo
from commands.demo_hours import WEEKS_OPEN
from commands.demo_people import DEMO_PRACTICE, DEMO_SUPERVISORS, DEMO_THERAPIST
from commands.demo_signing import WEEKS_WAITING
from commands.handle import Handled
from commands.person import person_stream
from ledger import reader
from ledger.errors import SettingsInvalid
from ledger.postgres.settings import Environment
from projections.history import history_of
from projections.read_models import Followers
from projections.waiting import wait_for
from projections.weeks import WeekRow, weeks
from projections.weeks_table import RowState
from web.settings import WebSettings
from web.terminal.demo import prepare

pytestmark = pytest.mark.postgres
TODAY = dt.date(2026, 11, 20)  # a Friday
WEEK = dt.timedelta(weeks=1)


class StoppedError(Exception):
    """The power went off."""


def size(context: Context) -> int:
    """Return how many events the demo practice has."""
    with context.ledger.read(DEMO_PRACTICE) as connection:
        return reader.size(connection, DEMO_PRACTICE)


def passkeys(context: Context, supervisor: Actor) -> list[PasskeyRegistered | PasskeyRevoked]:
    """Return what became of a supervisor's passkeys."""
    stream_id = person_stream(DEMO_PRACTICE, supervisor.person_id)
    return [
        cast("PasskeyRegistered | PasskeyRevoked", each.fact)
        for each in context.history(DEMO_PRACTICE, stream_id)
    ]


def read(context: Context) -> tuple[list[WeekRow], History]:
    """Return the therapist's weekly log, and what it is judged in."""
    followers = Followers(context.ledger.database, context.ledger.keys)
    followers.start()
    try:
        for name in ("setup", "therapist", "weeks"):
            assert wait_for(context.ledger, name, DEMO_PRACTICE, size(context) - 1, 30)
        person = DEMO_THERAPIST.person_id
        history = history_of(context.ledger, DEMO_PRACTICE, person)
        assert history is not None
        return list(weeks(context.ledger, DEMO_PRACTICE, person)), history
    finally:
        followers.stop()


def first_day(row: WeekRow) -> dt.date:
    """Return when a row's week begins."""
    assert row.content is not None
    return row.content.key.first_day


@pytest.fixture(autouse=True)
def _thirteen_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "DAYS", 91)


@pytest.fixture
def prepared(context: Context) -> Context:
    """A demo of thirteen weeks."""
    told: list[tuple[int, int]] = []
    made = prepare_demo(context, TODAY, token_bytes, lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1] > made
    return context


def test_most_weeks_are_signed_and_the_newest_wait(prepared: Context) -> None:
    """One is returned, one was signed and changed, and three weeks are left to submit."""
    rows, history = read(prepared)
    found = Counter(row.state for row in rows)
    assert (found[RowState.RETURNED], found[RowState.AMENDED]) == (1, 1)
    first_days = sorted({first_day(row) for row in rows})
    assert first_days[-1] == week_of(TODAY) - WEEKS_OPEN * WEEK
    waiting = [row for row in rows if first_day(row) in first_days[-WEEKS_WAITING:]]
    assert {row.state for row in waiting} == {RowState.SUBMITTED, RowState.RETURNED}
    others = [row for row in rows if row not in waiting]
    assert {row.state for row in others} == {RowState.SIGNED, RowState.AMENDED}
    assert all(row.was_signed for row in others)
    assert len(others) > len(waiting)
    assert all(each.entry.supervision_id in history.supervisions for each in history.entries)


def test_rows_are_warned_of_what_the_page_would_find(prepared: Context) -> None:
    rows, history = read(prepared)
    found = {
        row.stream_id: {
            finding.rule_id
            for finding in findings_for_week(history, first_day(row))
            if row.content and finding.supervision_id == row.content.key.supervision_id
        }
        for row in rows
    }
    assert {row.stream_id: set(row.warnings) for row in rows} == found
    assert "SUP-MIN" in set().union(*found.values())
    assert not all(found.values())


def test_the_passkeys_are_the_demo_s_and_count_no_more(prepared: Context) -> None:
    """They were never given to the gate, so nobody comes in with one."""
    for supervisor in DEMO_SUPERVISORS.values():
        registered, revoked = passkeys(prepared, supervisor)
        assert isinstance(registered, PasskeyRegistered)
        assert isinstance(revoked, PasskeyRevoked)
        assert registered.credential_id == revoked.credential_id
        assert registered.credential_id.startswith(b"Demo passkey, its key was thrown away")
        assert registered.aaguid == DEMO_AUTHENTICATOR
    assert is_demo_whole(prepared)


@pytest.mark.parametrize("after", [0, 5])
def test_one_that_was_interrupted_is_taken_up_where_it_stopped(
    context: Context, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """With new passkeys, each row signed once; the lost ones are revoked with them."""
    calls, sign_week = count(), demo_signing.sign_week

    def stopping(*args: Any) -> Handled:  # noqa: ANN401 -- as it is called
        if next(calls) >= after:
            raise StoppedError
        return sign_week(*args)

    monkeypatch.setattr(demo_signing, "sign_week", stopping)
    with pytest.raises(StoppedError):
        prepare_demo(context, TODAY, token_bytes, lambda _done, _of: None)
    monkeypatch.setattr(demo_signing, "sign_week", sign_week)
    assert not is_demo_whole(context)
    prepare_demo(context, TODAY, token_bytes, lambda _done, _of: None)
    assert is_demo_whole(context)
    rows, _ = read(context)
    signatures = Counter(row.stream_id for row in rows for _ in signatures_of(context, row))
    assert set(signatures.values()) == {1}
    assert len(signatures) == sum(row.was_signed for row in rows) > after
    used = {each for row in rows for each in signatures_of(context, row)}
    assert len(used) > len(DEMO_SUPERVISORS) if after else len(used) == len(DEMO_SUPERVISORS)
    for supervisor in DEMO_SUPERVISORS.values():
        assert len(passkeys(context, supervisor)) == 4


def signatures_of(context: Context, row: WeekRow) -> list[bytes]:
    """Return the passkey of each signature under a row."""
    history = context.history(DEMO_PRACTICE, row.stream_id)
    facts = [each.fact for each in history if isinstance(each.fact, WeekSigned)]
    return [each.assertion.credential_id for each in facts]


def test_preparing_it_again_changes_nothing(prepared: Context, tmp_path: Path) -> None:
    before = size(prepared)
    prepare(prepared, WebSettings(tmp_path))
    assert size(prepared) == before


def test_production_has_no_demo(context: Context, tmp_path: Path) -> None:
    """Whatever is invented stays out of a ledger that is in earnest."""
    with pytest.raises(SettingsInvalid):
        prepare(context, WebSettings(tmp_path, environment=Environment.PRODUCTION))
    assert demo_begun_at_us(context) is None
