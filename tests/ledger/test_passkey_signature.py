"""A signature counts under exactly its key, page and challenge; no bit of it is free."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.hours.week_row import Assertion
from ledger.errors import Malformed, ProofInvalid
from ledger.passkey_signature import (
    AUTHENTICATOR_DATA_BYTES_MAX,
    CLIENT_DATA_BYTES_MAX,
    read_key,
    verify,
)
from tests.passkeys import KINDS, SoftwareKey, eddsa, es256, rs256

CHALLENGE: Final = sha256(b"a statement").digest()
FIELDS: Final = ("authenticator_data", "client_data", "signature")


def check(key: bytes, signed: Assertion, challenge: bytes = CHALLENGE) -> bool:
    """Tell whether it counts."""
    try:
        verify(key, signed.authenticator_data, signed.client_data, signed.signature, challenge)
    except ProofInvalid:
        return False
    return True


def signed_as_it_is(key: SoftwareKey, data: bytes, client_data: bytes) -> bool:
    """Tell whether these bytes count, signed by the key itself."""
    signature = key.sign(data + sha256(client_data).digest())
    try:
        verify(key.cose, data, client_data, signature, CHALLENGE)
    except ProofInvalid:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_kind_of_key_signs(kind: Callable[[], SoftwareKey]) -> None:
    """For its own challenge, under its own key."""
    key = kind()
    signed = key.assertion(CHALLENGE)
    assert check(key.cose, signed)
    assert not check(key.cose, signed, sha256(b"another statement").digest())
    assert not check(es256(2).cose, signed)
    assert not check(eddsa(2).cose, signed)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@given(st.data())
def test_no_bit_is_free(kind: Callable[[], SoftwareKey], data: st.DataObject) -> None:
    """Neither of what was signed, nor of the signature, nor of the key."""
    key = kind()
    signed = key.assertion(CHALLENGE)
    parts = {name: getattr(signed, name) for name in FIELDS} | {"cose_key": key.cose}
    name = data.draw(st.sampled_from(sorted(parts)))
    bit = data.draw(st.integers(0, 1 << 16)) % (8 * len(parts[name]))
    flipped = bytearray(parts[name])
    flipped[bit // 8] ^= 1 << bit % 8
    parts[name] = bytes(flipped)
    with pytest.raises(ProofInvalid):
        verify(**parts, expected_challenge=CHALLENGE)


SAID: Final[dict[str, dict[str, object]]] = {
    "a creation": {"type": "webauthn.create"},
    "a payment": {"type": "payment.get"},
    "another challenge": {"challenge": "AAAA"},
    "a padded challenge": {"challenge": "AAAA="},
    "no challenge": {"challenge": None},
    "without TLS": {"origin": "http://app.example:8443"},
    "a host that goes on": {"origin": "https://app.example:8443.evil.example"},
    "a path": {"origin": "https://app.example/"},
    "another host": {"origin": "https://evil.example"},
    "no origin": {"origin": None},
    "a frame": {"crossOrigin": True},
    "a page around it": {"topOrigin": "https://evil.example"},
    "a frame, perhaps": {"crossOrigin": None},
    "too much": {"more": "x" * CLIENT_DATA_BYTES_MAX},
    "too deep": {"more": [[[[[[[[1]]]]]]]]},
}


@pytest.mark.parametrize("said", SAID.values(), ids=list(SAID))
def test_what_the_browser_must_have_said(said: dict[str, object]) -> None:
    """That it was asked for this, on a page of the host that was signed for."""
    key = es256()
    assert not check(key.cose, key.assertion(CHALLENGE, said=said))


def test_browsers_may_say_more_and_in_any_order() -> None:
    """They are told to, so that nobody compares with a template."""
    key = es256()
    more: dict[str, object] = {"other_keys_can_be_added_here": "do not compare"}
    assert check(key.cose, key.assertion(CHALLENGE, said=more))
    data = key.assertion(CHALLENGE).authenticator_data
    said = key.client_data(CHALLENGE).removeprefix(b'{"type":"webauthn.get",')
    assert signed_as_it_is(key, data, b'{"other":{},' + said[:-1] + b',"type":"webauthn.get"}')
    assert not signed_as_it_is(key, data, b"{" + said)


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b'"x"', b"{", b"\xff", b"{}x", b"[" * 2000])
def test_what_is_no_client_data_is_refused(text: bytes) -> None:
    key = es256()
    assert not signed_as_it_is(key, key.assertion(CHALLENGE).authenticator_data, text)


@pytest.mark.parametrize("flags", [0x00, 0x01, 0x04, 0xFA])
def test_the_person_must_have_been_there_and_verified(flags: int) -> None:
    """Both flags; others say nothing against it."""
    key = es256()
    assert not check(key.cose, key.assertion(CHALLENGE, flags=flags))
    assert check(key.cose, key.assertion(CHALLENGE, flags=flags | 0x05))


def test_authenticator_data_has_bounds() -> None:
    key = es256()
    signed = key.assertion(CHALLENGE)
    data, client_data = signed.authenticator_data, signed.client_data
    for length in (0, len(data) - 1, AUTHENTICATOR_DATA_BYTES_MAX + 1):
        assert not signed_as_it_is(key, data[:length].ljust(length, b"\0"), client_data)
    most = data.ljust(AUTHENTICATOR_DATA_BYTES_MAX, b"\0")
    assert signed_as_it_is(key, most, client_data)


def test_a_sign_in_challenge_is_no_hash() -> None:
    """It is longer, and nothing can be checked against it here."""
    key = es256()
    challenge = b"therapist-os/sign-in/v1\n" + bytes(32)
    signed = key.assertion(challenge)
    with pytest.raises(ValueError, match="hash"):
        check(key.cose, signed, challenge)
    assert not check(key.cose, signed, sha256(challenge).digest())


X: Final = es256().cose[10:42]
Y: Final = es256().cose[45:77]
KEYS: Final[dict[str, bytes]] = {
    "nothing": b"",
    "another algorithm": cbor2.dumps({1: 2, 3: -35, -1: 2, -2: bytes(48), -3: bytes(48)}),
    "another order": cbor2.dumps({3: -7, 1: 2, -1: 1, -2: X, -3: Y}),
    "one more field": cbor2.dumps({1: 2, 2: b"id", 3: -7, -1: 1, -2: X, -3: Y}),
    "a byte behind": es256().cose + b"\0",
    "a long integer": es256().cose.replace(b"\x01\x02\x03", b"\x01\x18\x02\x03", 1),
    "a compressed point": cbor2.dumps({1: 2, 3: -7, -1: 1, -2: X, -3: True}),
    "a point beside the curve": cbor2.dumps({1: 2, 3: -7, -1: 1, -2: X, -3: bytes(32)}),
    "the older form of a point": b"\x04" + X + Y,
    "a short key": cbor2.dumps({1: 1, 3: -8, -1: 6, -2: bytes(31)}),
    "a short modulus": cbor2.dumps({1: 3, 3: -257, -1: b"\xff" * 128, -2: b"\x01\x00\x01"}),
    "a padded modulus": cbor2.dumps({1: 3, 3: -257, -1: b"\0" + b"\xff" * 256, -2: b"\1\0\1"}),
    "another exponent": cbor2.dumps({1: 3, 3: -257, -1: b"\xff" * 256, -2: b"\x03"}),
}


@pytest.mark.parametrize("cose_key", KEYS.values(), ids=list(KEYS))
def test_a_key_has_one_spelling(cose_key: bytes) -> None:
    with pytest.raises(Malformed):
        read_key(cose_key)


def test_a_long_modulus_is_a_key() -> None:
    key = rs256(4096)
    assert check(key.cose, key.assertion(CHALLENGE))
