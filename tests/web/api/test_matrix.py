"""All operations, all roles, all purposes, one's own and others' records: as the table says."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from aggregates.access import AccessRefused, RecordsRead, RefusedFor
from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from tests.fix_real_front import ADDRESS, NAME, SETTING, RealFront
from tests.web.api.calls import key, seen
from web.access import Row, Whose
from web.api.operation import DELETE, SUBMIT
from web.api.table import API_ROWS, OPERATIONS

pytestmark = pytest.mark.postgres
OWN, OTHERS, OTHER_PRACTICES, NOBODYS = "own", "another's", "another practice's", "nobody's"
TARGETS = (OWN, OTHERS, OTHER_PRACTICES, NOBODYS)
ROWS = tuple(each.row for each in OPERATIONS)
NOT_MADE = 422  # what is sent says nothing whole, so that nothing is changed
NAMED = {Whose.SESSION, Whose.SUPERVISEE}
CLIENT_DATA = ("/sessions", "/activities", "/weekly-log")
ANSWERED = {200, 204, NOT_MADE}  # 204: who was no member is none now


@dataclass(frozen=True)
class Asking:
    """Which program asks for whose, and what must come of it."""

    row: Row
    role: Role
    purpose: TokenPurpose
    target: str

    @property
    def expected(self) -> tuple[set[int], str | None, type | None]:
        """The statuses there may be, the code of a refusal, and the event that must be written."""
        row, reads = self.row, self.row.reads
        if self.purpose not in row.tokens:
            return {403}, "purpose-needed", None
        if self.role not in row.roles:
            return {403}, None, AccessRefused if reads else None
        if reads and reads.whose in NAMED and self.target != OWN:
            return {404}, "not-found", AccessRefused
        is_shown = reads is not None and not reads.is_answer_only
        return ANSWERED, None, RecordsRead if is_shown else None


def address(front: RealFront, asking: Asking) -> str:
    """Fill in the parts of a path."""
    one, two, role = front.one, front.two, asking.role
    is_activity = "/activities/" in asking.row.path
    ones, twos = ((e.hours["activity"] if is_activity else e.sessions) for e in (one, two))
    streams = {
        OWN: ones.get(role),
        OTHERS: ones[Role.OWNER if role is Role.THERAPIST else Role.THERAPIST],
        OTHER_PRACTICES: twos[Role.THERAPIST],
    }
    path = asking.row.path.replace("{stream_id}", str(streams.get(asking.target) or uuid4()))
    path = path.replace("{person_id}", str(person(front, asking) or uuid4()))
    return path.replace("{day}", "2026-03-08")


def person(front: RealFront, asking: Asking) -> UUID | None:
    """Return whose weeks are asked for; of members nobody is named, for they would be removed."""
    reads = asking.row.reads
    members = {
        OWN: front.one.members[Role.THERAPIST],
        OTHERS: front.one.members[Role.OWNER],
        OTHER_PRACTICES: front.two.members[Role.THERAPIST],
    }
    if reads is None or reads.whose is not Whose.SUPERVISEE or asking.target not in members:
        return None
    return members[asking.target].person_id


def check(front: RealFront, asking: Asking) -> None:
    """Ask once, and compare with what the table says."""
    actor, row = front.one.members[asking.role], asking.row
    program = front.program(front.token(actor, asking.purpose))
    before, before_two = front.size(actor.practice_id), front.size(front.two.practice_id)
    body: dict[str, str] | None = {} if row.method in {"POST", "PUT"} else None
    headers = key() | seen(1)
    answer = program.request(row.method, address(front, asking), headers=headers, json=body)
    statuses, code, kind = asking.expected
    told = f"{asking}: {answer.status_code} {answer.text[:200]}"
    assert answer.status_code in statuses, told
    assert code is None or answer.json()["code"] == code, told
    looks = front.looks(actor.practice_id, before)
    assert [type(look) for look in looks] == ([kind] if kind else []), told
    assert front.size(actor.practice_id) == before + len(looks), told
    assert front.size(front.two.practice_id) == before_two, told
    if answer.status_code != 200:
        assert SETTING not in answer.text, told
        assert NAME not in answer.text, told
    for look in looks:
        check_look(look, front, asking)


def check_look(look: object, front: RealFront, asking: Asking) -> None:
    """Compare an event with who asked for what, and through what."""
    assert isinstance(look, RecordsRead | AccessRefused)
    reads, actor = asking.row.reads, front.one.members[asking.role]
    assert reads is not None
    assert (look.reader_id, look.role, look.kind) == (actor.person_id, asking.role, reads.kind)
    assert look.ip_address is not None
    assert look.ip_address.reveal() == ADDRESS
    tokens = front.identity.api_tokens.of_person(actor.person_id)
    assert look.token_id in {each.token_id for each in tokens}
    if isinstance(look, AccessRefused):
        is_role = asking.role not in asking.row.roles
        assert look.reason is (RefusedFor.ROLE if is_role else RefusedFor.NOT_THEIRS)


def test_every_operation_answers_and_writes_as_the_table_says(real_front: RealFront) -> None:
    """To a token of each role and purpose, for each kind of record."""
    for row in ROWS:
        for role in Role:
            for purpose in TokenPurpose:
                is_let_in = role in row.roles and purpose in row.tokens
                for target in TARGETS if is_let_in else TARGETS[:2]:
                    check(real_front, Asking(row, role, purpose, target))


def test_without_a_token_there_is_nothing_and_nothing_is_written(real_front: RealFront) -> None:
    """And the answer says what is wanted (RFC 6750)."""
    before = real_front.size(real_front.one.practice_id)
    for row in ROWS:
        asking = Asking(row, Role.THERAPIST, TokenPurpose.READ_OWN, OWN)
        answer = real_front.program().request(row.method, address(real_front, asking))
        assert (answer.status_code, answer.json()["code"]) == (401, "token-needed")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert real_front.size(real_front.one.practice_id) == before


def test_every_row_is_for_tokens_with_a_passkey_and_never_for_a_fresh_check() -> None:
    """What takes a fresh check on a page is let through by its purpose, or not at all."""
    for row in ROWS:
        assert row.tokens
        assert row.roles
        assert not row.step_up
        assert (row.reads is None) == bool(row.why_none)
        is_of_clients = any(part in row.path for part in CLIENT_DATA)
        assert row.baa == (row.method != "GET" and is_of_clients)
    deleting = {row.path for row in ROWS if row.tokens == DELETE}
    assert deleting == {
        "/api/v1/sessions/{stream_id}/deletion",
        "/api/v1/activities/{stream_id}/deletion",
    }
    submitting = {row.path for row in ROWS if row.tokens == SUBMIT}
    assert submitting == {
        "/api/v1/weekly-log/{day}/submission",
        "/api/v1/weekly-log/{day}/take-back",
    }
    assert {row.path for row in ROWS if TokenPurpose.MEMBERS in row.tokens} == {
        *("/api/v1/me", "/api/v1/members", "/api/v1/invitations"),
        *("/api/v1/members/{person_id}", "/api/v1/members/{person_id}/role"),
    }


def test_what_everybody_may_read_says_why() -> None:
    """The description of the API, and what its codes mean."""
    public = [row for row in API_ROWS if row.is_public]
    assert [row.path for row in public] == [
        "/api/v1/openapi.json",
        "/api/v1/problems/{code}",
    ]
    assert all(row.why_none and row.reads is None for row in public)
