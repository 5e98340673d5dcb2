"""Limits on what a request may bring."""

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import PageError

BODY_BYTES_MAX: Final = 16 * 1024
FORM_FIELDS_MAX: Final = 32
BODY_S_MAX: Final = 20.0


class BodyLimit:
    """Stops reading a body at the limit, whatever its length was declared to be, and in time."""

    def __init__(
        self, app: ASGIApp, bytes_max: int = BODY_BYTES_MAX, seconds_max: float = BODY_S_MAX
    ) -> None:
        self._app = app
        self._bytes_max = bytes_max
        self._seconds_max = seconds_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        declared = Headers(scope=scope).get("content-length", "0")
        # The server has checked that it is a number; a long one is too large without counting.
        if len(declared) > len(str(self._bytes_max)) or int(declared) > self._bytes_max:
            raise PageError("too-large")
        received = 0
        until = asyncio.get_running_loop().time() + self._seconds_max

        async def receive_within_limit() -> Message:
            nonlocal received
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise PageError("too-slow") from None
            received += len(message.get("body", b""))
            if received > self._bytes_max:
                raise PageError("too-large")
            return message

        await self._app(scope, receive_within_limit, send)
