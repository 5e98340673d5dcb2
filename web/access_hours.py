"""The rows of hours: setup, activities, copying a day, progress and weekly logs."""

from dataclasses import replace
from typing import Final

from aggregates.access import Purpose, RecordKind
from web.access_rows import Reads, Row, Whose, own_row

_OWN: Final = Purpose.OWN_RECORD
_WEEK: Final = Reads(RecordKind.WEEK, Whose.OWN, _OWN)
_WEEK_IF_SHOWN: Final = Reads(RecordKind.WEEK, Whose.OWN, _OWN, is_answer_only=True)
_SETUP: Final = Reads(RecordKind.SETUP, Whose.OWN, _OWN)
_SETUP_IF_SHOWN: Final = Reads(RecordKind.SETUP, Whose.OWN, _OWN, is_answer_only=True)
_STATED: Final = Reads(RecordKind.SETUP, Whose.SESSION, _OWN)
_STATED_IF_SHOWN: Final = Reads(RecordKind.SETUP, Whose.SESSION, _OWN, is_answer_only=True)
_PROGRESS: Final = Reads(RecordKind.PROGRESS, Whose.OWN, _OWN)
_LOG: Final = Reads(RecordKind.WEEKLY_LOG, Whose.OWN, _OWN)
_ACTIVITY: Final = Reads(RecordKind.ACTIVITY, Whose.SESSION, _OWN)
_ACTIVITY_IF_SHOWN: Final = Reads(RecordKind.ACTIVITY, Whose.SESSION, _OWN, is_answer_only=True)


def _setup(path: str) -> tuple[Row, Row]:
    """Return the rows of one form of the setup, which holds nothing of clients."""
    is_one = "{stream_id}" in path
    shown = own_row("GET", path, _STATED if is_one else _SETUP)
    stated = own_row("POST", path, _STATED_IF_SHOWN if is_one else _SETUP_IF_SHOWN)
    return shown, replace(stated, baa=False)


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
)
