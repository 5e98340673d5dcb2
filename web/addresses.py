"""What the parts of an address mean: a day, a session."""

import datetime as dt
from typing import Final
from uuid import UUID

from starlette.requests import Request

from web.errors import PageError
from web.forms import parse_id

API: Final = "/api/"
YEAR_MIN: Final = 2000
YEAR_MAX: Final = 2100


def is_for_programs(path: str) -> bool:
    """Tell whether an address is one of the API."""
    return path.startswith(API)


def day_of(request: Request) -> dt.date:
    """Return the day of `/week/{day}`. Raises PageError not-found for what is none."""
    return parse_day(request.path_params["day"])


def parse_day(text: str) -> dt.date:
    """Return the day that `text` spells in its one form. Raises PageError not-found."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise PageError("not-found") from None
    if day.isoformat() != text or not YEAR_MIN <= day.year <= YEAR_MAX:
        raise PageError("not-found")
    return day


def stream_of(request: Request) -> UUID:
    """Return the session's id of `/session/{stream_id}`. Raises PageError not-found."""
    return parse_id(request.path_params["stream_id"], "not-found")
