"""Sessions for programs: one with its history, log, correct, delete."""

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from aggregates.session_entry import (
    MINUTES_MAX,
    SETTING_LENGTH_MAX,
    Modality,
    Participants,
    Service,
    SessionEntry,
    as_fields,
    read_entry,
)
from commands.session import Shown
from projections.therapist import SessionRow
from web.addresses import stream_of
from web.api import operation as op
from web.api.entries import (
    FIGURE_MAX,
    SHOWS_NOTHING,
    SUPERVISION,
    Change,
    Deletion,
    change_of,
    changed,
    read_reason,
)
from web.api.operation import PREFIX, Call, Nothing, Operation, Reply, row
from web.api.structs import Changed, Day, StrictStruct, Version, choice
from web.errors import PageError


class Entry(StrictStruct, frozen=True, kw_only=True):
    """A session as its therapist tells it; a full name of the client becomes initials at once."""

    date: Day
    start: Annotated[
        str,
        Meta(
            max_length=5,
            description="the 24-hour clock, such as 09:30",
            extra_json_schema={"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
        ),
    ]
    minutes: Annotated[
        int,
        Meta(
            ge=-FIGURE_MAX,
            le=FIGURE_MAX,
            description="how long it was; it ends on the same day",
            extra_json_schema={"minimum": 1, "maximum": MINUTES_MAX},
        ),
    ]
    client: Annotated[
        str, Meta(max_length=80, description="initials such as J.D., or a code such as C-001")
    ]
    setting: Annotated[
        str, Meta(max_length=SETTING_LENGTH_MAX, description="where, as the therapist calls it")
    ]
    modality: Annotated[str, choice(Modality, "how they met")]
    participants: Annotated[str, choice(Participants, "who took part")]
    supervision: Annotated[str, SUPERVISION] | None = None
    service: Annotated[str, choice(Service, "what was done")] | None = None


class Session(StrictStruct, frozen=True, kw_only=True):
    """A session by now; `entry` is null once it was destroyed at its deadline."""

    id: UUID
    version: Version
    entry: Entry | None


class SessionWithHistory(StrictStruct, frozen=True, kw_only=True):
    """A session and how it came to be, oldest change first."""

    id: UUID
    version: Version
    entry: Entry | None
    is_deleted: bool
    changes: tuple[Change, ...]


def _one(call: Call[Nothing, Nothing]) -> Reply:
    history = call.records().history(call.actor, stream_of(call.request))
    if history is None:
        raise PageError("not-found")
    shown = SessionWithHistory(
        id=history.stream_id,
        version=history.version,
        entry=_entry(history.entry),
        is_deleted=history.deleted,
        changes=tuple(map(change_of, history.changes)),
    )
    return Reply(value=shown, version=history.version)


def _log(call: Call[Entry, Nothing]) -> Reply:
    log = call.parts.services.log_session
    handled = log(call.actor, _read(call), call.command_id)
    return changed(call, handled, f"{PREFIX}/sessions/{handled.stream_id}")


def _correct(call: Call[Entry, Nothing]) -> Reply:
    shown = Shown(stream_of(call.request), call.version)
    correct = call.parts.services.correct_session
    return changed(call, correct(call.actor, shown, _read(call), call.command_id))


def _delete(call: Call[Deletion, Nothing]) -> Reply:
    shown = Shown(stream_of(call.request), call.version)
    delete = call.parts.services.delete_session
    return changed(call, delete(call.actor, shown, read_reason(call.body), call.command_id))


def _read(call: Call[Entry, Nothing]) -> SessionEntry:
    """Return what was sent, by the rules of the form. Raises FieldsRefused."""
    said = call.body
    fields = {
        "date": said.date,
        "start": said.start,
        "minutes": str(said.minutes),
        "client": said.client,
        "setting": said.setting,
        "modality": said.modality,
        "participants": said.participants,
        "supervision": said.supervision or "",
        "service": said.service or "",
    }
    return read_entry(fields, call.parts.today())


def session_of_week(shown: SessionRow) -> Session:
    return Session(id=shown.stream_id, version=shown.version, entry=_entry(shown.entry))


def _entry(entry: SessionEntry | None) -> Entry | None:
    if entry is None:
        return None
    said = as_fields(entry)
    return Entry(
        date=said["date"],
        start=said["start"],
        minutes=entry.minutes,
        client=said["client"],
        setting=said["setting"],
        modality=said["modality"],
        participants=said["participants"],
        supervision=said["supervision"] or None,
        service=said["service"] or None,
    )


_GONE: Final = ("session-deleted", "key-destroyed")
OPERATIONS: Final = (
    Operation(
        row=row("POST", "/sessions", op.LOGGERS, op.LOG, why_none=SHOWS_NOTHING, baa=True),
        name="logSession",
        summary="Log a session",
        handler=_log,
        answer=Changed,
        body=Entry,
        query=Nothing,
        is_tagged=True,
        status=201,
    ),
    Operation(
        row=row("GET", "/sessions/{stream_id}", op.LOGGERS, op.READ_OWN, reads=op.OWN_SESSION),
        name="readSession",
        summary="One session with its history",
        handler=_one,
        answer=SessionWithHistory,
        body=Nothing,
        query=Nothing,
        is_tagged=True,
    ),
    Operation(
        row=row(
            "PUT",
            "/sessions/{stream_id}",
            op.LOGGERS,
            op.LOG,
            reads=op.OWN_SESSION_CHANGED,
            baa=True,
        ),
        name="correctSession",
        summary="Correct a session: tell it anew, as a whole",
        handler=_correct,
        answer=Changed,
        body=Entry,
        query=Nothing,
        is_tagged=True,
        needs_version=True,
        codes=(*_GONE, "nothing-changed"),
    ),
    Operation(
        row=row(
            "POST",
            "/sessions/{stream_id}/deletion",
            op.LOGGERS,
            op.DELETE,
            reads=op.OWN_SESSION_CHANGED,
            baa=True,
        ),
        name="deleteSession",
        summary="Delete a session with a reason; its history stays",
        handler=_delete,
        answer=Changed,
        body=Deletion,
        query=Nothing,
        is_tagged=True,
        needs_version=True,
        codes=_GONE,
    ),
)
