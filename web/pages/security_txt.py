"""Where to report a weakness (RFC 9116), at its well-known address."""

import datetime as dt
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.parts import parts_of

ADDRESS: Final = "/.well-known/security.txt"
CONTACT: Final = "security@therapistos.com"
# Somebody reads the file again before this day and moves it on; a test fails 60 days ahead.
EXPIRES: Final = dt.datetime(2027, 10, 1, tzinfo=dt.UTC)


def text(origin: str) -> str:
    """Return the file; lines in the order of the RFC's examples."""
    return "".join(
        f"{name}: {value}\n"
        for name, value in (
            ("Contact", f"mailto:{CONTACT}"),
            ("Expires", EXPIRES.isoformat().replace("+00:00", "Z")),
            ("Preferred-Languages", "en"),
            ("Canonical", f"{origin}{ADDRESS}"),
        )
    )


async def show(request: Request) -> Response:
    """Answer `GET /.well-known/security.txt`."""
    return PlainTextResponse(text(parts_of(request).settings.public_origin))
