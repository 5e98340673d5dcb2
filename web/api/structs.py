"""What all requests and answers of the API have in common, and the kinds of fields they share."""

import datetime as dt
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

_US: Final = 1_000_000


class StrictStruct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Takes no field that it does not have, and shows nothing of itself: it may hold a name."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


Moment = Annotated[dt.datetime, Meta(tz=True, description="when, in UTC")]
Day = Annotated[
    str,
    Meta(
        max_length=10,
        description="a day where the practice is, such as 2026-03-09",
        extra_json_schema={"format": "date"},
    ),
]
Position = Annotated[int, Meta(ge=0, le=10**18, description="a place in the practice's log")]
Version = Annotated[int, Meta(ge=1, description="the last version; also its entity tag")]


class Changed(StrictStruct, frozen=True, kw_only=True):
    """What was changed, and its version by now."""

    id: UUID
    version: Version


def moment(at_us: int) -> dt.datetime:
    """Return microseconds since 1970 as a moment."""
    return dt.datetime.fromtimestamp(at_us // _US, dt.UTC).replace(microsecond=at_us % _US)


def moment_or_none(at_us: int | None) -> dt.datetime | None:
    """Return the same where there is one."""
    return None if at_us is None else moment(at_us)


def day_or_none(day: dt.date | None) -> str | None:
    """Return a day as it is written, where there is one."""
    return None if day is None else day.isoformat()


def choice(kind: type[str], what: str) -> Meta:
    """Return what documents a choice that a rule reads, so that the rule's own code is answered."""
    values = [str(each) for each in kind]  # type: ignore[attr-defined] -- every choice is a StrEnum
    return Meta(max_length=80, description=what, extra_json_schema={"enum": values})
