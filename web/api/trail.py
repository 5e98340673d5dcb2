"""The trail for programs: what happened to the person's records and who looked, page by page."""

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from projections.trail_rows import Asked, Show, TrailRow
from web.api import operation as op
from web.api.operation import Call, Nothing, Operation, Reply, row
from web.api.structs import Moment, Position, StrictStruct, moment

LIMIT_MAX: Final = 100


class TrailQuery(StrictStruct, frozen=True, kw_only=True):
    """Which part of the trail."""

    show: Annotated[Show, Meta(description="a part of it; own looks are apart")] = Show.ALL
    before: Annotated[Position | None, Meta(description="only what is older than this")] = None
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = 50


class TrailItem(StrictStruct, frozen=True, kw_only=True):
    """One thing that happened, in words; `record_id` is the session it was about."""

    position: Position
    at: Moment
    type: str
    sentence: str
    record_id: UUID | None


class Trail(StrictStruct, frozen=True, kw_only=True):
    """A page of the trail, newest first; `next_before` asks for the next one, null at the end."""

    items: tuple[TrailItem, ...]
    next_before: Position | None


def _trail(call: Call[Nothing, TrailQuery]) -> Reply:
    query = call.query
    # One more than a page tells whether there is an older page.
    asked = Asked(query.show, query.before, query.limit + 1)
    rows = call.records().trail(call.actor, asked)
    shown = rows[: query.limit]
    older = shown[-1].position if len(rows) > query.limit else None
    return Reply(value=Trail(items=tuple(map(_item, shown)), next_before=older))


def _item(shown: TrailRow) -> TrailItem:
    return TrailItem(
        position=shown.position,
        at=moment(shown.recorded_at_us),
        type=shown.type,
        sentence=shown.sentence,
        record_id=shown.record_id,
    )


OPERATIONS: Final = (
    Operation(
        row=row("GET", "/trail", op.MEMBERS, op.READ_OWN, reads=op.OWN_TRAIL),
        name="readTrail",
        summary="What happened to the person's records and who looked at them",
        handler=_trail,
        answer=Trail,
        body=Nothing,
        query=TrailQuery,
    ),
)
