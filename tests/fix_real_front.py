"""The pages over the real ledger, without sockets: every role of two practices can sign in."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import msgspec
import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from aggregates.api_token import TokenPurpose
from aggregates.emergency import EmergencyReason
from aggregates.hours.enrolment_entry import WeekStart
from aggregates.membership import ChangeRole
from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from commands.context import CODEC, Actor, Context
from commands.emergency import (
    EmergencyWish,
    approve_emergency,
    ask_emergency,
    begin_emergency,
    tell_person,
)
from commands.hours.activities import log_activity
from commands.hours.setup import state_enrolment, state_setting, state_supervision
from commands.join_member import join_member
from commands.log_session import log_session
from commands.membership import change_membership
from commands.open_practice import open_practice
from commands.sign_baa import sign_baa
from ledger import reader
from ledger.opening import sealing
from ledger.postgres.settings import Settings
from ledger.reader import Shredded, open_entries
from ledger.seal_log.sealer import seal_once
from projections.notices_table import NOTICES
from projections.read_models import Followers
from projections.setup_table import SETUP
from projections.supervised_table import SUPERVISED as SUPERVISED_VIEW
from projections.therapist import THERAPIST
from projections.trail import TRAIL
from projections.waiting import wait_for
from projections.weeks_table import WEEKS
from tests.aggregates.examples import entry
from tests.aggregates.hours_examples import CLINIC, ENROLMENT, GROUP, SUPERVISED
from tests.fix_practice import DOCUMENT
from tests.handed_in import handed_in
from web import app
from web.development_sign_in import DevelopmentSignIn
from web.identity.api_tokens import ApiToken
from web.identity.console_mail import ConsoleMailer
from web.identity.identity import Identity
from web.identity.wiring import open_identity
from web.serving import wire
from web.settings import WebSettings

ORIGIN = "https://localhost:8443"
ADDRESS = "198.51.100.23"
DAY_US = 86_400_000_000
FOLLOW_S_MAX = 20.0
MONTH_US = 30 * DAY_US
SETTING, NAME = "Heron Marsh Clinic", "Ottoline Featherstonehaugh"
ENROLLED = msgspec.structs.replace(ENROLMENT, week_start=WeekStart.SUNDAY)
ACCESS_TYPES = {"records-read.v1", "access-refused.v1"}


@dataclass(frozen=True)
class RealPractice:
    """One practice: a member of each role; of each who logs, a session and streams of hours.

    `rows` are the week of each who logs: the therapist's was submitted to the supervisor, the
    owner's to another one.
    """

    practice_id: UUID
    slot: int
    members: dict[Role, Actor]
    sessions: dict[Role, UUID]
    rows: dict[Role, UUID]
    hours: dict[str, dict[Role, UUID]]
    emergencies: dict[Role, UUID] = field(default_factory=dict[Role, UUID])


@dataclass(frozen=True)
class RealFront:
    """The application over a ledger that holds two practices."""

    app: ASGIApp
    context: Context
    settings: Settings
    sign_in: DevelopmentSignIn
    identity: Identity
    one: RealPractice
    two: RealPractice

    def signed_in(self, actor: Actor) -> TestClient:
        """Return a browser that is signed in, at a known address."""
        browser = TestClient(
            self.app,
            base_url=ORIGIN,
            follow_redirects=False,
            headers={"sec-fetch-site": "same-origin"},
            client=(ADDRESS, 50_000),
            raise_server_exceptions=False,
        )
        code = self.sign_in.link(actor).partition("#")[2]
        assert browser.post("/sign-in", data={"code": code}).status_code == 303
        return browser

    def begin_requests(self) -> None:
        """Let an owner and an officer of each practice read the therapist's records now."""
        both = (Role.OWNER, Role.COMPLIANCE_OFFICER)
        for practice in (self.one, self.two):
            for asker, second in (both, both[::-1]):
                people = (practice.members[each] for each in (asker, second, Role.THERAPIST))
                practice.emergencies[asker] = begun_emergency(self.context, *people)

    def token(self, actor: Actor, purpose: TokenPurpose, days: int = 30) -> str:
        """Return a token of the actor's, as their account page would give it."""
        now_us = self.context.clock.now_us()
        return self.identity.api_tokens.create(
            ApiToken(
                token_id=uuid4(),
                person_id=actor.person_id,
                practice_id=actor.practice_id,
                purpose=purpose,
                created_at_us=now_us,
                expires_at_us=now_us + days * DAY_US,
            )
        )

    def program(self, token: str = "") -> TestClient:
        """Return a program that sends this token, from a known address, and no cookie."""
        return TestClient(
            self.app,
            base_url=ORIGIN,
            follow_redirects=False,
            headers={"authorization": f"Bearer {token}"} if token else {},
            client=(ADDRESS, 50_000),
            raise_server_exceptions=False,
        )

    def follow(self) -> None:
        """Wait until what is shown holds what happened in the first practice."""
        _follow(self.context, self.one.practice_id)

    def size(self, practice_id: UUID) -> int:
        """Return how many events a practice has."""
        with self.context.ledger.read(practice_id) as connection:
            return reader.size(connection, practice_id)

    def looks(self, practice_id: UUID, after: int = 0) -> list[object]:
        """Return the facts of the looks at positions from `after` on."""
        ledger = self.context.ledger
        with ledger.read(practice_id) as connection:
            found = reader.page(connection, practice_id, after=after - 1, limit=1_000)
        entries = [each for each in found if each.type in ACCESS_TYPES]
        bodies = open_entries(entries, ledger.keys)
        return [
            CODEC.decode(each.type, body)
            for each, body in zip(entries, bodies, strict=True)
            if not isinstance(body, Shredded)
        ]


