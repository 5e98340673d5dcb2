"""What the service says of itself: one JSON line an event, of a closed vocabulary without text.

A line holds names that stand in the code, ids and numbers. There is no field that could hold what
somebody typed (I11), and nothing else in the service writes a log.
"""

import logging
import re
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

_LOGGER: Final = logging.getLogger("therapist_os")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,99}(:[0-9]{1,6})?", re.ASCII)
UNNAMED: Final = "unnamed"


class Event(StrEnum):
    """Everything that can be said."""

    REQUEST_FAILED = "request-failed"


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    event: Event
    at_us: int
    error_id: UUID
    kind: str
    place: str


_ENCODER: Final = msgspec.json.Encoder()


def say_failed(error: BaseException, error_id: UUID, at_us: int) -> None:
    """Say that a request failed: which kind of error, from which line; never its message."""
    kind, place = kind_and_place(error)
    _write(
        _Line(
            event=Event.REQUEST_FAILED,
            at_us=at_us,
            error_id=error_id,
            kind=kind,
            place=place,
        )
    )


def kind_and_place(error: BaseException) -> tuple[str, str]:
    """Return an error's type, and file and line it came from: not its message, arguments, locals.

    A name that is not an ordinary one of code is not repeated.
    """
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else UNNAMED
    return _named(f"{type(error).__module__}.{type(error).__qualname__}"), _named(place)


def _named(text: str) -> str:
    return text if _NAME.fullmatch(text) else UNNAMED


def _write(line: _Line) -> None:
    _LOGGER.error("%s", _ENCODER.encode(line).decode("ascii"))
