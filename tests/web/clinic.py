"""A desk where a therapist hands weeks to a supervisor: on the real stack, with set time."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

import msgspec

from aggregates.hours.activity_entry import read_activity
from aggregates.hours.enrolment_entry import Phase, WeekStart
from aggregates.hours.setting_entry import SettingKind
from aggregates.hours.week_content import RowKey
from aggregates.hours.week_row import WeekSigned
from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from aggregates.session_entry import read_entry
from commands.context import Actor, Context
from commands.hours.activities import log_activity
from commands.hours.setup import state_enrolment, state_setting, state_supervision
from commands.hours.streams import row_stream
from commands.hours.submit_week import Submission, submit_week
from commands.join_member import join_member
from commands.log_session import log_session
from commands.open_practice import open_practice
from commands.record_access import access_stream
from ledger import reader
from ledger.ids import derived
from projections.waiting import wait_for
from tests.aggregates.hours_examples import CLINIC, ENROLMENT, SUPERVISED
from tests.web.identity.desk import Desk

SUPERVISOR_EMAIL: Final = "dana.canary@practice.example"
WEEK: Final = dt.date(2026, 11, 15)
TODAY: Final = dt.date(2026, 11, 24)
ALIAS: Final = "Q.Z."
WAIT_S: Final = 20.0


@dataclass
class Clinic:
    """Who works under whom at a desk; `entries` are what was logged in each week."""

    desk: Desk
    person: Actor
    supervisor: Actor
    supervision_id: UUID
    entries: dict[dt.date, list[UUID]] = field(default_factory=dict[dt.date, list[UUID]])

    @property
    def context(self) -> Context:
        """What commands work with."""
        return self.desk.context

    def log(
        self, day: dt.date, minutes: int = 50, start: str = "09:00", alias: str = ALIAS
    ) -> UUID:
        """Log a session of the therapist's under the supervision; returns its stream."""
        fields = {
            "date": day.isoformat(),
            "start": start,
            "minutes": str(minutes),
            "setting": "Riverside",
            "client": alias,
            "modality": "in-person",
            "participants": "couple",
            "supervision": str(self.supervision_id),
        }
        done = log_session(self.context, self.person, read_entry(fields, TODAY), uuid4())
        self.entries.setdefault(sunday(day), []).append(done.stream_id)
        return done.stream_id

    def meet(self, day: dt.date, minutes: int = 60) -> UUID:
        """Log individual supervision; returns its stream."""
        fields = {
            "date": day.isoformat(),
            "length": str(minutes),
            "kind": "supervision-individual",
            "modality": "in-person",
            "supervision": str(self.supervision_id),
        }
        entry = read_activity(fields, TODAY)
        done = log_activity(self.context, self.person, entry, uuid4())
        self.entries.setdefault(sunday(day), []).append(done.stream_id)
        return done.stream_id

    def hand_in(self, first_day: dt.date = WEEK, *warnings: str) -> UUID:
        """Submit what was logged in a week, an hour or so if nothing was; returns its row."""
        if first_day not in self.entries:
            self.log(first_day + dt.timedelta(days=1))
            self.meet(first_day + dt.timedelta(days=2))
        key = self.key(first_day)
        submission = Submission(key, self.entries[first_day], warnings)
        submit_week(self.context, self.person, submission, uuid4())
        self.settle()
        return row_stream(self.supervisor.practice_id, key)

    def key(self, first_day: dt.date) -> RowKey:
        """Return which row a week is."""
        return RowKey(
            person_id=self.person.person_id,
            supervision_id=self.supervision_id,
            first_day=first_day,
            phase=Phase.AFTER_DEGREE,
        )

    def of(self, person: Actor, kind: SettingKind = SettingKind.EXEMPT) -> "Clinic":
        """Return the same supervisor's with another supervisee, at a setting of this kind."""
        return supervise(self.desk, person, self.supervisor, kind)

    def elsewhere(self, name: str) -> UUID:
        """Take the supervisor into another practice, too; returns it."""
        practice_id = self.context.ids.new()
        owner = Actor(practice_id, self.context.ids.new())
        open_practice(self.context, owner, Private(name), Private("Olive Canary"), uuid4())
        joined = JoinMember(
            person_id=self.supervisor.person_id,
            role=Role.SUPERVISOR,
            name=Private("Dana Roe"),
            invited_by=owner.person_id,
        )
        done = join_member(self.context, owner, joined, uuid4())
        assert wait_for(self.context.ledger, "memberships", practice_id, done.position, WAIT_S)
        return practice_id

    def settle(self) -> None:
        """Wait until everybody is shown all that was done and looked at so far."""
        ledger, practice_id = self.context.ledger, self.supervisor.practice_id
        with ledger.read(practice_id) as connection:
            size = reader.size(connection, practice_id)
        for name in ("supervised", "notices", "weeks", "trail"):
            assert wait_for(ledger, name, practice_id, size - 1, WAIT_S)

    def facts(self, stream_id: UUID) -> list[object]:
        """Return what is on record of a row."""
        practice_id = self.supervisor.practice_id
        return [each.fact for each in self.context.history(practice_id, stream_id)]

    def signatures(self, stream_id: UUID) -> list[WeekSigned]:
        """Return the signatures on a row, void or not."""
        return [fact for fact in self.facts(stream_id) if isinstance(fact, WeekSigned)]

    def looks(self, reader: Actor) -> list[object]:
        """Return the looks of somebody today."""
        now_s = self.context.clock.now_us() / 1_000_000
        stream_id = access_stream(reader, dt.datetime.fromtimestamp(now_s, dt.UTC).date())
        return self.facts(stream_id)


def sunday(day: dt.date) -> dt.date:
    """Return the first day of its week."""
    return day - dt.timedelta(days=(day.weekday() + 1) % 7)


def open_clinic(desk: Desk) -> Clinic:
    """Take a supervisor in, and let the therapist state that they work under them."""
    return supervise(desk, desk.therapist, join(desk, SUPERVISOR_EMAIL, "Dana Roe"))


def supervise(
    desk: Desk, person: Actor, supervisor: Actor, kind: SettingKind = SettingKind.EXEMPT
) -> Clinic:
    """Let a person state that they work under a supervisor; ids follow from who they are."""
    context, name = desk.context, derived("test clinic", person.practice_id, person.person_id)
    enrolled = msgspec.structs.replace(ENROLMENT, week_start=WeekStart.SUNDAY)
    state_enrolment(context, person, enrolled, derived("enrolment", name))
    place = msgspec.structs.replace(CLINIC, kind=kind)
    setting = state_setting(context, person, None, place, derived("setting", name))
    stated = msgspec.structs.replace(
        SUPERVISED, setting_id=setting.stream_id, supervisor_id=supervisor.person_id
    )
    supervision = state_supervision(context, person, None, stated, derived("supervision", name))
    return Clinic(desk, person, supervisor, supervision.stream_id)


def join(desk: Desk, email: str, name: str, role: Role = Role.SUPERVISOR) -> Actor:
    """Take somebody with an address in; returns who they are."""
    context = desk.context
    now_us = context.clock.now_us()
    person_id = desk.identity.accounts.open(Private(email), context.ids.new(), now_us)
    joined = JoinMember(
        person_id=person_id,
        role=role,
        name=Private(name),
        invited_by=desk.owner.person_id,
    )
    done = join_member(context, desk.owner, joined, uuid4())
    assert wait_for(context.ledger, "memberships", done.practice_id, done.position, WAIT_S)
    return Actor(desk.owner.practice_id, person_id)
