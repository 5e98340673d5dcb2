"""The headers that every response carries, whatever produced it (P7, SECURITY 3.7)."""

import base64
import secrets
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NONCE_BYTES: Final = 16
NONCE_KEY: Final = "web.nonce"
HSTS: Final = "max-age=63072000; includeSubDomains; preload"

_DENIED_FEATURES: Final = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "sync-xhr",
    "usb",
    "xr-spatial-tracking",
)
# Our own pages may ask for passkeys; a frame of somebody else in them could not.
_OWN_FEATURES: Final = ("publickey-credentials-create", "publickey-credentials-get")

FIXED_HEADERS: Final = {
    "strict-transport-security": HSTS,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "x-frame-options": "DENY",
    "permissions-policy": ", ".join(
        [f"{feature}=()" for feature in _DENIED_FEATURES]
        + [f"{feature}=(self)" for feature in _OWN_FEATURES]
    ),
}
NO_STORE: Final = "no-store"


def content_security_policy(nonce: str) -> str:
    """Return the policy: own styles, scripts with this nonce, and nothing from anywhere else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types therapist-os",
        )
    )


def security_headers(nonce: str) -> dict[str, str]:
    """Return every header with its value, for a response that may not be stored."""
    return FIXED_HEADERS | {
        "content-security-policy": content_security_policy(nonce),
        "cache-control": NO_STORE,
    }


def new_nonce() -> str:
    """Return a nonce for one response."""
    return base64.b64encode(secrets.token_bytes(NONCE_BYTES)).decode("ascii")


class SecurityHeaders:
    """Outermost: hands a nonce to the page and sets the headers on whatever comes back.

    Only `cache-control` may be chosen further in (static files are public).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = new_nonce()
        scope[NONCE_KEY] = nonce
        headers = {
            name.encode("ascii"): value.encode("ascii")
            for name, value in security_headers(nonce).items()
        }

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _merged(message.get("headers", ()), headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _merged(
    given: list[tuple[bytes, bytes]], ours: dict[bytes, bytes]
) -> list[tuple[bytes, bytes]]:
    chosen = {name.lower() for name, _ in given}
    kept = [pair for pair in given if pair[0].lower() not in ours or pair[0] == b"cache-control"]
    added = [pair for pair in ours.items() if pair[0] != b"cache-control" or pair[0] not in chosen]
    return kept + added
