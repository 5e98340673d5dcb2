"""Tokens that openssl and another reader could read in two ways: only strict DER is read at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import pytest

from tests.attacks.bundles import VERIFY, verdict
from tests.attacks.forge import Lie, Told, events, forged, told
from tests.attacks.root_logs import Epoch, filler, held, root_note, stamped
from tests.attacks.stamps import (
    ALGORITHM,
    CONTENT_TYPE,
    IMPRINT,
    TIME,
    TO_INFO,
    Value,
    Way,
    beyond_the_end,
    indefinite,
    one_byte_too_many,
    response,
    sequence,
)
from tests.fix_tsa import TimeStamping

NOTE: Final = b"some checkpoint\n"
HONEST: Final = response(NOTE, b"20260921141320Z")
WAYS: Final = sorted(
    {
        path[:depth]
        for path in ((0, 0), TIME, IMPRINT, ALGORITHM, CONTENT_TYPE)
        for depth in range(len(path) + 1)
    }
)


def read(token: bytes) -> str:
    """The time that the verifier reads, or `refused`."""
    try:
        imprint, time = VERIFY.read_token(token)
    except (ValueError, IndexError):
        return "refused"
    assert imprint == sha256(NOTE).digest()
    return f"{time:%Y%m%d%H%M%S}"


def test_an_honest_token_is_read() -> None:
    """Every lie below is this one with one thing bent."""
    assert read(HONEST.encode()) == "20260921141320"
    half = HONEST.bent(TIME, content=b"20260921141320.5Z")
    assert read(half.encode()) == "20260921141320"


@pytest.mark.parametrize("path", WAYS)
def test_a_value_of_another_tag_is_refused(path: Way) -> None:
    """Wherever on the way to what is stated."""
    for tag in (0x31, 0x24, 0xA1, 0x0C):
        assert read(HONEST.bent(path, tag=tag).encode()) == "refused"


@pytest.mark.parametrize("path", WAYS)
def test_a_length_has_one_spelling(path: Way) -> None:
    """Neither indefinite, as BER has it, nor longer than need be, nor past the end."""
    for length in (indefinite, one_byte_too_many, beyond_the_end):
        after = b"\0\0" if length is indefinite else b""
        assert read(HONEST.bent(path, length=length, after=after).encode()) == "refused"


@pytest.mark.parametrize("path", [(), (0,), (1, 1, 0, 2, 1), TO_INFO[:-1]])
def test_nothing_stands_beside_what_is_read(path: Way) -> None:
    """Behind the response, in it, beside the status, and beside the content."""
    other = Value(0x0C, b"granted")
    value = HONEST
    for index in path:
        assert not isinstance(value.content, bytes)
        value = value.content[index]
    assert not isinstance(value.content, bytes)
    assert read(HONEST.bent(path, content=(*value.content, other)).encode()) == "refused"
    assert read(HONEST.encode() + other.encode()) == "refused"
    assert read(HONEST.bent(TO_INFO, after=other.encode()).encode()) == "refused"


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b"0",
        HONEST.encode()[:-1],
        HONEST.bent((0, 0), content=b"\2").encode(),
        HONEST.bent((0, 0), content=b"\0\0").encode(),
        HONEST.bent(ALGORITHM, content=bytes.fromhex("608648016503040203")).encode(),
        HONEST.bent(CONTENT_TYPE, content=bytes.fromhex("2a864886f70d010701")).encode(),
        *(
            HONEST.bent(TIME, content=time).encode()
            for time in (
                b"20260921141320",
                b"20260921141320+0000",
                b"20260921141320.Z",
                b"20260921141320.1234567Z",
                b"202609211413Z",
                b"20260921241320Z",
                b"20260231141320Z",
                "\uff120260921141320Z".encode(),
            )
        ),
    ],
)
def test_other_statements_are_refused(token: bytes) -> None:
    """A refusal, another hash, another content, times in other words; or nothing."""
    assert read(token) == "refused"


@pytest.fixture
def stamped_now() -> tuple[Told, list[Epoch]]:
    """A log whose first epoch was made now, and the next one a minute later."""
    log = told([replace(event, time_us=1) for event in events()])
    now_us = int(datetime.now(UTC).timestamp()) * 1_000_000
    slots = (filler(0), held(log.leaves, 8))
    return log, [Epoch(now_us + minute * 60_000_000, slots) for minute in (0, 1)]


def reply(authority: TimeStamping, note: bytes) -> bytes:
    """A real token over these bytes."""
    (authority.folder / "checkpoint").write_bytes(note)
    asked = ("-data", "checkpoint", "-sha256", "-cert", "-out", "asked.tsq")
    assert authority.openssl("ts", "-query", *asked).returncode == 0
    return authority.reply((authority.folder / "asked.tsq").read_bytes())


def openssl_takes(authority: TimeStamping, token: bytes) -> bool:
    """Whether openssl verifies it, from the authority's certificate on."""
    (authority.folder / "token.tsr").write_bytes(token)
    files = ("-data", "checkpoint", "-in", "token.tsr", "-CAfile", "chain.pem")
    return authority.openssl("ts", "-verify", *files).returncode == 0


def hidden(token: bytes, false: Value) -> bytes:
    """A real token whose status, of indefinite length, hides a false one in its unsigned text.

    Whoever takes 80 for a length of 128 bytes finds the false one behind the status.
    """
    ((_, response_),) = VERIFY.der(token)
    (_, status), (tag, real) = VERIFY.der(response_)
    assert not isinstance(false.content, bytes)
    wanted = false.content[1].encode()
    for padding in range(128):
        text = sequence(Value(0x0C, bytes(padding) + wanted))
        info = b"\x30\x80" + status + text.encode() + b"\0\0"
        if info[130:].startswith(wanted):
            return Value(0x30, info + Value(tag, real).encode()).encode()
    raise AssertionError


def test_a_status_that_hides_another_token_is_refused(
    authority: TimeStamping, stamped_now: tuple[Told, list[Epoch]]
) -> None:
    """Openssl verifies today's stamp; a lenient reader would see the one of 2020 in its text."""
    log, some = stamped_now

    def verdict_of(make: Callable[[bytes], bytes]) -> str:
        epochs, stamps = stamped(some, 1, make)
        return verdict(forged(log, Lie(epochs=epochs, stamps=stamps)))

    assert verdict_of(lambda note: reply(authority, note)) == "valid"
    note = root_note(some[:1]).encode()
    token = reply(authority, note)
    evil = hidden(token, response(note, b"20200101000000Z"))
    assert openssl_takes(authority, token)
    assert openssl_takes(authority, evil)
    assert b"20200101000000Z" in evil
    assert verdict_of(lambda _: evil) == "timestamp-malformed"
