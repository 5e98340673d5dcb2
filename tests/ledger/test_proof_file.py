"""Proof files: strict both ways, and worth nothing without the key, the origin and the leaf."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import Checkpoint
from ledger.errors import Malformed, ProofInvalid
from ledger.merkle import inclusion_proof, leaf_hash, root
from ledger.note import SigningKey, sign
from ledger.proof_file import HASHES_MAX, ProofFile, decode

ORIGIN = "ledger.example"
KEY = SigningKey(ORIGIN, bytes(range(32)))
LEAVES = [leaf_hash(bytes([number])) for number in range(11)]
KEYS = [KEY.verifier_key]


def proof_of(index: int, size: int = len(LEAVES), extra: bytes | None = None) -> ProofFile:
    """Return the proof of a leaf in the first `size` of them."""
    checkpoint = Checkpoint(ORIGIN, size, root(LEAVES[:size]))
    hashes = tuple(inclusion_proof(LEAVES[:size], index))
    return ProofFile(index, hashes, sign(checkpoint.encode(), KEY), extra)


@given(st.integers(1, len(LEAVES)), st.data(), st.none() | st.binary(max_size=90))
def test_what_is_written_is_read_and_verifies(
    size: int, data: st.DataObject, extra: bytes | None
) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = decode(proof_of(index, size, extra).encode())
    assert proof == proof_of(index, size, extra)
    assert proof.verify(LEAVES[index], ORIGIN, KEYS).size == size


def test_the_lines_are_those_of_the_specification() -> None:
    """Header, extra, index, hashes, an empty line, the checkpoint as it is."""
    head, _, note = proof_of(4, extra=b"extra information").encode().decode().partition("\n\n")
    header, extra, index, *hashes = head.split("\n")
    assert header == "c2sp.org/tlog-proof@v1"
    assert (extra, index) == ("extra ZXh0cmEgaW5mb3JtYXRpb24=", "index 4")
    assert [len(each) for each in hashes] == [44] * 4
    assert note.startswith("ledger.example\n11\n")
    alone = proof_of(0, 1).encode().decode()
    assert alone.startswith("c2sp.org/tlog-proof@v1\nindex 0\n\nledger.example\n1\n")


def test_every_changed_bit_is_refused_but_those_of_the_extra() -> None:
    """As malformed or as a proof that does not hold; extra data is context only."""
    raw = proof_of(4).encode()
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            with pytest.raises((Malformed, ProofInvalid)):
                decode(bytes(changed)).verify(LEAVES[4], ORIGIN, KEYS)


def test_another_leaf_log_or_key_does_not_verify() -> None:
    proof = proof_of(4)
    with pytest.raises(ProofInvalid):
        proof.verify(LEAVES[5], ORIGIN, KEYS)
    with pytest.raises(ProofInvalid, match="another log"):
        proof.verify(LEAVES[4], "other.example", KEYS)
    with pytest.raises(ProofInvalid):
        proof.verify(LEAVES[4], ORIGIN, [SigningKey(ORIGIN, bytes(32)).verifier_key])


RAW = proof_of(4, extra=b"x").encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        RAW.replace(b"@v1", b"@v2"),
        RAW.replace(b"index 4", b"index 04"),
        RAW.replace(b"index 4", b"index +4"),
        RAW.replace(b"index 4", b"index -4"),
        RAW.replace(b"index 4", b"index " + b"9" * 30),
        RAW.replace(b"index 4", b"index"),
        RAW.replace(b"index 4\n", b""),
        RAW.replace(b"extra eA==", b"extra eB=="),
        RAW.replace(b"extra eA==", b"extra eA"),
        RAW.replace(b"extra eA==\nindex 4", b"index 4\nextra eA=="),
        RAW.replace(b"\n\n", b"\n\n\n", 1),
        RAW.replace(b"\n", b"\r\n"),
        RAW + b"\n",
        RAW[:-1],
        b"\xef\xbb\xbf" + RAW,
    ],
)
def test_another_spelling_is_refused(raw: bytes) -> None:
    """One proof has one file."""
    with pytest.raises(Malformed, match="not a proof file"):
        decode(raw)


def test_what_no_file_holds_is_not_written() -> None:
    good = proof_of(4)
    hashes = (bytes(32),) * (HASHES_MAX + 1)
    for index, proof in ((-1, good.hashes), (4, (b"short",)), (4, hashes)):
        with pytest.raises(Malformed):
            ProofFile(index, proof, good.checkpoint).encode()
