"""Replay: officers see their practice as it was, step through it, and learn of no client."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from aggregates.deletion import DeletionReason
from aggregates.practice import Role
from aggregates.private import Private
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from ledger.errors import Unavailable
from ledger.event_proof import Fault
from projections.plain_words import describe
from projections.proof_status import BodyState, ProofStatus
from tests.projections.test_as_of import shred
from tests.projections.world import (
    ALIAS_CANARY,
    FIRST_US,
    NAME_CANARY,
    REMARK_CANARY,
    SETTING_CANARY,
    entry,
    name,
)
from tests.web.conftest import ACTOR, Front
from tests.web.fake_past import OFFICER, PROVEN
from web.pages.officer.replay import NO_POSITION, NO_TIME

CANARIES = (ALIAS_CANARY, SETTING_CANARY, NAME_CANARY, REMARK_CANARY, "&lt;private&gt;")
ANA = name("ana")
SIZE = 14


@pytest.fixture
def officer(front: Front) -> TestClient:
    """An officer of a practice with four sessions: corrected, deleted, shredded, and as it was."""
    past = front.practice.past
    for number in range(4):
        said = entry(day=number + 1, minutes=50 + number, alias=ALIAS_CANARY)
        past.tell(name("session", number), ANA, SessionLogged(therapist_id=ANA, entry=said))
    moved = entry(day=20, minutes=45, alias=ALIAS_CANARY)
    past.tell(name("session", 0), ANA, SessionCorrected(entry=moved))
    gone = SessionDeleted(reason=DeletionReason.OTHER, remark=Private(REMARK_CANARY))
    past.tell(name("session", 1), ANA, gone)
    shred(past, 2)
    for number in (5, 6):
        said = entry(day=2, minutes=70, alias=ALIAS_CANARY)
        past.tell(name("session", number), ANA, SessionLogged(therapist_id=ANA, entry=said))
    assert len(past.events()) == SIZE
    return front.signed_in(OFFICER)


def test_an_officer_is_led_to_the_replay(officer: TestClient, front: Front) -> None:
    """And is offered it on every page, where others are offered their week."""
    assert officer.get("/").headers["location"] == "/replay"
    assert re.search(r'<nav aria-label="Main">\s*<a href="/replay">', officer.get("/trail").text)
    assert 'href="/replay"' not in front.signed_in().get("/trail").text


@pytest.mark.parametrize("role", [None, *(each for each in Role if each != "compliance-officer")])
def test_nobody_else_may_look_back(front: Front, role: Role | None) -> None:
    """Neither a therapist nor an owner: the sessions of others are not theirs to see."""
    if role is not None:
        front.practice.roles[ACTOR.person_id] = role
    answer = front.signed_in().get("/replay")
    assert answer.status_code == 403
    assert "for compliance officers" in answer.text
    assert "Member" not in answer.text


def test_whoever_is_signed_out_is_led_to_sign_in(front: Front) -> None:
    assert front.browser().get("/replay").headers["location"] == "/sign-in"


def test_no_moment_names_a_client_or_anybody(officer: TestClient, front: Front) -> None:
    """Wherever one looks, in whichever week, with every proof."""
    sentences: set[str] = set()
    for position in range(SIZE):
        for week in ("2026-09-20", "2026-10-04"):
            page = officer.get("/replay", params={"position": position, "week": week}).text
            assert [canary for canary in CANARIES if canary in page] == []
            sentences |= {each.strip() for each in re.findall(r'class="what">([^<]+)<', page)}
    assert "corrected a session" in " ".join(sentences)
    assert len(sentences) >= 8
    told = describe(front.practice.past.events()[4].fact, reveal=True)  # pyright: ignore[reportArgumentType] -- it is no shredded one
    assert ALIAS_CANARY in told


def test_the_state_is_that_of_the_position(officer: TestClient) -> None:
    """Nothing of later events stands in it, and the way forward and back is offered."""
    page = officer.get("/replay?position=5").text
    assert "<h1>After event 5</h1>" in page
    assert "2 sessions, 1" in page
    assert "corrected</span>" not in page
    assert 'href="/replay?position=4&amp;step=earlier" rel="prev"' in page
    assert 'href="/replay?position=6&amp;step=later" rel="next"' in page
    assert page.count('class="after"') == 4
    assert page.count('aria-current="step"') == 1


def test_the_link_that_led_here_has_the_focus(officer: TestClient) -> None:
    """So whoever presses Enter again takes the next step."""
    page = officer.get("/replay?position=5&step=later").text
    assert re.search(r'id="later"[^>]* rel="next" autofocus>', page)
    assert page.count("autofocus") == 1
    assert "autofocus" not in officer.get("/replay?position=5&step=%22%3E%3Cx").text


def test_ends_of_the_log_lead_no_further(officer: TestClient) -> None:
    first, last = officer.get("/replay?position=0").text, officer.get("/replay").text
    assert 'rel="prev"' not in first
    assert "Nobody yet" in first
    assert 'rel="next"' not in last
    assert officer.get(f"/replay?position={10**17}").text.count("After event 13<") == 1


def test_weeks_show_what_was_corrected_deleted_and_shredded(officer: TestClient) -> None:
    """What is destroyed by now shows in the week it was recorded in, without a word of it."""
    page = officer.get("/replay?week=2026-09-22").text
    rows = re.findall(
        r'<li class="([^"]*)">(?:<b>([^<]*)</b>)?<span>([^<]*)</span>(.*?)</li>', page
    )
    tags = [re.findall(r'tag">(\w+)<', rest) for *_, rest in rows]
    assert ["deleted"] in tags
    assert ["shredded"] in tags
    assert [what for _, day, what, _ in rows if not day] == ["Nobody can read what it said"]
    assert "October 4" in page
    moved = officer.get("/replay?week=2026-10-10").text
    assert ">corrected</span>" in moved


def test_a_time_is_local_and_takes_the_whole_second(officer: TestClient) -> None:
    """FIRST_US is a full second; each event comes a second after the one before."""
    zone = dt.timezone(dt.timedelta(hours=-7))  # California in September
    for position in (0, 6, 13):
        local = dt.datetime.fromtimestamp(FIRST_US / 1_000_000 + position, zone)
        page = officer.get("/replay", params={"at": f"{local:%Y-%m-%dT%H:%M:%S}"}).text
        assert f"<h1>After event {position}</h1>" in page
    page = officer.get("/replay?at=2020-01-01T00:00").text
    assert "<h1>Before the first event</h1>" in page


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-11-23", "2026-13-01T00:00", "0000-01-01T00:00"]
)
def test_what_is_no_time_is_told_kindly(officer: TestClient, text: str) -> None:
    answer = officer.get("/replay", params={"at": text})
    assert (answer.status_code, NO_TIME in answer.text) == (422, True)
    assert text not in answer.text


@pytest.mark.parametrize("text", ["-1", "x", "1" * 19, "\N{ARABIC-INDIC DIGIT FIVE}"])
def test_what_is_no_position_is_told_kindly(officer: TestClient, text: str) -> None:
    answer = officer.get("/replay", params={"position": text})
    assert (answer.status_code, NO_POSITION in answer.text) == (422, True)


def test_an_empty_field_means_now(officer: TestClient) -> None:
    assert "After event 13<" in officer.get("/replay?at=&position=&week=x").text


def test_the_proof_of_an_event_is_told_in_words(officer: TestClient) -> None:
    page = officer.get("/replay?position=6").text
    for words in (
        "Epoch 4 of 2026-11-24",
        "checkpoint of 7 epochs",
        "tile/0/000.p/9",
        "0001020304",
    ):
        assert words in page
    assert page.count(">proven</span>") == 9


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_is_told_where_it_is(officer: TestClient, front: Front, fault: Fault) -> None:
    """In the list of events, and at the event itself with what to do."""
    proof = replace(PROVEN.proof, faults=(fault,))
    front.practice.statuses[6] = ProofStatus(proof, BodyState.SEALED)
    assert officer.get("/replay?position=5").text.count(">does not hold</span>") == 1
    page = officer.get("/replay?position=6").text
    assert "This event does not hold" in page
    assert "It follows its record" not in page


def test_what_is_not_sealed_yet_says_so(officer: TestClient, front: Front) -> None:
    proof = replace(PROVEN.proof, tile=None, sealed=None)
    front.practice.statuses[13] = ProofStatus(proof, BodyState.GONE)
    page = officer.get("/replay").text
    assert "No epoch yet" in page
    assert "no destruction of it is on record" in page
    assert page.count(">does not hold</span>") == 1


def test_the_plot_marks_the_moment(officer: TestClient) -> None:
    """What was before it is told apart from what came later."""
    page = officer.get("/replay?position=6").text
    bars = re.findall(r'<rect class="(past|later)"', page)
    assert bars == ["past"] * 7 + ["later"] * 7
    assert 'aria-label="Events from' in page


def test_an_unreachable_ledger_is_told_kindly(officer: TestClient, front: Front) -> None:
    front.practice.faults["look_back"] = Unavailable("x")
    assert officer.get("/replay").status_code == 503
