"""Says in plain English what a fact says, with or without what is personal."""

import datetime as dt
from typing import Final, TypeAlias, assert_never

from aggregates.access import AccessFact, AccessRefused, OperatorRead, RecordsRead
from aggregates.api_token import ApiTokenCreated, ApiTokenRevoked, TokenPurpose
from aggregates.catalogue import Fact, HoursFact
from aggregates.emergency import EmergencyFact
from aggregates.holds import HoldFact, HoldLifted, HoldPlaced
from aggregates.membership import MemberInvited, MemberLeft, MemberRoleChanged
from aggregates.operator_log import (
    OperatorAct,
    OperatorActed,
    OperatorFact,
    OperatorLogOpened,
    SettingsChanged,
)
from aggregates.person import (
    DEMO_AUTHENTICATOR,
    PasskeyRegistered,
    PasskeyRevoked,
    PersonFact,
    RecoveryApproved,
    SessionRevoked,
    SignedIn,
    SignedOut,
)
from aggregates.practice import BaaSigned, MemberJoined, PracticeNamed, PracticeOpened, Role
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.session_entry import Modality, Participants, SessionEntry
from aggregates.shredding import KeyShredded, ShreddingFact, ShredOrdered, ShredReason
from projections.access_words import describe_access, say_date
from projections.emergency_words import describe_emergency, describe_hold
from projections.hours_words import DELETION_REASONS, SHREDDED_HOURS, describe_hours

_Guarding: TypeAlias = AccessFact | ShreddingFact | OperatorFact | HoldFact | EmergencyFact
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MODALITIES: Final = {
    Modality.IN_PERSON: "in person",
    Modality.VIDEO: "video",
    Modality.PHONE: "phone",
}
PARTICIPANTS: Final = {
    Participants.INDIVIDUAL: "individual",
    Participants.COUPLE: "couple",
    Participants.FAMILY: "family",
    Participants.CHILD: "child",
    Participants.GROUP: "group",
}
ROLES: Final = {
    Role.THERAPIST: "a therapist",
    Role.SUPERVISOR: "a supervisor",
    Role.OWNER: "an owner",
    Role.COMPLIANCE_OFFICER: "a compliance officer",
    Role.AUDITOR: "an auditor",
}
SHRED_REASONS: Final = {
    ShredReason.RETENTION_ELAPSED: "the years of keeping it are over",
    ShredReason.DELETION_REQUESTED: "its deletion was asked for",
    ShredReason.ACCOUNT_CLOSED: "the account was closed",
}
TOKEN_PURPOSES: Final = {
    TokenPurpose.READ_OWN: "it reads one's own records",
    TokenPurpose.LOG_SESSIONS: (
        "it reads one's own records, and logs and corrects sessions and activities"
    ),
    TokenPurpose.DELETE_SESSIONS: "it reads one's own records, and logs, corrects and deletes them",
    TokenPurpose.SUBMIT_WEEKS: (
        "it reads one's own records, logs and corrects, hands weeks to supervisors and takes them"
        " back"
    ),
    TokenPurpose.SUPERVISE: "it reads weeks that were handed to one to sign",
    TokenPurpose.MEMBERS: "it sees who is a member, invites, changes roles and removes",
    TokenPurpose.COMPLIANCE_REVIEW: "it looks back at the whole practice",
}
_SHREDDED: Final = {
    "practice-named.v1": "named the practice",
    "member-joined.v1": "took a member in",
    "member-invited.v1": "invited somebody",
    "member-role-changed.v1": "changed a member's role",
    "member-left.v1": "ended a membership",
    "signed-in.v1": "signed in",
    "signed-out.v1": "signed out",
    "session-revoked.v1": "ended a session from another browser",
    "baa-signed.v1": "signed the Business Associate Agreement",
    "session-logged.v1": "logged a session",
    "session-corrected.v1": "corrected a session",
    "session-deleted.v1": "deleted a session",
    "records-read.v1": "looked at records",
    "access-refused.v1": "was refused records",
    "operator-read.v1": "read of the practice",
    "emergency-asked.v1": "asked for emergency access",
    "emergency-approved.v1": "approved emergency access",
    "emergency-declined.v1": "declined emergency access",
    "emergency-told.v1": "told a member of emergency access",
    "emergency-begun.v1": "began emergency access",
    "emergency-ended.v1": "ended emergency access",
    "hold-placed.v1": "placed a legal hold",
    "hold-lifted.v1": "lifted a legal hold",
    "settings-changed.v1": "started the service with other settings",
}
_ACTS: Final = {
    OperatorAct.PRACTICE_OPENED: "opened a practice and invited its first owner",
    OperatorAct.EPOCH_ROTATED: "put all keys under a new epoch key",
    OperatorAct.EPOCH_DESTROYED: "destroyed the keys of an epoch",
    OperatorAct.CATALOGUE_ACCEPTED: "signed what is particular to the database server",
    OperatorAct.READ_MODEL_REBUILT: "rebuilt a read model",
}


