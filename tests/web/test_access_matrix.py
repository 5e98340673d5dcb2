"""All routes, all roles, one's own record, another's and another practice's: as the table says."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from aggregates.access import AccessRefused, Purpose, RecordsRead, RefusedFor
from aggregates.practice import Role
from tests.aggregates.examples import form
from tests.fix_real_front import ADDRESS, NAME, SETTING, RealFront, RealPractice
from web.access import ROWS, Row, Whose

pytestmark = pytest.mark.postgres
WEEK = "2026-03-08"
OWN, OTHERS, OTHER_PRACTICES, NOBODYS = "own", "another's", "another practice's", "nobody's"
TARGETS = (OWN, OTHERS, OTHER_PRACTICES, NOBODYS)
NOT_MADE = 422  # the form that is sent says nothing whole, so that nothing is changed
NOT_SIGNED = 409  # what it is answered to was never shown

# Where an officer has to choose a member: the others name nobody to them.
NAMED = {"/emergency", "/emergency/ask", "/holds", "/holds/place"}
REVIEWS = {"/compliance", "/compliance/{person_id}"}
NO_RECORDS = {200, 303, 400, 403, 404, NOT_MADE}  # public, or who signs in and who is in


@dataclass(frozen=True)
class Asking:
    """Who asks for whose, and what must come of it."""

    row: Row
    role: Role
    target: str

    @property
    def is_theirs(self) -> bool:
        """Whether the record is the asker's to see."""
        reads = self.row.reads
        if reads is None or reads.whose in {Whose.OWN, Whose.PRACTICE, Whose.SUPERVISED}:
            return True
        if reads.whose in {Whose.SLOT, Whose.REVIEWED}:
            return self.target in {OWN, OTHERS}
        return self.target == OWN

    @property
    def expected(self) -> tuple[set[int], type | None]:
        """The statuses there may be, and the event that must be written."""
        row, reads = self.row, self.row.reads
        if not row.roles:
            return NO_RECORDS | {415}, None
        if self.role not in row.roles:
            return {403}, AccessRefused if reads else None
        if not self.is_theirs:
            return {404}, AccessRefused
        if reads is None:
            return NO_RECORDS, None
        return {200, NOT_MADE, NOT_SIGNED}, RecordsRead


def address(row: Row, front: RealFront, asking: Asking) -> str:
    """Fill in the parts of a route."""
    one, two, role = front.one, front.two, asking.role
    ones, twos = streams(row, one), streams(row, two)
    own = ones.get(role, uuid4())
    other = ones[Role.OWNER if role is Role.THERAPIST else Role.THERAPIST]
    session = {OWN: own, OTHERS: other, OTHER_PRACTICES: twos[Role.THERAPIST]}
    rows = {
        OWN: one.rows[Role.THERAPIST],
        OTHERS: one.rows[Role.OWNER],
        OTHER_PRACTICES: two.rows[Role.THERAPIST],
    }
    persons = {
        OWN: one.members[Role.THERAPIST],
        OTHERS: one.members[Role.OWNER],
        OTHER_PRACTICES: two.members[Role.THERAPIST],
    }
    if row.reads is not None and row.reads.whose is Whose.EMERGENCY:
        session = requests(front, asking)
    supervised = row.reads is not None and row.reads.purpose is Purpose.SUPERVISION
    named = rows if supervised else session
    person = persons.get(asking.target)
    slots = {OTHER_PRACTICES: two.slot, NOBODYS: 99}
    parts = {
        "{day}": WEEK,
        "{session_id}": str(one.sessions[Role.THERAPIST]),
        "{stream_id}": str(named.get(asking.target, uuid4())),
        "{person_id}": str(person.person_id if person else uuid4()),
        "{slot:int}": str(slots.get(asking.target, one.slot)),
        "{path:path}": "checkpoint",
        "{fingerprint}": "0",
        "{name}": "app.css",
    }
    path = row.path
    for part, value in parts.items():
        path = path.replace(part, value)
    return f"{path}?row={rows.get(asking.target, uuid4())}" if path == "/sign" else path


def streams(row: Row, practice: RealPractice) -> dict[Role, UUID]:
    """Return the streams that a route is about, by whose they are."""
    named = [kind for kind in practice.hours if kind in row.path.split("/")]
    return practice.hours[named[0]] if named else practice.sessions


def requests(front: RealFront, asking: Asking) -> dict[str, UUID]:
    """Return requests for emergency access: one's own, a colleague's, and one elsewhere."""
    role = asking.role
    other = Role.OWNER if role is Role.COMPLIANCE_OFFICER else Role.COMPLIANCE_OFFICER
    mine, theirs = (front.one.emergencies.get(each, uuid4()) for each in (role, other))
    elsewhere = front.two.emergencies.get(Role.OWNER, uuid4())
    return {OWN: mine, OTHERS: theirs, OTHER_PRACTICES: elsewhere}


