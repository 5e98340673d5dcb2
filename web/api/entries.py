"""What sessions and activities have in common for programs: their history, and how they go."""

from typing import Annotated, Any, Final

from msgspec import Meta

from aggregates import deletion
from aggregates.deletion import REMARK_LENGTH_MAX, DeletionReason, read_deletion
from commands.handle import Handled
from projections.entry_history import EntryChange
from web.api.operation import Call, Nothing, Reply
from web.api.structs import Changed, Moment, StrictStruct, Version, choice, moment

FIGURE_MAX: Final = 2**31 - 1
SHOWS_NOTHING: Final = "logs what was sent, which is an event; shows no record"
SUPERVISION: Final = Meta(
    max_length=36,
    description="the supervision that it counts under",
    extra_json_schema={"format": "uuid"},
)


class Deletion(StrictStruct, frozen=True, kw_only=True):
    """Why an entry is deleted."""

    reason: Annotated[str, choice(DeletionReason, "why")]
    remark: Annotated[str, Meta(max_length=REMARK_LENGTH_MAX)] = ""


class Difference(StrictStruct, frozen=True, kw_only=True):
    """One field before and after, in words."""

    field: str
    before: str
    after: str


class Change(StrictStruct, frozen=True, kw_only=True):
    """One version of an entry's story; `reason` is why it was deleted."""

    version: Version
    at: Moment
    kind: Annotated[str, Meta(extra_json_schema={"enum": ["logged", "corrected", "deleted"]})]
    differences: tuple[Difference, ...]
    reason: str | None


def read_reason(said: Deletion) -> deletion.Deletion:
    """Return why, by the rules of the form. Raises FieldsRefused."""
    return read_deletion({"reason": said.reason, "remark": said.remark})


def changed(call: Call[Any, Nothing], handled: Handled, location: str | None = None) -> Reply:
    """Return the answer to a change of an entry, once people can read it."""
    call.settle(handled)
    value = Changed(id=handled.stream_id, version=handled.version)
    return Reply(value=value, version=handled.version, location=location)


def change_of(change: EntryChange) -> Change:
    """Return one version of an entry's story."""
    return Change(
        version=change.version,
        at=moment(change.recorded_at_us),
        kind=change.kind,
        differences=tuple(
            Difference(field=each.field, before=each.before, after=each.after)
            for each in change.differences
        ),
        reason=change.reason,
    )
