"""Activities for programs: one with its history, log, correct, delete."""

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from aggregates.hours.activity_entry import (
    ACTIVITY_MINUTES_MAX,
    GROUP_MAX,
    SEGMENTS_MAX,
    ActivityEntry,
    ActivityKind,
    read_activity,
)
from aggregates.hours.fields import TEXT_LENGTH_MAX
from aggregates.refusal import FieldsRefused, Refused
from aggregates.session_entry import Modality
from commands.session import Shown
from projections.therapist import ActivityRow
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

_Minutes = Annotated[
    int,
    Meta(
        ge=-FIGURE_MAX,
        le=FIGURE_MAX,
        extra_json_schema={"minimum": 1, "maximum": ACTIVITY_MINUTES_MAX},
    ),
]
# How the fields of the form are called here.
_NAMES: Final = {"length": "minutes"}


class ActivityTold(StrictStruct, frozen=True, kw_only=True):
    """An activity as its therapist tells it; what does not belong to its kind is left alone."""

    date: Day
    minutes: Annotated[_Minutes, Meta(description="how long it was in all")]
    kind: Annotated[str, choice(ActivityKind, "what it was")]
    supervision: Annotated[str, SUPERVISION]
    modality: Annotated[str, choice(Modality, "how they met, of supervision")] | None = None
    supervisees: (
        Annotated[
            int,
            Meta(
                ge=-FIGURE_MAX,
                le=FIGURE_MAX,
                description="how many met with the supervisor, the person too",
                extra_json_schema={"minimum": 1, "maximum": GROUP_MAX},
            ),
        ]
        | None
    ) = None
    segments: Annotated[
        tuple[_Minutes, ...],
        Meta(max_length=SEGMENTS_MAX, description="the parts of a group's meeting, in minutes"),
    ] = ()
    title: (
        Annotated[str, Meta(max_length=TEXT_LENGTH_MAX, description="what a workshop was called")]
        | None
    ) = None


class Activity(StrictStruct, frozen=True, kw_only=True):
    """An activity by now; `entry` is null once it was destroyed at its deadline."""

    id: UUID
    version: Version
    entry: ActivityTold | None


class ActivityWithHistory(StrictStruct, frozen=True, kw_only=True):
    """An activity and how it came to be, oldest change first."""

    id: UUID
    version: Version
    entry: ActivityTold | None
    is_deleted: bool
    changes: tuple[Change, ...]


def activity_of_week(shown: ActivityRow) -> Activity:
    """Return an activity as a week shows it."""
    return Activity(id=shown.stream_id, version=shown.version, entry=_entry(shown.entry))


def _one(call: Call[Nothing, Nothing]) -> Reply:
    history = call.records().hours.activity(call.actor, stream_of(call.request))
    if history is None:
        raise PageError("not-found")
    shown = ActivityWithHistory(
        id=history.stream_id,
        version=history.version,
        entry=_entry(history.entry),
        is_deleted=history.deleted,
        changes=tuple(map(change_of, history.changes)),
    )
    return Reply(value=shown, version=history.version)


def _log(call: Call[ActivityTold, Nothing]) -> Reply:
    log = call.parts.services.hours.log_activity
    handled = log(call.actor, _read(call), call.command_id)
    return changed(call, handled, f"{PREFIX}/activities/{handled.stream_id}")


def _correct(call: Call[ActivityTold, Nothing]) -> Reply:
    shown = Shown(stream_of(call.request), call.version)
    correct = call.parts.services.hours.correct_activity
    return changed(call, correct(call.actor, shown, _read(call), call.command_id))


def _delete(call: Call[Deletion, Nothing]) -> Reply:
    shown = Shown(stream_of(call.request), call.version)
    delete = call.parts.services.hours.delete_activity
    return changed(call, delete(call.actor, shown, read_reason(call.body), call.command_id))


def _read(call: Call[ActivityTold, Nothing]) -> ActivityEntry:
    """Return what was sent, by the rules of the form. Raises FieldsRefused."""
    said = call.body
    fields = {
        "date": said.date,
        "length": str(said.minutes),
        "kind": said.kind,
        "supervision": said.supervision,
        "modality": said.modality or "",
        "supervisees": "" if said.supervisees is None else str(said.supervisees),
        "segments": " ".join(map(str, said.segments)),
        "title": said.title or "",
    }
    try:
        return read_activity(fields, call.parts.today())
    except FieldsRefused as refused:
        errors = refused.errors
    raise FieldsRefused(tuple(map(_renamed, errors)))


def _renamed(refused: Refused) -> Refused:
    field = refused.field
    return refused if field not in _NAMES else Refused(refused.code, field=_NAMES[field])


def _entry(entry: ActivityEntry | None) -> ActivityTold | None:
    if entry is None:
        return None
    return ActivityTold(
        date=entry.date.isoformat(),
        minutes=entry.minutes,
        kind=entry.kind.value,
        supervision=str(entry.supervision_id),
        modality=None if entry.modality is None else entry.modality.value,
        supervisees=entry.supervisees,
        segments=entry.segments,
        title=None if entry.title is None else entry.title.reveal(),
    )


_GONE: Final = ("activity-deleted", "key-destroyed")
_ONE: Final = "/activities/{stream_id}"
OPERATIONS: Final = (
    Operation(
        row=row("POST", "/activities", op.LOGGERS, op.LOG, why_none=SHOWS_NOTHING, baa=True),
        name="logActivity",
        summary="Log an activity: supervision, a workshop, notes and the like",
        handler=_log,
        answer=Changed,
        body=ActivityTold,
        query=Nothing,
        is_tagged=True,
        status=201,
    ),
    Operation(
        row=row("GET", _ONE, op.LOGGERS, op.READ_OWN, reads=op.OWN_ACTIVITY),
        name="readActivity",
        summary="One activity with its history",
        handler=_one,
        answer=ActivityWithHistory,
        body=Nothing,
        query=Nothing,
        is_tagged=True,
    ),
    Operation(
        row=row("PUT", _ONE, op.LOGGERS, op.LOG, reads=op.OWN_ACTIVITY_CHANGED, baa=True),
        name="correctActivity",
        summary="Correct an activity: tell it anew, as a whole",
        handler=_correct,
        answer=Changed,
        body=ActivityTold,
        query=Nothing,
        is_tagged=True,
        needs_version=True,
        codes=(*_GONE, "nothing-changed"),
    ),
    Operation(
        row=row(
            "POST",
            f"{_ONE}/deletion",
            op.LOGGERS,
            op.DELETE,
            reads=op.OWN_ACTIVITY_CHANGED,
            baa=True,
        ),
        name="deleteActivity",
        summary="Delete an activity with a reason; its history stays",
        handler=_delete,
        answer=Changed,
        body=Deletion,
        query=Nothing,
        is_tagged=True,
        needs_version=True,
        codes=_GONE,
    ),
)
