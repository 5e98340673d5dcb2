"""My progress: what counts, what waits, both readings where the law is open, and never advice."""

import datetime as dt
import re
from dataclasses import replace
from itertools import count

import pytest
from starlette.testclient import TestClient

from aggregates.access import RecordKind
from aggregates.bbs.history import Recorded, Signature
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track
from aggregates.hours.supervision_entry import SupervisionEntry
from aggregates.session_entry import Participants
from tests.aggregates.bbs.invented import (
    ASSOCIATE,
    HOUR,
    TRAINEE,
    WITH_LCSW,
    changed,
    history,
    session,
)
from tests.aggregates.bbs.weeks import weeks_of
from tests.web.conftest import Front
from tests.web.fake_practice import OFFICER

TODAY = dt.date(2026, 11, 24)
FIRST = dt.date(2026, 8, 3)
WEEKS = 16


def weeks(*, direct: int, contact: int, first: dt.date = FIRST) -> list[Recorded]:
    """Return sixteen signed weeks of so many hours."""
    numbers = count(1)
    each = [
        weeks_of(
            first + dt.timedelta(days=7 * place),
            direct * HOUR,
            contact=contact * HOUR,
            participants=Participants.COUPLE,
            numbers=numbers,
        )
        for place in range(WEEKS)
    ]
    return [recorded for week in each for recorded in week]