def describe(fact: Fact, *, reveal: bool, by: str = "You") -> str:
    """Return one sentence without its full stop; `by` is who did it.

    With `reveal` false it holds no client's identity, no name and nobody's own words, whatever the
    fact holds. Dates, lengths and choices are shown either way.
    """
    match fact:
        case SessionLogged() | SessionCorrected() | SessionDeleted():
            return _session(fact, reveal=reveal, by=by)
        case PracticeOpened() | PracticeNamed() | BaaSigned():
            return _practice(fact, reveal=reveal, by=by)
        case MemberJoined() | MemberInvited() | MemberRoleChanged() | MemberLeft():
            return _membership(fact, reveal=reveal, by=by)
        case _:
            return _other(fact, reveal=reveal, by=by)


def _other(fact: PersonFact | HoursFact | _Guarding, *, reveal: bool, by: str) -> str:
    if isinstance(fact, _Guarding):
        return _guarding(fact, reveal=reveal, by=by)
    match fact:
        case (
            PasskeyRegistered()
            | PasskeyRevoked()
            | SignedIn()
            | SignedOut()
            | SessionRevoked()
            | RecoveryApproved()
            | ApiTokenCreated()
            | ApiTokenRevoked()
        ):
            return f"{by} {_person(fact)}"
        case _:
            return describe_hours(fact, reveal=reveal, by=by)


def describe_shredded(tag: str, *, by: str = "You") -> str:
    """Return the sentence of an event whose key is destroyed: what is still known of it."""
    act = _SHREDDED.get(tag) or SHREDDED_HOURS.get(tag, "did something")
    return f"{by} {act}; what it said was deleted for good"


def say_entry(entry: SessionEntry, *, reveal: bool) -> str:
    """Return a session in one line; the client and the setting only with `reveal`."""
    parts = [
        say_day(entry.date),
        say_minute(entry.start_minute),
        say_length(entry.minutes),
        entry.alias.reveal() if reveal else "",
        MODALITIES[entry.modality],
        PARTICIPANTS[entry.participants],
        entry.setting.reveal() if reveal else "",
    ]
    return ", ".join(part for part in parts if part)


def say_day(day: dt.date) -> str:
    """Return a day such as `Tue 3 Nov 2026`."""
    return f"{_DAYS[day.weekday()]} {say_date(day)}"


def say_minute(minute: int) -> str:
    """Return a time of day, counted in minutes after midnight, such as `9:05 am`."""
    hour, rest = divmod(minute, 60)
    return f"{(hour + 11) % 12 + 1}:{rest:02} {'am' if hour < 12 else 'pm'}"  # noqa: PLR2004 -- noon


def say_length(minutes: int) -> str:
    """Return a length such as `50 min`."""
    return f"{minutes} min"


def _session(
    fact: SessionLogged | SessionCorrected | SessionDeleted, *, reveal: bool, by: str
) -> str:
    match fact:
        case SessionLogged(entry=entry):
            return f"{by} logged a session on {say_entry(entry, reveal=reveal)}"
        case SessionCorrected(entry=entry):
            return f"{by} corrected a session; it now says {say_entry(entry, reveal=reveal)}"
        case SessionDeleted(reason=reason, remark=remark):
            said = f" ({remark.reveal()})" if reveal and remark is not None else ""
            return f"{by} deleted a session: {DELETION_REASONS[reason]}{said}"
        case _:
            assert_never(fact)


