"""The auditors' verifier says of a week what the service says: one text, one hash, one signature.

It has code of its own for all of it. What the service let be signed and the verifier then refused
would spoil the bundle of a whole practice, and somebody could do that on purpose.
"""

import datetime as dt
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.catalogue import encode
from aggregates.hours.enrolment_entry import Phase, Track
from aggregates.hours.supervision_entry import Licence
from aggregates.hours.week_content import EntryRef, Printed, RowContent, RowKey, RowMinutes
from aggregates.hours.week_row import WeekSubmitted
from aggregates.hours.week_statement import SIGNATURE_DOMAIN, week_statement
from aggregates.person import PasskeyRegistered
from aggregates.private import Private
from ledger.errors import ProofInvalid
from ledger.passkey_signature import verify
from tests.attacks.bundles import VERIFY
from tests.passkeys import KINDS, NOTHING, SoftwareKey, es256
from web.identity.challenges import Purpose, prefix_of

CHALLENGE: Final = sha256(b"a statement").digest()
LINE: Final = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=40)
TEXT: Final = st.builds(Private, LINE)
MINUTES: Final = st.integers(0, 100_000)
ENTRIES: Final = st.lists(
    st.builds(
        EntryRef,
        stream_id=st.uuids(),
        version=st.integers(1, 1 << 62),
        leaf=st.binary(min_size=32, max_size=32),
    ),
    max_size=20,
    unique_by=lambda ref: ref.stream_id,
)
ROWS: Final = st.builds(
    RowContent,
    key=st.builds(
        RowKey,
        person_id=st.uuids(),
        supervision_id=st.uuids(),
        first_day=st.dates(dt.date(1950, 1, 1), dt.date(2150, 1, 1)),
        phase=st.sampled_from(Phase),
    ),
    track=st.sampled_from(Track),
    setting_id=st.uuids(),
    supervisor_id=st.uuids(),
    minutes=st.builds(RowMinutes, a=MINUTES, a1=MINUTES, b=MINUTES, b1=MINUTES, b2=MINUTES),
    entries=st.builds(tuple, ENTRIES),
    printed=st.builds(
        Printed,
        supervisee=TEXT,
        registration=st.none() | TEXT,
        setting=TEXT,
        address=st.none() | TEXT,
        supervisor=TEXT,
        licence=st.sampled_from(Licence),
        licence_number=TEXT,
    ),
)


@given(ROWS, st.uuids(), st.integers(0, 1 << 52), st.binary(min_size=16, max_size=16))
def test_both_write_the_same_statement(
    row: RowContent, practice: UUID, at_us: int, reference: bytes
) -> None:
    """From the stored bytes alone, for every licence, phase, name, figure and time."""
    _, body = encode(WeekSubmitted(content=row, warnings=("SUP-MIN",)))
    content = VERIFY.values_of(body)[1]
    lines = [line for _, line in VERIFY.statement(practice.bytes, content, at_us, reference)]
    assert "".join(f"{line}\n" for line in lines) == week_statement(practice, row, at_us, reference)
    assert VERIFY.hash_of_entries(content[5]) == row.entries_sha256


def test_both_hash_it_in_the_same_domain() -> None:
    assert VERIFY.SIGNED_AS == SIGNATURE_DOMAIN


@pytest.mark.parametrize("purpose", Purpose)
def test_it_knows_a_challenge_for_signing_in(purpose: Purpose) -> None:
    """By how each of them begins."""
    said = es256().client_data(prefix_of(purpose) + bytes(32))
    assert f'"challenge":"{VERIFY.SIGN_IN}'.encode() in said


@given(st.binary(min_size=1, max_size=1023), st.binary(min_size=1, max_size=2048))
def test_it_reads_passkeys_of_every_length(credential_id: bytes, public_key: bytes) -> None:
    """And every other value that such an event holds."""
    fact = PasskeyRegistered(
        person_id=UUID(int=1),
        credential_id=credential_id,
        public_key=public_key,
        aaguid=UUID(int=2),
        may_be_synced=True,
        is_synced=False,
    )
    expected = [UUID(int=1).bytes, credential_id, public_key, UUID(int=2).bytes, True, False]
    tag, body = encode(fact)
    assert VERIFY.values_of(body) == [tag, *expected]


def agree(key: SoftwareKey, data: bytes, client_data: bytes) -> tuple[bool, bool]:
    """Tell whether the service, and whether the verifier, takes what this key signed."""
    signature = key.sign(data + sha256(client_data).digest())
    ours, theirs = True, True
    try:
        verify(key.cose, data, client_data, signature, CHALLENGE)
    except ProofInvalid:
        ours = False
    try:
        VERIFY.check_assertion(key.cose, [data, client_data, signature], CHALLENGE, "")
    except Exception:  # noqa: BLE001 -- whatever it is, the bundle would not be valid
        theirs = False
    return ours, theirs


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
SAID: Final = st.dictionaries(
    st.sampled_from(["type", "challenge", "origin", "crossOrigin", "topOrigin", "other"]), JSON
)


@given(SAID)
def test_both_take_the_same_client_data(said: dict[str, Any]) -> None:
    """What was said and is known to both."""
    key = es256()
    data = key.assertion(CHALLENGE).authenticator_data
    ours, theirs = agree(key, data, key.client_data(CHALLENGE, said))
    assert theirs or not ours


@given(st.data())
def test_what_the_service_takes_the_verifier_takes(data: st.DataObject) -> None:
    """Also of bytes that only look like client data: put in, taken out, written otherwise."""
    key = es256()
    raw = key.client_data(CHALLENGE, NOTHING)
    pieces = ['"', "\\u0022", "\\q", "{}", "[", ",", ":1e999", "NaN", " ", "\t", "\ufeff", "\ud7ff"]
    pieces += ["\x00", "\x7f", '"a":', "01", "\\ud800", '"type":"x",', "1" * 400, "'", "/**/"]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(at, min(len(raw), at + 2)))
        piece = data.draw(
            st.sampled_from([each.encode() for each in pieces]) | st.binary(max_size=2)
        )
        raw = raw[:at] + piece + raw[end:]
    ours, theirs = agree(key, key.assertion(CHALLENGE).authenticator_data, raw)
    assert theirs or not ours


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=3), st.integers(0, 600))
def test_both_take_the_same_keys(kind: str, piece: bytes, at: int) -> None:
    """Whatever is changed in the spelling of one."""
    key = KINDS[kind]()
    cose = key.cose[: at % len(key.cose)] + piece + key.cose[at % len(key.cose) + len(piece) :]
    other = SoftwareKey(cose, key.sign)
    signed = key.assertion(CHALLENGE)
    ours, theirs = agree(other, signed.authenticator_data, signed.client_data)
    assert ours == theirs == (cose == key.cose)


@given(st.binary(max_size=45))
def test_both_take_the_same_authenticator_data(rest: bytes) -> None:
    """From the flags on."""
    key = es256()
    signed = key.assertion(CHALLENGE)
    ours, theirs = agree(key, signed.authenticator_data[:32] + rest, signed.client_data)
    assert ours == theirs
