"""Limits on what a request may bring."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import PageError

BODY_BYTES_MAX: Final = 16 * 1024
FORM_FIELDS_MAX: Final = 32


class BodyLimit:
    """Stops reading a body at the limit, whatever its length was declared to be."""

    def __init__(self, app: ASGIApp, bytes_max: int = BODY_BYTES_MAX) -> None:
        self._app = app
        self._bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        declared = Headers(scope=scope).get("content-length", "0")
        # The server has checked that it is a number; a long one is too large without counting.
        if len(declared) > len(str(self._bytes_max)) or int(declared) > self._bytes_max:
            raise PageError("too-large")
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._bytes_max:
                raise PageError("too-large")
            return message

        await self._app(scope, receive_within_limit, send)
