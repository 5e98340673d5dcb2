"""Entry bundles (C2SP tlog-tiles, Log entries): up to 256 leaves as they were hashed."""

import struct
from collections.abc import Iterable
from typing import Final

from ledger.errors import Malformed
from ledger.tiles import WIDTH, Tile

ENTRY_LENGTH_MAX: Final = (1 << 16) - 1

_LENGTH: Final = struct.Struct(">H")


def bundle_path(tile: Tile) -> str:
    """Return the path of the bundle beside a tile of level 0, such as `tile/entries/000.p/8`.

    Raises `Malformed` for a tile of another level.
    """
    if tile.level:
        raise Malformed("entries stand beside tiles of level 0")
    return tile.path.replace("tile/0/", "tile/entries/", 1)


def encode(entries: Iterable[bytes]) -> bytes:
    """Return the bundle: each entry after its length of two bytes.

    Raises `Malformed` for an entry that is too long, and for none or more than 256.
    """
    found = list(entries)
    if not 1 <= len(found) <= WIDTH or any(len(entry) > ENTRY_LENGTH_MAX for entry in found):
        raise Malformed("not the entries of a bundle")
    return b"".join(_LENGTH.pack(len(entry)) + entry for entry in found)


def decode(raw: bytes) -> list[bytes]:
    """Read a bundle strictly. Raises `Malformed` for what is not 1 to 256 whole entries."""
    entries: list[bytes] = []
    at = 0
    while at < len(raw) and len(entries) <= WIDTH:
        start = at + _LENGTH.size
        if start > len(raw):
            break
        at = start + int(_LENGTH.unpack_from(raw, at)[0])
        entries.append(raw[start:at])
    if at != len(raw) or not 1 <= len(entries) <= WIDTH:
        raise Malformed("not an entry bundle")
    return entries
