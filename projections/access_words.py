"""Says in plain English who looked at what: never a client, never an address."""

import datetime as dt
from typing import Final, assert_never
from uuid import UUID

from aggregates.access import (
    AccessFact,
    AccessRefused,
    OperatorRead,
    Purpose,
    RecordKind,
    RecordsRead,
)
from aggregates.practice import Role

READER_ROLES: Final = {
    Role.THERAPIST: "A therapist",
    Role.SUPERVISOR: "A supervisor",
    Role.OWNER: "An owner",
    Role.COMPLIANCE_OFFICER: "A compliance officer",
    Role.AUDITOR: "An auditor",
}
KINDS: Final = {
    RecordKind.WEEK: "weeks",
    RecordKind.SESSION: "sessions",
    RecordKind.TRAIL: "trails",
    RecordKind.REPLAY: "the practice as it was",
    RecordKind.ACCESSES: "who read what",
    RecordKind.LOG_FILES: "files of the log",
    RecordKind.EXPORT: "exports",
    RecordKind.SETUP: "enrolments, settings and supervisions",
    RecordKind.ACTIVITY: "activities",
    RecordKind.PROGRESS: "progress to a licence",
    RecordKind.WEEKLY_LOG: "weekly logs",
    RecordKind.SUPERVISED: "weekly logs to sign",
    RecordKind.EMERGENCIES: "requests for emergency access",
    RecordKind.HOLDS: "legal holds",
    RecordKind.REVIEWS: "reviews of hours",
    RecordKind.REVIEW: "reviews of a member's hours",
}


# English whatever the machine speaks.
MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def say_date(day: dt.date) -> str:
    """Return a day such as `3 Nov 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def describe_access(fact: AccessFact, *, by: str, viewer_id: UUID | None = None) -> str:
    """Return one sentence without its full stop; `viewer_id` is who reads it."""
    if isinstance(fact, OperatorRead):
        what = "a copy for an auditor" if fact.kind is RecordKind.EXPORT else "its history"
        return f"Whoever runs the service took {what} on the command line, without client identity"
    whose = _whose(fact, by, viewer_id)
    match fact:
        case RecordsRead(purpose=purpose):
            under = " under emergency access" if purpose is Purpose.EMERGENCY and fact.whose else ""
            return f"{by} {_looked_at(fact, whose)}{under}{_through(fact)}"
        case AccessRefused():
            was = "were" if by == "You" else "was"
            return f"{by} asked for {_asked_for(fact, whose)} and {was} refused{_through(fact)}"
        case _:
            assert_never(fact)


def _through(fact: RecordsRead | AccessRefused) -> str:
    return " (a program, with a token)" if fact.token_id else ""


def member_with_role(role: Role, person_id: UUID) -> str:
    """Return how a reader is told apart without a name, such as `A supervisor (member 0a1b2c3d)`.

    The same letters stand in the replay and on the officer's page, so who asks can be answered.
    """
    return f"{READER_ROLES[role]} (member {person_id.hex[-8:]})"


def _whose(fact: RecordsRead | AccessRefused, by: str, viewer_id: UUID | None) -> str:
    if fact.whose is not None and fact.whose == viewer_id:
        return "your"
    if fact.whose == fact.reader_id:
        return "your" if by == "You" else "their own"
    return "a member's"


def _looked_at(fact: RecordsRead, whose: str) -> str:
    match fact.kind:
        case RecordKind.WEEK if fact.day is not None:
            return f"looked at {whose} week of {say_date(fact.day)}"
        case RecordKind.SESSION:
            return f"looked at {_SESSIONS.get(whose, whose + ' session')}"
        case _:
            return _LOOKED[fact.kind].format(whose=whose)


def _asked_for(fact: AccessRefused, whose: str) -> str:
    if fact.kind is RecordKind.SESSION and fact.whose is None:
        return "a session"
    return _ASKED[fact.kind].format(whose=whose)


_SESSIONS: Final = {"your": "one of your sessions", "their own": "one of their own sessions"}
_LOOKED: Final = {
    RecordKind.WEEK: "looked at {whose} week",
    RecordKind.SESSION: "looked at {whose} session",
    RecordKind.TRAIL: "looked at {whose} trail",
    RecordKind.REPLAY: "looked at the whole practice as it was",
    RecordKind.ACCESSES: "looked at who read what in the practice",
    RecordKind.LOG_FILES: "fetched files of the practice's log, which show times and types only",
    RecordKind.EXPORT: "exported {whose} records",
    RecordKind.SETUP: "looked at {whose} enrolment, settings and supervisions",
    RecordKind.ACTIVITY: "looked at {whose} activity",
    RecordKind.PROGRESS: "looked at {whose} progress to a licence",
    RecordKind.WEEKLY_LOG: "looked at {whose} weekly log",
    RecordKind.SUPERVISED: "looked at {whose} weekly log, to sign it",
    RecordKind.EMERGENCIES: "looked at the practice's requests for emergency access",
    RecordKind.HOLDS: "looked at the practice's legal holds",
    RecordKind.REVIEWS: "looked at how far everybody's weekly logs are, and what the rules find",
    RecordKind.REVIEW: "looked at {whose} weekly logs and what the rules find, without clients",
}
_ASKED: Final = {
    RecordKind.WEEK: "{whose} week",
    RecordKind.SESSION: "{whose} session",
    RecordKind.TRAIL: "{whose} trail",
    RecordKind.REPLAY: "the whole practice as it was",
    RecordKind.ACCESSES: "who read what in the practice",
    RecordKind.LOG_FILES: "files of another log",
    RecordKind.EXPORT: "{whose} records",
    RecordKind.SETUP: "{whose} enrolment, settings and supervisions",
    RecordKind.ACTIVITY: "{whose} activity",
    RecordKind.PROGRESS: "{whose} progress to a licence",
    RecordKind.WEEKLY_LOG: "{whose} weekly log",
    RecordKind.SUPERVISED: "{whose} weekly log, to sign it",
    RecordKind.EMERGENCIES: "the practice's requests for emergency access",
    RecordKind.HOLDS: "the practice's legal holds",
    RecordKind.REVIEWS: "how far everybody's weekly logs are",
    RecordKind.REVIEW: "{whose} weekly logs and what the rules find",
}