def show(
    browser: TestClient,
    front: Front,
    *entries: Recorded,
    enrolment: EnrolmentEntry = ASSOCIATE,
    supervision: SupervisionEntry = WITH_LCSW,
    query: str = "",
) -> str:
    """Return the page of somebody with this history, spaces made plain."""
    known = history(*entries, enrolment=enrolment, supervision=supervision)
    front.practice.hours.history = known
    answer = browser.get(f"/progress{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


def part(page: str, heading: str) -> str:
    """Return the card that has this title."""
    start = page.index(f"<b>{heading}</b>")
    return page[start : page.index("</li> <li", start)]


def test_without_an_enrolment_it_says_what_to_do_first(browser: TestClient) -> None:
    page = browser.get("/progress").text
    assert "First, which licence you are working towards" in page


def test_what_is_signed_and_what_waits_are_told_apart(browser: TestClient, front: Front) -> None:
    """Ten direct hours and one of supervision, sixteen times; the last four are not signed."""
    entries = weeks(direct=10, contact=1)
    split = FIRST + dt.timedelta(days=7 * 12)
    entries = [
        each if each.day < split else replace(each, signature=Signature.SUBMITTED)
        for each in entries
    ]
    card = part(show(browser, front, *entries), "Hours in all")
    assert "<strong>132 h</strong> of 3,000 h" in card
    assert "132 h signed and counted" in card
    assert "44 h waiting for a signature" in card
    assert "2,824 h left, 11 h a week over the last 13 weeks" in card


def test_where_the_law_is_open_both_dates_stand_with_the_reason(
    browser: TestClient, front: Front
) -> None:
    """Twelve direct hours with one unit: whether ten of them count is open."""
    card = part(show(browser, front, *weeks(direct=12, contact=1)), "Hours in all")
    assert "0 h to 176 h</strong> of 3,000 h" in card
    assert "176 h counted only if the law is read generously" in card
    assert "in the most generous reading. In the strictest reading there is no date" in card
    assert (
        "Whether the first ten hours of a week with too little supervision count is open." in card
    )


def test_two_dates_that_both_exist_are_a_span(browser: TestClient, front: Front) -> None:
    """Every other week lacks its second unit."""
    entries = [
        each
        for contact, parity in ((2, 0), (1, 1))
        for each in weeks(direct=12, contact=contact)
        if (each.day - FIRST).days // 7 % 2 == parity
    ]
    card = part(show(browser, front, *entries), "Hours in all")
    assert re.search(r"Between \w+ \d+, \d{4} and \w+ \d+, \d{4}, depending on how the law", card)


def test_a_reached_minimum_says_so_and_a_paceless_one_has_no_date(
    browser: TestClient, front: Front
) -> None:
    """Fifty-two weeks long ago; nothing in the last thirteen."""
    entries = [
        each
        for place in range(4)
        for each in weeks(
            direct=10, contact=1, first=dt.date(2023, 1, 2) + dt.timedelta(days=7 * WEEKS * place)
        )
    ]
    entries = [replace(each, entry_id=session(n, TODAY).entry_id) for n, each in enumerate(entries)]
    page = show(browser, front, *entries)
    assert "Reached." in part(page, "Weeks with a unit of individual or triadic supervision")
    assert "nothing counted towards it in the last 13 weeks" in part(page, "Direct counseling")


def test_a_verdict_opens_to_its_rule_its_place_in_the_law_and_its_weeks(
    browser: TestClient, front: Front
) -> None:
    card = part(show(browser, front, *weeks(direct=10, contact=1)), "Hours in all")
    assert "<code>MFT-TOTAL</code>" in card
    assert (
        'href="https://leginfo.legislature.ca.gov/faces/codes_displaySection.xhtml?lawCode=BPC'
        '&amp;sectionNum=4980.43." rel="noreferrer">BPC 4980.43(c)(1)</a>'
    ) in card
    assert "<dd>3,000 h, lifetime" in card
    assert "16 weeks" in card
    assert f'<a href="/weeks/{FIRST}">Aug 3: 11 h</a>' in card


def test_what_does_not_count_is_recorded_and_never_dropped(
    browser: TestClient, front: Front
) -> None:
    """A session under no supervision."""
    entries = [*weeks(direct=10, contact=1), session(9_999, TODAY, 50, supervision=None)]
    page = show(browser, front, *entries)
    assert "50 min recorded and not counted" in part(page, "Hours in all")
    assert "50 min not counted. Some hours do not count" in page
    assert "<dt>Not counted</dt><dd>50 min</dd>" in page


def test_gaps_say_what_to_do_and_by_when(browser: TestClient, front: Front) -> None:
    """An agreement that is not signed, sixty days after the start."""
    begun = changed(WITH_LCSW, starts_on=dt.date(2026, 8, 1), agreement_on=None)
    page = show(browser, front, *weeks(direct=10, contact=1), supervision=begun)
    assert "Sign the supervision agreement with the supervisor; keep the original." in page
    assert "Was due Wednesday, September 30, 2026. Robin Roe, Riverside." in page
    assert "<code>AGR-60D</code>" in page


def test_a_day_before_shows_only_what_had_taken_place(browser: TestClient, front: Front) -> None:
    page = show(browser, front, *weeks(direct=10, contact=1), query="?as-of=2026-08-09")
    assert "As of Sunday, August 9, 2026</p>" in page
    assert "<strong>11 h</strong> of 3,000 h" in part(page, "Hours in all")


@pytest.mark.parametrize("text", ["yesterday", "2026-8-9", "1999-01-01", "2026-02-30"])
def test_a_day_that_is_none_is_not_found(browser: TestClient, text: str) -> None:
    assert browser.get(f"/progress?as-of={text}").status_code == 404


@pytest.mark.parametrize("track", list(Track))
def test_each_track_has_its_own_minimums_and_nothing_is_advice(
    browser: TestClient, front: Front, track: Track
) -> None:
    enrolment = changed(ASSOCIATE, track=track)
    page = show(browser, front, *weeks(direct=10, contact=1), enrolment=enrolment)
    assert "Nothing here is legal advice." in page
    assert ("Direct counseling of couples, families and children" in page) == (track is Track.LMFT)
    assert f"({track.value.upper()})" in page


def test_a_trainees_ratio_is_shown_in_both_readings(browser: TestClient, front: Front) -> None:
    """Six direct hours on one unit in one week of two: open is over which time it is averaged."""
    entries = [
        each
        for direct, parity in ((6, 0), (4, 1))
        for each in weeks(direct=direct, contact=1)
        if (each.day - FIRST).days // 7 % 2 == parity
    ]
    card = part(show(browser, front, *entries, enrolment=TRAINEE), "Hours in all")
    assert "Over which time a trainee" in card
    assert "depending on how the law is read" in card


def test_the_plots_say_in_words_what_they_show(browser: TestClient, front: Front) -> None:
    """Each picture has a title, and a table with the same figures."""
    page = show(browser, front, *weeks(direct=10, contact=1))
    assert "August 3 \N{EN DASH} 9, 2026: " not in page
    assert "<title>Week of Monday, August 3, 2026: 11 h</title>" in page
    titles = re.findall(r'<title id="(?:half|distance)-\d">([^<]+)</title>', page)
    assert any("176 h in all" in title for title in titles)
    assert any(title.startswith("Hours in all: 2,824 h away on") for title in titles)
    assert re.search(
        r'href="/weeks/2026-08-03">August 3[^<]*</a></th><td>10:00</td><td>10:00</td><td>1:00</td>',
        page,
    )


def test_columns_that_are_parts_are_stacked_and_never_added(
    browser: TestClient, front: Front
) -> None:
    """A week's bars are as high as column C: A1 within A, B1 within B."""
    page = show(browser, front, *weeks(direct=10, contact=1))
    week = page[page.index("<title>Week of Monday, August 3") :].split("</g>")[0]
    heights = [float(each) for each in re.findall(r'height="([\d.]+)"', week)]
    assert sum(heights) == pytest.approx(120 * 11 / 12)


def test_it_is_for_who_logs_and_the_look_is_on_record(browser: TestClient, front: Front) -> None:
    browser.get("/progress")
    assert front.practice.looks[-1].kind is RecordKind.PROGRESS
    assert front.signed_in(OFFICER).get("/progress").status_code == 403