def _practice(fact: PracticeOpened | PracticeNamed | BaaSigned, *, reveal: bool, by: str) -> str:
    match fact:
        case PracticeOpened():
            return f"{by} opened the practice"
        case PracticeNamed(name=name):
            return f"{by} named the practice" + (f" {name.reveal()}" if reveal else "")
        case BaaSigned(document_version=version):
            return f"{by} signed the Business Associate Agreement, version {version}"
        case _:
            assert_never(fact)


def _guarding(fact: _Guarding, *, reveal: bool, by: str) -> str:
    match fact:
        case RecordsRead() | AccessRefused() | OperatorRead():
            return describe_access(fact, by=by)
        case ShredOrdered() | KeyShredded():
            return _service(fact, by=by)
        case OperatorLogOpened() | SettingsChanged() | OperatorActed():
            return _operator(fact)
        case HoldPlaced() | HoldLifted():
            return describe_hold(fact, by=by, reveal=reveal)
        case _:
            return describe_emergency(fact, by=by, reveal=reveal)


def _operator(fact: OperatorFact) -> str:
    match fact:
        case OperatorLogOpened():
            return "The operator's log was opened"
        case SettingsChanged(changes=changes):
            names = ", ".join(each.name for each in changes)
            return f"The service was started with other settings: {names}"
        case OperatorActed(act=act):
            return f"Whoever runs the service {_ACTS[act]}"
        case _:
            assert_never(fact)


def _service(fact: ShredOrdered | KeyShredded, *, by: str) -> str:
    match fact:
        case ShredOrdered(reason=reason):
            return f"{by} ordered a record to be deleted for good: {SHRED_REASONS[reason]}"
        case KeyShredded():
            return "A record was deleted for good: its key was destroyed, nobody can read it"
        case _:
            assert_never(fact)


def _membership(
    fact: MemberJoined | MemberInvited | MemberRoleChanged | MemberLeft, *, reveal: bool, by: str
) -> str:
    match fact:
        case MemberJoined(role=role, name=name):
            who = name.reveal() if reveal else "a member"
            return f"{by} took {who} into the practice as {ROLES[role]}"
        case MemberInvited(role=role):
            return f"{by} invited somebody to be {ROLES[role]}"
        case MemberRoleChanged(before=before, after=after):
            return f"{by} made a member {ROLES[after]}, who was {ROLES[before]}"
        case MemberLeft(before=before, was_member=was_member):
            if was_member:
                return f"{by} ended the membership of {ROLES[before]}"
            return f"{by} took back an invitation to be {ROLES[before]}"
        case _:
            assert_never(fact)


def _person(fact: PersonFact) -> str:
    match fact:
        case SignedIn(credential_id=credential_id):
            return "signed in" + (" with a passkey" if credential_id else " with a one-time link")
        case PasskeyRegistered() | PasskeyRevoked():
            return _passkey(fact)
        case SignedOut() | SessionRevoked():
            is_own = isinstance(fact, SignedOut)
            return "signed out" if is_own else "ended a session from another browser"
        case RecoveryApproved():
            return "approved that lost passkeys are replaced"
        case ApiTokenCreated() | ApiTokenRevoked():
            return _token(fact)
        case _:
            assert_never(fact)


def _passkey(fact: PasskeyRegistered | PasskeyRevoked) -> str:
    if isinstance(fact, PasskeyRevoked):
        return "revoked a passkey"
    if fact.aaguid == DEMO_AUTHENTICATOR:
        return "registered the demo's passkey, whose key is thrown away once the demo is prepared"
    return "registered a passkey"


def _token(fact: ApiTokenCreated | ApiTokenRevoked) -> str:
    if isinstance(fact, ApiTokenRevoked):
        return "took a program's access back"
    return f"let a program in: {TOKEN_PURPOSES[fact.purpose]}"
