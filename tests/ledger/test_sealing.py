"""What is sealed opens with its own key, for its own place, unchanged, and in no other way."""

import pickle
from hashlib import sha256
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed, Tampered
from ledger.leaf import Seal
from ledger.sealing import (
    RecordKey,
    key_commitment,
    open_body,
    open_row,
    row_key_id,
    row_place,
    seal_body,
    seal_row,
)

KEY_ID = UUID("0190f0a0-0000-7000-8000-000000000001")
OTHER_ID = UUID("0190f0a0-0000-7000-8000-000000000002")
SECRET = bytes(range(32))
KEY = RecordKey.of(KEY_ID, SECRET)
NONCE = bytes(range(12))
PREAMBLE = b"the preamble of a leaf"
TEXT = b"what was said"
SEAL = Seal(KEY_ID.bytes, KEY.commitment, NONCE)
BODY = seal_body(KEY.cipher, PREAMBLE, TEXT, NONCE)
BODY_HASH = sha256(BODY).digest()
PLACE = row_place("therapist", UUID(int=1), UUID(int=2), 3)


def _flips(raw: bytes) -> list[bytes]:
    """Every way to change one bit of one byte, one for each byte."""
    return [raw[:i] + bytes((raw[i] ^ 1 << (i % 8),)) + raw[i + 1 :] for i in range(len(raw))]


def test_the_commitment_is_the_one_of_the_format() -> None:
    """The vector was computed with `openssl mac -digest SHA256 -macopt hexkey:... HMAC`."""
    assert key_commitment(SECRET, KEY_ID.bytes).hex() == (
        "0a99188a3545d1a993523f8a0495a9ae5e6b52b663b4072ade69e257b08201d2"
    )
    assert key_commitment(bytearray(SECRET), KEY_ID.bytes) == KEY.commitment


def test_the_commitment_differs_for_every_key_and_key_id() -> None:
    assert key_commitment(SECRET, OTHER_ID.bytes) != KEY.commitment
    assert key_commitment(bytes(32), KEY_ID.bytes) != KEY.commitment


def test_a_sealed_body_is_what_another_program_makes_of_it() -> None:
    assert AESGCM(SECRET).encrypt(NONCE, TEXT, PREAMBLE) == BODY
    assert len(BODY) == len(TEXT) + 16


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_what_is_sealed_opens(plaintext: bytes, preamble: bytes) -> None:
    body = seal_body(KEY.cipher, preamble, plaintext, NONCE)
    assert open_body(KEY, preamble, body, sha256(body).digest(), SEAL) == plaintext


def test_every_changed_byte_of_a_body_is_refused() -> None:
    for changed in _flips(BODY):
        with pytest.raises(Tampered, match="hash"):
            open_body(KEY, PREAMBLE, changed, BODY_HASH, SEAL)
        with pytest.raises(Tampered, match="changed"):
            open_body(KEY, PREAMBLE, changed, sha256(changed).digest(), SEAL)


def test_every_changed_byte_of_the_preamble_is_refused() -> None:
    for changed in _flips(PREAMBLE):
        with pytest.raises(Tampered, match="changed"):
            open_body(KEY, changed, BODY, BODY_HASH, SEAL)


def test_every_changed_byte_of_the_seal_is_refused() -> None:
    for key_id in _flips(SEAL.key_id):
        with pytest.raises(Tampered, match="commits"):
            open_body(KEY, PREAMBLE, BODY, BODY_HASH, Seal(key_id, SEAL.key_commitment, NONCE))
    for commitment in _flips(SEAL.key_commitment):
        with pytest.raises(Tampered, match="commits"):
            open_body(KEY, PREAMBLE, BODY, BODY_HASH, Seal(SEAL.key_id, commitment, NONCE))
    for nonce in _flips(NONCE):
        with pytest.raises(Tampered, match="changed"):
            open_body(KEY, PREAMBLE, BODY, BODY_HASH, Seal(SEAL.key_id, SEAL.key_commitment, nonce))


@given(st.integers(0, len(BODY) - 1))
def test_a_body_cut_short_is_tampered_and_never_another_error(length: int) -> None:
    cut = BODY[:length]
    with pytest.raises(Tampered):
        open_body(KEY, PREAMBLE, cut, sha256(cut).digest(), SEAL)


def test_associated_data_of_another_event_does_not_open_a_body() -> None:
    other = seal_body(KEY.cipher, b"another leaf", TEXT, bytes(12))
    with pytest.raises(Tampered, match="changed"):
        open_body(KEY, PREAMBLE, other, sha256(other).digest(), SEAL)


def test_a_ciphertext_that_two_keys_open_is_refused_by_the_commitment() -> None:
    """GCM itself accepts both keys: the body is crafted so that its tag is right under each."""
    first, second = RecordKey.of(KEY_ID, SECRET), RecordKey.of(KEY_ID, bytes(31) + b"\x01")
    body = _craft_for_two_keys(SECRET, bytes(31) + b"\x01", NONCE)
    assert first.cipher.decrypt(NONCE, body, b"") != second.cipher.decrypt(NONCE, body, b"")
    seal = Seal(KEY_ID.bytes, first.commitment, NONCE)
    assert len(open_body(first, b"", body, sha256(body).digest(), seal)) == 32
    with pytest.raises(Tampered, match="commits"):
        open_body(second, b"", body, sha256(body).digest(), seal)


