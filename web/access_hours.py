"""The rows of hours: setup, activities, copying a day, progress, the weekly log, signing."""

from dataclasses import replace
from typing import Final

from aggregates.access import Purpose, RecordKind
from web.access_rows import OFFICERS, SUPERVISORS, Reads, Row, Whose, own_row
from web.assurance import Assurance

_OWN: Final = Purpose.OWN_RECORD
_WEEK: Final = Reads(RecordKind.WEEK, Whose.OWN, _OWN)
_WEEK_IF_SHOWN: Final = Reads(RecordKind.WEEK, Whose.OWN, _OWN, is_answer_only=True)
_SETUP: Final = Reads(RecordKind.SETUP, Whose.OWN, _OWN)
_SETUP_IF_SHOWN: Final = Reads(RecordKind.SETUP, Whose.OWN, _OWN, is_answer_only=True)
_STATED: Final = Reads(RecordKind.SETUP, Whose.SESSION, _OWN)
_STATED_IF_SHOWN: Final = Reads(RecordKind.SETUP, Whose.SESSION, _OWN, is_answer_only=True)
_ACTIVITY: Final = Reads(RecordKind.ACTIVITY, Whose.SESSION, _OWN)
_ACTIVITY_IF_SHOWN: Final = Reads(RecordKind.ACTIVITY, Whose.SESSION, _OWN, is_answer_only=True)
_PROGRESS: Final = Reads(RecordKind.PROGRESS, Whose.OWN, _OWN)
_LOG: Final = Reads(RecordKind.WEEKLY_LOG, Whose.OWN, _OWN)


def _setup(path: str) -> tuple[Row, Row]:
    """Return the rows of one form of the setup, which holds nothing of clients."""
    is_one = "{stream_id}" in path
    shown = own_row("GET", path, _STATED if is_one else _SETUP)
    stated = own_row("POST", path, _STATED_IF_SHOWN if is_one else _SETUP_IF_SHOWN)
    return shown, replace(stated, baa=False)


def _supervisor(method: str, path: str, whose: Whose) -> Row:
    """Return a row without a step-up: what signs is itself a fresh check, over what was shown."""
    sends = method != "GET"
    return Row(
        method=method,
        path=path,
        roles=SUPERVISORS,
        assurance=Assurance.PASSKEY,
        reads=Reads(RecordKind.SUPERVISED, whose, Purpose.SUPERVISION, is_answer_only=sends),
    )


def _review(path: str, kind: RecordKind, whose: Whose) -> Row:
    return Row(
        method="GET",
        path=path,
        roles=OFFICERS,
        assurance=Assurance.PASSKEY,
        reads=Reads(kind, whose, Purpose.COMPLIANCE_REVIEW),
    )


HOURS_ROWS: Final = (
    own_row("GET", "/week/{day}/activity", _WEEK),
    own_row("POST", "/week/{day}/activity", _WEEK_IF_SHOWN),
    own_row("GET", "/week/{day}/copy", _WEEK),
    own_row("POST", "/week/{day}/copy", _WEEK),
    own_row("GET", "/activity/{stream_id}", _ACTIVITY),
    own_row("POST", "/activity/{stream_id}", _ACTIVITY_IF_SHOWN),
    own_row("GET", "/activity/{stream_id}/delete", _ACTIVITY, step_up=True),
    own_row("POST", "/activity/{stream_id}/delete", _ACTIVITY_IF_SHOWN, step_up=True),
    own_row("GET", "/setup", _SETUP),
    *_setup("/setup/enrolment"),
    *_setup("/setup/settings/new"),
    *_setup("/setup/settings/{stream_id}"),
    *_setup("/setup/supervisions/new"),
    *_setup("/setup/supervisions/{stream_id}"),
    own_row("GET", "/progress", _PROGRESS),
    own_row("GET", "/weeks", _LOG),
    own_row("GET", "/weeks/print", _LOG),
    own_row("GET", "/weeks/{day}", _LOG),
    own_row("POST", "/weeks/{day}/submit", _LOG),
    own_row("POST", "/weeks/{day}/take-back", _LOG),
    _supervisor("GET", "/supervise", Whose.SUPERVISED),
    _supervisor("GET", "/supervise/{person_id}", Whose.SUPERVISEE),
    _supervisor("POST", "/supervise/{person_id}/notice", Whose.SUPERVISEE),
    _supervisor("GET", "/sign", Whose.ROWS),
    _supervisor("GET", "/sign/{stream_id}", Whose.ROW),
    _supervisor("POST", "/sign/{stream_id}", Whose.ROW),
    _supervisor("POST", "/sign/{stream_id}/return", Whose.ROW),
    _review("/compliance", RecordKind.REVIEWS, Whose.PRACTICE),
    _review("/compliance/{person_id}", RecordKind.REVIEW, Whose.REVIEWED),
)
