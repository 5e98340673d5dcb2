"""The part of an address that names a session under a request for emergency access."""

from typing import Final
from uuid import UUID

from starlette.requests import Request

from web.forms import parse_id

SESSION_PART: Final = "session_id"


def session_in(request: Request) -> UUID:
    """Return the session of `.../session/{session_id}`. Raises PageError not-found."""
    return parse_id(request.path_params[SESSION_PART], "not-found")
