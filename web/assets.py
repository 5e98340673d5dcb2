"""The files of web/static, held in memory under addresses that change with their content."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from web.errors import PageError

FOLDER: Final = Path(__file__).parent / "static"
CACHE_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FINGERPRINT_LENGTH: Final = 16
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: what it is called, what it holds and how that is known."""

    name: str
    content: bytes
    media_type: str
    fingerprint: str

    @property
    def address(self) -> str:
        """The path it is served at."""
        return f"/static/{self.fingerprint}/{self.name}"


def _load(path: Path) -> Asset:
    content = path.read_bytes()
    fingerprint = sha256(content).hexdigest()[:_FINGERPRINT_LENGTH]
    return Asset(path.name, content, _MEDIA_TYPES[path.suffix], fingerprint)


ASSETS: Final = {path.name: _load(path) for path in sorted(FOLDER.iterdir()) if path.is_file()}


def address(name: str) -> str:
    """Return where a page finds the file."""
    return ASSETS[name].address


async def serve(request: Request) -> Response:
    """Answer `GET /static/{fingerprint}/{name}`."""
    asset = ASSETS.get(request.path_params["name"])
    if asset is None or asset.fingerprint != request.path_params["fingerprint"]:
        raise PageError("not-found")
    return Response(
        asset.content, media_type=asset.media_type, headers={"cache-control": CACHE_FOR_EVER}
    )
