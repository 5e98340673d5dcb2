"""Says in plain English what a fact about hours says, with or without what is personal."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, assert_never

from aggregates.catalogue import HoursFact
from aggregates.deletion import DeletionReason
from aggregates.hours.activity import (
    ActivityCorrected,
    ActivityDeleted,
    ActivityFact,
    ActivityLogged,
)
from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment import EnrolmentFact, EnrolmentStated, WeekStartFixed
from aggregates.hours.setting import SettingFact, SettingStated
from aggregates.hours.supervision import SigningRefused, SupervisionFact, SupervisionStated
from aggregates.hours.week_content import RowKey
from aggregates.hours.week_row import (
    AmendCause,
    ReturnReason,
    WeekAmended,
    WeekFact,
    WeekReturned,
    WeekSigned,
    WeekSubmitted,
)
from aggregates.session_entry import Service
from projections.access_words import say_date

DELETION_REASONS: Final = {
    DeletionReason.ENTERED_TWICE: "it was entered twice",
    DeletionReason.DID_NOT_HAPPEN: "it did not happen",
    DeletionReason.WRONG_CLIENT: "it was for the wrong client",
    DeletionReason.OTHER: "another reason",
}
ACTIVITIES: Final = {
    ActivityKind.SUPERVISION_INDIVIDUAL: "individual supervision",
    ActivityKind.SUPERVISION_TRIADIC: "triadic supervision",
    ActivityKind.SUPERVISION_GROUP: "group supervision",
    ActivityKind.WORKSHOP: "a workshop or training",
    ActivityKind.ADVOCACY: "client-centered advocacy",
    ActivityKind.NOTES: "notes and reports",
    ActivityKind.TESTING: "psychological testing",
    ActivityKind.CONSULTATION: "consultation",
    ActivityKind.RESEARCH: "research",
}
SERVICES: Final = {
    Service.PSYCHOTHERAPY: "psychotherapy",
    Service.ASSESSMENT: "assessment or diagnosis",
    Service.OTHER_CLINICAL: "other clinical work",
}
RETURN_REASONS: Final = {
    ReturnReason.HOURS_DIFFER: "the hours differ from what the supervisor knows",
    ReturnReason.SUPERVISION_MISSING: "supervision is missing",
    ReturnReason.WRONG_SETTING: "it is for another setting",
    ReturnReason.NOT_MY_SUPERVISION: "somebody else supervised it",
    ReturnReason.OTHER: "another reason",
}
_AMENDED: Final = {
    AmendCause.ENTRY_LOGGED: "something was logged in it",
    AmendCause.ENTRY_CORRECTED: "an entry was corrected",
    AmendCause.ENTRY_DELETED: "an entry was deleted",
    AmendCause.TAKEN_BACK: "it was taken back",
    AmendCause.ENROLMENT_RESTATED: "the way to a licence was stated anew",
}
SHREDDED_HOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "activity-logged.v1": "logged an activity",
        "activity-corrected.v1": "corrected an activity",
        "activity-deleted.v1": "deleted an activity",
        "enrolment-stated.v1": "stated an enrolment",
        "setting-stated.v1": "stated a work setting",
        "supervision-stated.v1": "stated a supervision",
        "signing-refused.v1": "gave notice that hours will not be signed",
        "week-submitted.v1": "submitted a week",
        "week-returned.v1": "returned a week",
        "week-signed.v1": "signed a week",
        "week-amended.v1": "opened a week again",
    }
)


def describe_hours(fact: HoursFact, *, reveal: bool, by: str) -> str:
    """Return one sentence without its full stop.

    With `reveal` false it holds no name and nobody's own words.
    """
    match fact:
        case ActivityLogged() | ActivityCorrected() | ActivityDeleted():
            return _activity(fact, reveal=reveal, by=by)
        case WeekSubmitted() | WeekReturned() | WeekSigned() | WeekAmended():
            return _week(fact, reveal=reveal, by=by)
        case _:
            return _setup(fact, reveal=reveal, by=by)


def _activity(fact: ActivityFact, *, reveal: bool, by: str) -> str:
    match fact:
        case ActivityLogged(entry=entry):
            return f"{by} logged {_say_activity(entry)}"
        case ActivityCorrected(entry=entry):
            return f"{by} corrected an activity; it now says {_say_activity(entry)}"
        case ActivityDeleted(reason=reason, remark=remark):
            said = f" ({remark.reveal()})" if reveal and remark is not None else ""
            return f"{by} deleted an activity: {DELETION_REASONS[reason]}{said}"
        case _:
            assert_never(fact)


def _setup(fact: EnrolmentFact | SettingFact | SupervisionFact, *, reveal: bool, by: str) -> str:
    match fact:
        case EnrolmentStated(entry=entry):
            return f"{by} stated the way to a licence: {entry.track.value.upper()}"
        case WeekStartFixed():
            return "The first day of the week is fixed from here on: a week was signed"
        case SettingStated(entry=entry):
            return f"{by} stated a work setting" + (f": {entry.name.reveal()}" if reveal else "")
        case SupervisionStated(entry=entry):
            who = f": {entry.supervisor_name.reveal()}" if reveal else ""
            return f"{by} stated a supervision{who}, since {say_date(entry.starts_on)}"
        case SigningRefused(from_day=from_day):
            return f"{by} gave notice: hours from {say_date(from_day)} on will not be signed"
        case _:
            assert_never(fact)


def _week(fact: WeekFact, *, reveal: bool, by: str) -> str:
    match fact:
        case WeekSubmitted(content=content):
            return f"{by} submitted {_say_row(content.key)} to be signed"
        case WeekReturned(reason=reason, remark=remark):
            said = f" ({remark.reveal()})" if reveal and remark is not None else ""
            return f"{by} returned a week unsigned: {RETURN_REASONS[reason]}{said}"
        case WeekSigned():
            return f"{by} signed a week with a passkey"
        case WeekAmended(cause=cause, was_signed=was_signed):
            void = ", so its signature counts no more" if was_signed else ""
            return f"{by} opened a week again: {_AMENDED[cause]}{void}"
        case _:
            assert_never(fact)


def _say_activity(entry: ActivityEntry) -> str:
    return f"{ACTIVITIES[entry.kind]} on {say_date(entry.date)}, {entry.minutes} min"


def _say_row(key: RowKey) -> str:
    return f"the week from {say_date(key.first_day)}"
