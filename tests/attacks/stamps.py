"""Timestamps to lie with: an RFC 3161 response as nested DER values, any of which can be bent."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

SEQUENCE: Final = 0x30
SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
TST_INFO: Final = bytes.fromhex("2a864886f70d0109100104")
SHA256: Final = bytes.fromhex("608648016503040201")
Way = tuple[int, ...]
# The way from the response to what it states, from outside to inside.
TO_INFO: Final[Way] = (1, 1, 0, 2, 1, 0, 0)
IMPRINT: Final[Way] = (*TO_INFO, 2, 1)
ALGORITHM: Final[Way] = (*TO_INFO, 2, 0, 0)
TIME: Final[Way] = (*TO_INFO, 4)
CONTENT_TYPE: Final[Way] = (1, 1, 0, 2, 0)


def shortest(length: int) -> bytes:
    """A length as DER wants it."""
    if length < 0x80:
        return bytes([length])
    raw = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 + len(raw)]) + raw


def one_byte_too_many(length: int) -> bytes:
    """A length that BER allows and DER does not."""
    raw = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x81]) + raw if length < 0x80 else bytes([0x81 + len(raw), 0]) + raw


def indefinite(_length: int) -> bytes:
    """What BER writes where two zeros will tell the end."""
    return b"\x80"


def beyond_the_end(length: int) -> bytes:
    """A length of more than there is."""
    return shortest(length + 999)


@dataclass(frozen=True)
class Value:
    """A tagged value: bytes, or other values one after another."""

    tag: int
    content: "bytes | tuple[Value, ...]"
    length: Callable[[int], bytes] = shortest
    after: bytes = b""

    def encode(self) -> bytes:
        """Return its bytes."""
        if isinstance(self.content, bytes):
            content = self.content
        else:
            content = b"".join(each.encode() for each in self.content)
        return bytes([self.tag]) + self.length(len(content)) + content + self.after

    def bent(self, path: Way, **changes: object) -> "Value":
        """The same with one of the values inside changed."""
        if not path:
            return replace(self, **changes)
        assert not isinstance(self.content, bytes)
        inner = list(self.content)
        inner[path[0]] = inner[path[0]].bent(path[1:], **changes)
        return replace(self, content=tuple(inner))


def sequence(*values: Value) -> Value:
    """A SEQUENCE of these."""
    return Value(SEQUENCE, values)


def utc(time_us: int) -> bytes:
    """A time as timestamps state it."""
    moment = dt.datetime.fromtimestamp(time_us // 1_000_000, dt.UTC)
    return f"{moment:%Y%m%d%H%M%SZ}".encode()


def response(note: bytes, time: bytes) -> Value:
    """A granted response over a note that states this time; its signature is left to openssl."""
    info = sequence(
        Value(2, b"\1"),
        Value(6, bytes.fromhex("2a030401")),
        sequence(sequence(Value(6, SHA256), Value(5, b"")), Value(4, sha256(note).digest())),
        Value(2, b"\1"),
        Value(0x18, time),
    )
    content = sequence(Value(6, TST_INFO), Value(0xA0, (Value(4, (info,)),)))
    digests = Value(0x31, (sequence(Value(6, SHA256)),))
    signed = sequence(Value(2, b"\3"), digests, content, Value(0x31, b""))
    return sequence(
        sequence(Value(2, b"\0")),
        sequence(Value(6, SIGNED_DATA), Value(0xA0, (signed,))),
    )


def granted(time_us: int) -> Callable[[bytes], bytes]:
    """Makes a token that states this time."""
    return lambda note: response(note, utc(time_us)).encode()
