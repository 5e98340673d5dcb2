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
SITTING_MAX: Final = 20


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
    """Return the id of `/session/{stream_id}`, `/sign/{stream_id}`. Raises PageError not-found."""
    return parse_id(request.path_params["stream_id"], "not-found")


def person_of(request: Request) -> UUID:
    """Return the person's id of `/supervise/{person_id}`. Raises PageError not-found."""
    return parse_id(request.path_params["person_id"], "not-found")


def rows_of(request: Request) -> tuple[UUID, ...]:
    """Return the rows of `/sign?row=...&row=...`, each once. Raises PageError not-found."""
    texts = dict.fromkeys(request.query_params.getlist("row"))
    if len(texts) > SITTING_MAX:
        raise PageError("too-many-weeks")
    return tuple(parse_id(text, "not-found") for text in texts)