def _auditing(context: Context, members: dict[Role, Actor]) -> ChangeRole:
    """Return how a member becomes an auditor, whom nobody takes in without an end."""
    now_us = context.clock.now_us()
    return ChangeRole(
        person_id=members[Role.AUDITOR].person_id,
        role=Role.AUDITOR,
        changed_by=members[Role.OWNER].person_id,
        at_us=now_us,
        ends_at_us=now_us + MONTH_US,
    )


def _practice(context: Context) -> RealPractice:
    practice_id = uuid4()
    members = {role: Actor(practice_id, uuid4()) for role in Role}
    owner = members[Role.OWNER]
    open_practice(context, owner, Private("Practice"), Private(NAME), uuid4())
    sign_baa(context, owner, DOCUMENT, None, uuid4())
    for role, actor in members.items():
        if role is not Role.OWNER:
            joined = JoinMember(
                person_id=actor.person_id,
                role=role,
                name=Private(NAME),
                invited_by=owner.person_id,
            )
            if role is Role.AUDITOR:
                joined = replace(joined, role=Role.SUPERVISOR)
            join_member(context, owner, joined, uuid4())
    change_membership(context, owner, _auditing(context, members), uuid4())
    sessions = {
        role: log_session(context, members[role], entry(setting=SETTING), uuid4()).stream_id
        for role in (Role.THERAPIST, Role.OWNER)
    }
    supervisors = {Role.THERAPIST: members[Role.SUPERVISOR], Role.OWNER: _another(context, owner)}
    rows = {
        role: handed_in(context, members[role], supervisor)
        for role, supervisor in supervisors.items()
    }
    with context.ledger.read(practice_id) as connection:
        slot = reader.slot(connection, practice_id)
    assert slot is not None
    hours = _hours(context, members)
    return RealPractice(practice_id, slot, members, sessions, rows, hours)


def _hours(context: Context, members: dict[Role, Actor]) -> dict[str, dict[Role, UUID]]:
    """State and log something for each who logs; returns the streams by kind and role."""
    found: dict[str, dict[Role, UUID]] = {"settings": {}, "supervisions": {}, "activity": {}}
    place = msgspec.structs.replace(CLINIC, name=Private(SETTING))
    for role in (Role.THERAPIST, Role.OWNER):
        actor = members[role]
        state_enrolment(context, actor, ENROLLED, uuid4())
        setting_id = state_setting(context, actor, None, place, uuid4()).stream_id
        stated = msgspec.structs.replace(SUPERVISED, setting_id=setting_id, supervisor_id=None)
        supervision_id = state_supervision(context, actor, None, stated, uuid4()).stream_id
        held = msgspec.structs.replace(GROUP, supervision_id=supervision_id)
        activity_id = log_activity(context, actor, held, uuid4()).stream_id
        found["settings"][role] = setting_id
        found["supervisions"][role] = supervision_id
        found["activity"][role] = activity_id
    return found


def _another(context: Context, owner: Actor) -> Actor:
    """Take another supervisor in."""
    joined = JoinMember(
        person_id=uuid4(), role=Role.SUPERVISOR, name=Private(NAME), invited_by=owner.person_id
    )
    join_member(context, owner, joined, uuid4())
    return Actor(owner.practice_id, joined.person_id)


def begun_emergency(context: Context, asker: Actor, second: Actor, whose: Actor) -> UUID:
    """Return a request that was approved, told and begun: who asked may read."""
    wish = EmergencyWish(
        whose=whose.person_id, reason=EmergencyReason.OTHER, remark=None, minutes=60
    )
    stream_id = ask_emergency(context, asker, wish, uuid4()).stream_id
    approve_emergency(context, second, stream_id)
    tell_person(context, asker.practice_id, stream_id)
    begin_emergency(context, asker, stream_id)
    return stream_id


def _follow(context: Context, practice_id: UUID) -> None:
    """Wait until the read models hold what the practice has."""
    with context.ledger.read(practice_id) as connection:
        position = reader.size(connection, practice_id) - 1
    for read_model in (THERAPIST, TRAIL, SETUP, WEEKS, SUPERVISED_VIEW, NOTICES):
        assert wait_for(context.ledger, read_model.name, practice_id, position, FOLLOW_S_MAX)


@pytest.fixture
def real_front(context: Context, settings: Settings) -> Iterator[RealFront]:
    """Two practices, sealed and followed."""
    one, two = _practice(context), _practice(context)
    seal_once(sealing(context.ledger.database, settings, context.clock))
    web_settings = WebSettings(data_dir=settings.data_dir)
    sign_in = DevelopmentSignIn(web_settings, context.clock, print)
    with open_identity(context, web_settings, ConsoleMailer(print)) as opened:
        for actor in (*one.members.values(), *two.members.values()):
            email = Private(f"{actor.person_id}@practice.example")
            opened.identity.accounts.open(email, actor.person_id, context.clock.now_us())
        pages = app.build(
            wire(context, settings, broken=tuple),
            web_settings,
            clock=context.clock,
            ids=context.ids,
            sessions=opened.sessions,
            identity=opened.identity,
            development_sign_in=sign_in,
        )
        followers = Followers(context.ledger.database, context.ledger.keys)
        followers.start()
        for practice_id in (one.practice_id, two.practice_id):
            _follow(context, practice_id)
        yield RealFront(pages, context, settings, sign_in, opened.identity, one, two)
        followers.stop()