def test_a_row_opens_in_its_place() -> None:
    row = seal_row(KEY, PLACE, TEXT)
    assert row_key_id(row) == KEY_ID.bytes
    assert open_row(KEY, PLACE, row) == TEXT
    assert seal_row(KEY, PLACE, TEXT) != row, "the nonce is fresh each time"


def test_a_row_opens_in_no_other_place() -> None:
    row = seal_row(KEY, PLACE, TEXT)
    practice, stream = UUID(int=1), UUID(int=2)
    for place in (
        row_place("trail", practice, stream, 3),
        row_place("therapist", UUID(int=9), stream, 3),
        row_place("therapist", practice, UUID(int=9), 3),
        row_place("therapist", practice, stream, 4),
    ):
        with pytest.raises(Tampered):
            open_row(KEY, place, row)


def test_places_never_run_into_each_other() -> None:
    names = ["a", "ab", "therapist", "x" * 63]
    places = {row_place(name, UUID(int=1), UUID(int=2), 3) for name in names}
    assert len(places) == len(names)


def test_every_changed_byte_of_a_row_is_refused() -> None:
    for changed in _flips(seal_row(KEY, PLACE, TEXT)):
        with pytest.raises((Tampered, Malformed)):
            open_row(KEY, PLACE, changed)


def test_a_row_of_another_key_is_refused() -> None:
    row = seal_row(KEY, PLACE, TEXT)
    with pytest.raises(Tampered):
        open_row(RecordKey.of(OTHER_ID, SECRET), PLACE, row)
    with pytest.raises(Tampered):
        open_row(RecordKey.of(KEY_ID, bytes(32)), PLACE, row)


@pytest.mark.parametrize("row", [b"", b"\x01", b"\x02" + bytes(80), b"\x01" + bytes(43)])
def test_what_is_no_row_is_malformed(row: bytes) -> None:
    with pytest.raises(Malformed):
        open_row(KEY, PLACE, row)


def test_an_event_body_does_not_open_as_a_row_nor_a_row_as_a_body() -> None:
    row = seal_row(KEY, PLACE, TEXT)
    with pytest.raises(Tampered):
        open_body(KEY, PLACE, row[29:], sha256(row[29:]).digest(), SEAL)
    with pytest.raises(Tampered):
        open_row(KEY, PREAMBLE, b"\x01" + KEY_ID.bytes + NONCE + BODY)


def test_a_key_shows_no_secret_and_is_not_pickled() -> None:
    shown = repr(KEY)
    assert SECRET.hex() not in shown
    assert repr(SECRET)[2:-1] not in shown
    with pytest.raises(TypeError):
        pickle.dumps(KEY)


def test_overwriting_the_secret_leaves_the_key_as_it_was() -> None:
    secret = bytearray(SECRET)
    key = RecordKey.of(KEY_ID, secret)
    secret[:] = bytes(32)
    assert open_body(key, PREAMBLE, BODY, BODY_HASH, SEAL) == TEXT


_FIELD = 0xE1 << 120


def _times(left: int, right: int) -> int:
    """Multiply in the field of GHASH (NIST SP 800-38D, algorithm 1)."""
    product = 0
    for i in range(128):
        if right >> (127 - i) & 1:
            product ^= left
        left = left >> 1 ^ (_FIELD if left & 1 else 0)
    return product


def _inverse(value: int) -> int:
    """Raise to 2**128 - 2."""
    result, power = 1 << 127, value
    for _ in range(127):
        power = _times(power, power)
        result = _times(result, power)
    return result


def _block(secret: bytes, block: bytes) -> int:
    encryptor = Cipher(algorithms.AES(secret), modes.ECB()).encryptor()  # noqa: S305 -- builds GCM
    return int.from_bytes(encryptor.update(block), "big")


def _craft_for_two_keys(first: bytes, second: bytes, nonce: bytes) -> bytes:
    """Return two blocks and a tag that are right under both keys, without associated data.

    tag = c1*H^3 + c2*H^2 + length*H + mask for either key; solved for c1 with c2 = 0 and both
    tags equal (Dodis, Grubbs, Ristenpart, Woodage: Fast Message Franking, 2018).
    """
    hashes = [_block(secret, bytes(16)) for secret in (first, second)]
    masks = [_block(secret, nonce + b"\x00\x00\x00\x01") for secret in (first, second)]
    length = 256
    cubes = [_times(value, _times(value, value)) for value in hashes]
    rest = [_times(length, value) ^ mask for value, mask in zip(hashes, masks, strict=True)]
    block = _times(rest[0] ^ rest[1], _inverse(cubes[0] ^ cubes[1]))
    tag = _times(block, cubes[0]) ^ rest[0]
    return block.to_bytes(16, "big") + bytes(16) + tag.to_bytes(16, "big")
