"""A tool of the tests: looks for planted texts in files and answers, plain and in disguise."""

import base64
import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec

INFLATED_BYTES_MAX = 1 << 24
GZIP_MAGIC = b"\x1f\x8b\x08"
ZLIB_MAGICS = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")


def disguises(text: str) -> dict[str, bytes]:
    """Return the forms in which a text may lie somewhere, by name."""
    raw = text.encode()
    forms = {
        "plain": raw,
        "lower case": text.lower().encode(),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "upper hex": raw.hex().upper().encode(),
        "url": quote(text).encode(),
        "url plus": quote(text).replace("%20", "+").encode(),
        "json": msgspec.json.encode(text)[1:-1],
    }
    for shift in range(3):
        forms[f"base64 +{shift}"] = _base64(raw, shift)
        forms[f"base64url +{shift}"] = _base64(raw, shift).replace(b"+", b"-").replace(b"/", b"_")
    return forms


def _base64(raw: bytes, shift: int) -> bytes:
    """Return the part of the base64 of anything with this text in it that is always the same."""
    encoded = base64.b64encode(bytes(shift) + raw)
    start = -(-shift * 4 // 3) if shift else 0
    end = len(encoded) - (4 if (shift + len(raw)) % 3 else 0)
    return encoded[start:end]


def find(content: bytes, canaries: Iterable[str]) -> list[str]:
    """Return which canaries are in the content, and how; compressed parts are opened."""
    found: list[str] = []
    for canary in canaries:
        forms = disguises(canary)
        found += [f"{canary!r} as {name}" for name, form in forms.items() if form in content]
    for part in _inflated(content):
        found += [f"{each}, compressed" for each in find(part, canaries)]
    return found


def _inflated(content: bytes) -> Iterator[bytes]:
    for magic in (GZIP_MAGIC, *ZLIB_MAGICS):
        start = content.find(magic)
        while start >= 0:
            opened = _inflate(content[start:], is_gzip=magic == GZIP_MAGIC)
            if opened:
                yield opened
            start = content.find(magic, start + 1)


def _inflate(content: bytes, *, is_gzip: bool) -> bytes:
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16 if is_gzip else zlib.MAX_WBITS)
    try:
        return inflater.decompress(content, INFLATED_BYTES_MAX)
    except zlib.error:
        return b""


def sweep(folders: Iterable[Path], canaries: Iterable[str]) -> list[str]:
    """Return where in these folders' files the canaries are; every byte of every file is read."""
    canaries = list(canaries)
    leaks: list[str] = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                leaks += [f"{path.name}: {each}" for each in find(path.read_bytes(), canaries)]
    return leaks


def packed(text: str) -> dict[str, bytes]:
    """Return the compressed forms of a text, for the tool's own test."""
    return {"gzip": gzip.compress(text.encode()), "zlib": zlib.compress(text.encode())}