def ask(browser: TestClient, row: Row, path: str) -> tuple[int, str]:
    """Ask, with a form that changes nothing where one is sent."""
    typed = form(minutes="x") | {"command_id": str(uuid4()), "version": "1", "reason": ""}
    typed |= {"at_us": "1", "reference": "0" * 32, "supervision": str(uuid4())}
    answer = browser.request(row.method, path, data=typed if row.method == "POST" else None)
    return answer.status_code, answer.text


def check(front: RealFront, browser: TestClient, asking: Asking) -> None:
    """Ask once, and compare with what the table says."""
    practice, row = front.one.practice_id, asking.row
    before = front.size(practice)
    status, text = ask(browser, row, address(row, front, asking))
    statuses, kind = asking.expected
    told = f"{row.method} {row.path} as {asking.role.value}, {asking.target}: {status}"
    assert status in statuses, told
    looks = front.looks(practice, before)
    assert [type(look) for look in looks] == ([kind] if kind else []), told
    assert front.size(practice) == before + len(looks), told
    if status >= 400 and status != NOT_MADE:
        assert SETTING not in text, told
    is_shown = kind is RecordsRead and asking.role is Role.SUPERVISOR
    assert NAME not in text or is_named(asking) or is_shown, told
    for look in looks:
        check_look(look, front, asking)


def check_look(look: object, front: RealFront, asking: Asking) -> None:
    """Compare an event with who asked for what."""
    assert isinstance(look, RecordsRead | AccessRefused)
    reads = asking.row.reads
    assert reads is not None
    assert look.reader_id == front.one.members[asking.role].person_id
    assert (look.role, look.kind) == (asking.role, reads.kind)
    assert look.ip_address is not None
    assert look.ip_address.reveal() == ADDRESS
    if isinstance(look, RecordsRead):
        is_own = reads.whose in {Whose.OWN, Whose.SESSION}
        assert (look.whose == look.reader_id, look.purpose) == (is_own, reads.purpose)
    elif asking.role in asking.row.roles:
        assert look.reason is RefusedFor.NOT_THEIRS
        assert look.whose == whose(front.one, asking)
    else:
        assert (look.reason, look.whose) == (RefusedFor.ROLE, None)


def is_named(asking: Asking) -> bool:
    """Whether members are named: to owners, and to officers and the concerned in an emergency."""
    is_told = asking.role is Role.THERAPIST and asking.row.path == "/trail"
    # Who is supervised chooses among the supervisors of the practice.
    is_told = is_told or asking.row.path.startswith("/setup/supervisions/")
    return asking.role is Role.OWNER or asking.row.path in NAMED | REVIEWS or is_told


def whose(practice: RealPractice, asking: Asking) -> UUID | None:
    """Return the person whose record was asked for, if it is one of this practice."""
    reads = asking.row.reads
    if asking.target != OTHERS or reads is None:
        return None
    if reads.purpose is Purpose.SUPERVISION:
        return practice.members[Role.OWNER].person_id
    if reads.whose is not Whose.SESSION:
        return None
    other = Role.OWNER if asking.role is Role.THERAPIST else Role.THERAPIST
    return practice.members[other].person_id


def test_every_route_answers_and_writes_as_the_table_says(real_front: RealFront) -> None:
    """Each of them to each role, for each kind of record."""
    real_front.begin_requests()
    for role, actor in real_front.one.members.items():
        browser = real_front.signed_in(actor)
        for row in ROWS:
            if row.path == "/sign-out":
                continue
            for target in TARGETS:
                check(real_front, browser, Asking(row, role, target))
        assert browser.post("/sign-out").status_code == 303
        assert real_front.looks(real_front.two.practice_id) == []


def test_who_is_not_signed_in_gets_nothing_and_writes_nothing(real_front: RealFront) -> None:
    """They are led to the sign-in page, and a form says that nothing was saved."""
    browser = real_front.signed_in(real_front.one.members[Role.THERAPIST])
    browser.post("/sign-out")
    before = real_front.size(real_front.one.practice_id)
    for row in ROWS:
        if not row.is_public:
            asking = Asking(row, Role.THERAPIST, OWN)
            status, text = ask(browser, row, address(row, real_front, asking))
            assert status == (401 if row.method == "POST" else 303)
            assert SETTING not in text
    assert real_front.size(real_front.one.practice_id) == before
