"""The officer's list of looks: by day, member and kind, and without anybody's name."""

import datetime as dt
import re
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from aggregates.access import RecordKind
from aggregates.practice import Role
from projections.trail_days import Accesses
from tests.web.conftest import Front
from tests.web.fake_past import OFFICER

TODAY = dt.date(2026, 11, 24)
READER, OTHER = UUID(int=0xABCD1234), UUID(int=0xFEED5678)


def looks(
    day: dt.date = TODAY, kind: RecordKind | None = RecordKind.REPLAY, *, is_own: bool = False
) -> Accesses:
    """Return looks of one kind."""
    return Accesses(
        day=day,
        reader_id=OTHER if is_own else READER,
        role=Role.THERAPIST if is_own else Role.COMPLIANCE_OFFICER,
        kind=kind,
        is_refused=False,
        is_own=is_own,
        count=3,
        last_us=1_795_543_200_000_000,
    )


@pytest.fixture
def officer(front: Front) -> TestClient:
    """A browser of an officer's."""
    return front.signed_in(OFFICER)


def test_looks_are_told_by_day_and_member(officer: TestClient, front: Front) -> None:
    """Others' records first; one's own are folded."""
    front.practice.accessed += [looks(), looks(kind=RecordKind.WEEK, is_own=True)]
    page = re.sub(r"\s+", " ", officer.get("/access").text)
    assert "Tuesday, November 24, 2026" in page
    assert "A compliance officer (member abcd1234)</th><td>The practice as it was" in page
    assert "<summary>1 member looked at their own records, 3 times</summary>" in page
    assert page.index("The practice as it was") < page.index("Their own weeks")


@pytest.mark.parametrize("is_own", [True, False])
@pytest.mark.parametrize("kind", [*RecordKind, None])
def test_each_kind_has_its_words(
    officer: TestClient, front: Front, kind: RecordKind | None, *, is_own: bool
) -> None:
    """One that nobody can read any more, too."""
    whole = {RecordKind.REPLAY, RecordKind.ACCESSES, RecordKind.LOG_FILES, None}
    if is_own and kind in whole:
        return
    front.practice.accessed.append(looks(kind=kind, is_own=is_own))
    assert officer.get("/access").status_code == 200


def test_weeks_are_leafed_through(officer: TestClient, front: Front) -> None:
    """Without a gap or a repeat, and not into the future."""
    days = [TODAY - dt.timedelta(days=ago) for ago in range(14)]
    front.practice.accessed += [looks(day) for day in days]
    first = officer.get("/access").text
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = officer.get(older[1]).text
    seen = re.findall(r'<h2 id="day-\d+">\w+, November (\d+)', first + second)
    assert [int(each) for each in seen] == [each.day for each in days]
    assert 'rel="prev"' not in first
    assert 'rel="prev" href="/access?before=2026-11-25"' in second


def test_nothing_to_tell_is_told(officer: TestClient) -> None:
    assert "Nobody looked" in officer.get("/access").text


@pytest.mark.parametrize("before", ["x", "2026-13-01", "20261101", "1999-12-31"])
def test_what_is_no_day_is_not_found(officer: TestClient, before: str) -> None:
    assert officer.get("/access", params={"before": before}).status_code == 404
