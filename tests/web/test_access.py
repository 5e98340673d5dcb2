"""The table says who may do what; `decide` says nothing else, and no route is without a row."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route

from aggregates.access import Purpose, RecordKind
from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from commands.practice import Standing
from web import routes
from web.access import (
    GUARDIANS,
    NEVER_STEPPED_UP,
    OFFICERS,
    ROW_OF,
    ROWS,
    STEP_UP_US_MAX,
    Row,
    Verdict,
    Whose,
    decide,
    is_fresh,
)
from web.access_rows import SUPERVISORS
from web.assurance import Assurance

NOW_US = 1_795_543_200_000_000
BY_LINK = {"/passkeys/challenge", "/passkeys/new"}


@dataclass(frozen=True)
class SomeSession:
    """A session as far as it matters."""

    assurance: Assurance
    stepped_up_at_us: int
    has_practice: bool = True
    purpose: TokenPurpose | None = None


sessions = st.builds(
    SomeSession,
    st.sampled_from(Assurance),
    st.one_of(
        st.just(NEVER_STEPPED_UP),
        st.integers(NOW_US - 2 * STEP_UP_US_MAX, NOW_US + STEP_UP_US_MAX),
    ),
    st.booleans(),
    st.none() | st.sampled_from(TokenPurpose),
)
standings = st.builds(Standing, st.sampled_from(Role), st.booleans())
SIGNED_IN = tuple(
    Row(method="GET", path="/me", assurance=least, step_up=step_up, why_none="shows an account")
    for least in (Assurance.ENROLMENT, Assurance.PASSKEY)
    for step_up in (False, True)
)
any_row = st.sampled_from((*routes.ALL_ROWS, *SIGNED_IN))


@given(any_row, st.none() | sessions, st.none() | standings)
def test_all_that_a_row_asks_for_is_there_or_nothing_is_allowed(
    row: Row, session: SomeSession | None, standing: Standing | None
) -> None:
    """Told once more, as one condition."""
    order = list(Assurance)
    least = max(order.index(row.assurance), order.index(Assurance.ENROLMENT))
    is_member = session is not None and session.has_practice and standing is not None
    is_allowed = row.is_public or (
        session is not None
        and (session.purpose in row.tokens if row.tokens else session.purpose is None)
        and order.index(session.assurance) >= least
        and (not row.roles or (is_member and standing is not None and standing.role in row.roles))
        and (not row.step_up or is_fresh(session, NOW_US) or is_by_link(session))
        and (not row.baa or (standing is not None and standing.baa_signed))
    )
    assert (decide(row, session, standing, NOW_US) is Verdict.ALLOWED) == is_allowed


def is_by_link(session: SomeSession) -> bool:
    """Whether there is no passkey of which a fresh check could be asked."""
    return session.assurance is Assurance.ENROLMENT


@given(any_row, sessions, standings)
def test_more_assurance_never_takes_anything_away(
    row: Row, session: SomeSession, standing: Standing
) -> None:
    surer = replace(session, assurance=Assurance.PASSKEY, stepped_up_at_us=NOW_US)
    if decide(row, session, standing, NOW_US) is Verdict.ALLOWED:
        assert decide(row, surer, standing, NOW_US) is Verdict.ALLOWED


@given(st.sampled_from(ROWS), st.none() | sessions)
def test_who_is_no_member_any_more_gets_nothing_but_what_is_public_and_their_account(
    row: Row, session: SomeSession | None
) -> None:
    if row.roles:
        assert decide(row, session, None, NOW_US) is not Verdict.ALLOWED
    assert row.is_public or session or decide(row, session, None, NOW_US) is Verdict.SIGN_IN


@given(st.sampled_from([row for row in ROWS if row.roles]), standings)
def test_who_has_chosen_no_practice_chooses_first(row: Row, standing: Standing) -> None:
    """Once the passkey was checked; by a link there is nothing to choose."""
    session = SomeSession(Assurance.PASSKEY, NOW_US, has_practice=False)
    for known in (None, standing):
        assert decide(row, session, known, NOW_US) is Verdict.PRACTICE
        by_link = replace(session, assurance=Assurance.ENROLMENT)
        assert decide(row, by_link, known, NOW_US) is Verdict.PASSKEY


def test_a_page_for_whoever_is_signed_in_asks_for_no_practice() -> None:
    """Such as where a link lets a person enrol a passkey."""
    by_link, by_passkey = (SomeSession(each, NOW_US) for each in list(Assurance)[1:])
    for row in SIGNED_IN:
        is_enough = row.assurance is Assurance.ENROLMENT
        assert not row.is_public
        assert (decide(row, by_link, None, NOW_US) is Verdict.ALLOWED) == is_enough
        assert decide(row, by_passkey, None, NOW_US) is Verdict.ALLOWED
        assert decide(row, None, None, NOW_US) is Verdict.SIGN_IN


def test_a_step_up_is_good_for_five_minutes_and_not_from_the_future() -> None:
    """And never for who came by a link."""
    for age_us, fresh in (
        (-1, False),
        (0, True),
        (STEP_UP_US_MAX - 1, True),
        (STEP_UP_US_MAX, False),
    ):
        assert is_fresh(SomeSession(Assurance.PASSKEY, NOW_US - age_us), NOW_US) is fresh
    assert not is_fresh(SomeSession(Assurance.ENROLMENT, NOW_US), NOW_US)
    assert not is_fresh(SomeSession(Assurance.PASSKEY, NEVER_STEPPED_UP), NOW_US)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_a_link_alone_opens_no_records(row: Row, role: Role) -> None:
    """It lets a person enrol a passkey, recover and leave, and nothing more."""
    by_link = SomeSession(Assurance.ENROLMENT, NOW_US)
    verdict = decide(row, by_link, Standing(role, baa_signed=True), NOW_US)
    is_for_links = row.path in BY_LINK or row.path.startswith("/recover")
    assert (verdict is Verdict.ALLOWED) == (row.is_public or is_for_links)
    assert not (is_for_links and (row.reads or row.roles))


def test_every_row_has_its_page_and_every_page_its_row() -> None:
    """In the order of the table."""
    assert list(ROW_OF) == [(row.method, row.path) for row in ROWS]
    assert set(routes.HANDLERS) == set(ROW_OF)
    assert set(routes.ALL_HANDLERS) == {(row.method, row.path) for row in routes.ALL_ROWS}
    assert len(routes.ALL_ROWS) == len(routes.ROUTES) == len(set(routes.ALL_HANDLERS))
    assert unclassified(routes.ROUTES) == []


def test_a_route_that_goes_around_the_table_is_found() -> None:
    """Whether its address is new, its method is, or nobody guards it."""
    (first, *_) = routes.ROUTES
    bare = routes.HANDLERS["GET", "/trail"]
    assert unclassified((Route("/new", first.endpoint, methods=["GET"]),)) == ["GET /new"]
    assert unclassified((Route("/trail", first.endpoint, methods=["PUT"]),)) == ["PUT /trail"]
    assert unclassified((Route("/trail", bare, methods=["GET"]),)) == ["GET /trail"]


def unclassified(found: tuple[Route, ...]) -> list[str]:
    """Return the routes that have no row, or whose endpoint is not the guard's."""
    return [
        f"{method} {route.path}"
        for route in found
        for method in sorted((route.methods or set()) - {"HEAD"})
        if (method, route.path) not in routes.ALL_HANDLERS
        or route.endpoint.__qualname__ != "guarded.<locals>.admit_and_answer"
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_a_row_says_what_is_written_or_why_nothing_is(row: Row) -> None:
    """What is for members asks for a passkey; what changes records asks for the agreement."""
    assert (row.reads is None) == bool(row.why_none)
    assert row.is_public == (row.assurance is Assurance.NONE)
    assert not row.roles or row.assurance is Assurance.PASSKEY
    if row.is_public:
        assert (row.reads, row.step_up, row.baa) == (None, False, False)
    elif row.reads and row.method != "GET":
        # The setup holds nothing of clients.
        is_own = row.reads.purpose is Purpose.OWN_RECORD
        assert row.baa == (is_own and row.reads.kind is not RecordKind.SETUP)


@pytest.mark.parametrize("row", [row for row in ROWS if row.reads], ids=lambda row: row.path)
def test_the_whole_practice_is_for_officers_or_holds_no_words(row: Row) -> None:
    """The purpose fits whose records they are."""
    assert row.reads is not None
    if row.reads.whose is Whose.EMERGENCY or row.path.startswith("/emergency"):
        assert (row.roles, row.reads.purpose) == (GUARDIANS, Purpose.EMERGENCY)
    elif row.reads.whose is Whose.PRACTICE:
        assert (row.roles, row.reads.purpose) == (OFFICERS, Purpose.COMPLIANCE_REVIEW)
    elif row.reads.whose is Whose.SLOT:
        assert row.reads.purpose is Purpose.VERIFICATION
    elif row.reads.whose is Whose.REVIEWED:
        assert (row.roles, row.reads.purpose) == (OFFICERS, Purpose.COMPLIANCE_REVIEW)
    elif row.reads.whose in {Whose.SUPERVISED, Whose.SUPERVISEE, Whose.ROW, Whose.ROWS}:
        assert (row.roles, row.reads.purpose) == (SUPERVISORS, Purpose.SUPERVISION)
        assert row.reads.kind is RecordKind.SUPERVISED
    else:
        assert row.reads.purpose is Purpose.OWN_RECORD


def test_what_cannot_be_taken_back_asks_for_a_fresh_check() -> None:
    """Or gives somebody, the person or another, a way in."""
    assert {row.path for row in ROWS if row.step_up} == {
        "/session/{stream_id}/delete",
        "/activity/{stream_id}/delete",
        *("/passkeys/challenge", "/passkeys/new"),
        *("/account/revoke-passkey", "/account/recovery-codes"),
        *("/account/tokens", "/account/tokens/revoke"),
        *("/members/invite", "/members/role", "/members/remove", "/members/recovery"),
        *("/emergency/ask", "/emergency/approve", "/emergency/begin"),
        *("/holds/place", "/holds/lift"),
    }
    row = replace(ROW_OF["POST", "/session/{stream_id}/delete"], step_up=False)
    standing = Standing(Role.THERAPIST, baa_signed=True)
    stale = SomeSession(Assurance.PASSKEY, NOW_US - STEP_UP_US_MAX)
    assert decide(row, stale, standing, NOW_US) is Verdict.ALLOWED
    assert decide(replace(row, step_up=True), stale, standing, NOW_US) is Verdict.STEP_UP
