"""A witness cosigns a log that only grows, once it is on disk, and keeps proof of a fork."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ledger import merkle, note
from ledger.checkpoint import Checkpoint
from ledger.cosignature import CosigningKey, WitnessKey, cosigned, decode_lines, decode_witness_key
from ledger.errors import Malformed, ProofInvalid, Tampered
from ledger.note import Note, Signature, SigningKey
from ledger.witness.request import REQUEST_BYTES_MAX, AddCheckpoint, decode
from ledger.witness.witness import EVIDENCE_FILES_MAX, Answer, Witness

LOG = SigningKey("ledger.example", bytes(32))
KEY = CosigningKey("w.example", b"\1" * 32)
NOW_S = 1_790_000_000


class Fixed:
    """A clock that stands."""

    def now_us(self) -> int:
        return NOW_S * 1_000_000 + 7


def leaves(count: int, salt: bytes = b"") -> list[bytes]:
    """Leaf hashes of a log."""
    return [merkle.leaf_hash(salt + bytes([n])) for n in range(count)]


def signed(hashes: Sequence[bytes], key: SigningKey = LOG) -> Note:
    """The log's checkpoint of these leaves."""
    text = Checkpoint("ledger.example", len(hashes), merkle.root(hashes)).encode()
    return note.sign(text, key)


def request(old: int, hashes: Sequence[bytes]) -> bytes:
    """What an honest log asks."""
    proof = merkle.consistency_proof(hashes, old) if old else []
    return AddCheckpoint(old, tuple(proof), signed(hashes)).encode()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path, KEY, {"ledger.example": LOG.verifier_key}, Fixed())


def evidence(tmp_path: Path) -> list[bytes]:
    """What is kept of forks."""
    return [path.read_bytes() for path in sorted((tmp_path / "evidence").iterdir())]


def test_it_cosigns_what_grows(witness: Witness) -> None:
    """From nothing, further on, and the same size again."""
    for old, new in ((0, 3), (3, 8), (8, 8), (8, 11)):
        asked = request(old, leaves(new))
        answer = witness.add_checkpoint(asked)
        assert answer.status == 200
        text = decode(asked).note.text
        (line,) = decode_lines(text, answer.body)
        assert KEY.witness_key.verify(text, line) == NOW_S
        with pytest.raises(ProofInvalid):
            KEY.witness_key.verify(text.replace("ledger", "another"), line)


def test_a_log_that_knows_another_size_is_told(witness: Witness) -> None:
    """And can go on from there."""
    witness.add_checkpoint(request(0, leaves(5)))
    assert witness.add_checkpoint(request(3, leaves(8))) == Answer(409, b"5\n", "text/x.tlog.size")
    assert witness.add_checkpoint(request(0, leaves(8))).status == 409
    assert witness.add_checkpoint(request(5, leaves(8))).status == 200


def test_a_fork_is_refused_and_kept(witness: Witness, tmp_path: Path) -> None:
    """Of the same size, and of a larger."""
    witness.add_checkpoint(request(0, leaves(5)))
    assert witness.add_checkpoint(request(5, leaves(5, b"x"))).status == 409
    assert witness.add_checkpoint(request(5, leaves(9, b"x"))).status == 422
    first = signed(leaves(5)).encode()
    others = {signed(leaves(5, b"x")).encode(), signed(leaves(9, b"x")).encode()}
    assert set(evidence(tmp_path)) == {first + b"\n" + other for other in others}
    assert witness.add_checkpoint(request(5, leaves(9))).status == 200


def test_a_bad_proof_leaves_one_file_a_checkpoint_without_foreign_lines(
    witness: Witness, tmp_path: Path
) -> None:
    """Anybody can add lines to a public checkpoint, as often as they like."""
    witness.add_checkpoint(request(0, leaves(5)))
    asked = AddCheckpoint(5, (bytes(32),), signed(leaves(9)))
    for number in range(20):
        junk = Signature("anybody", number, b"x" * 9000)
        lined = Note(asked.note.text, (*asked.note.signatures, junk))
        assert witness.add_checkpoint(AddCheckpoint(5, asked.hashes, lined).encode()).status == 422
    pair = signed(leaves(5)).encode() + b"\n" + signed(leaves(9)).encode()
    assert evidence(tmp_path) == [pair]


def test_of_the_same_checkpoint_nothing_is_kept(witness: Witness, tmp_path: Path) -> None:
    """A proof that is none, of what was cosigned already, is refused all the same."""
    witness.add_checkpoint(request(0, leaves(5)))
    again = AddCheckpoint(5, (bytes(32),), signed(leaves(5))).encode()
    assert witness.add_checkpoint(again).status == 422
    assert evidence(tmp_path) == []


def test_a_suspicion_that_is_refuted_is_dropped(witness: Witness, tmp_path: Path) -> None:
    """Once the very checkpoint is proven to extend what was cosigned; a fork stays."""
    witness.add_checkpoint(request(0, leaves(5)))
    for each in (leaves(7), leaves(9), leaves(9, b"x")):
        witness.add_checkpoint(AddCheckpoint(5, (bytes(32),), signed(each)).encode())
    assert len(evidence(tmp_path)) == 3
    assert witness.add_checkpoint(request(5, leaves(9))).status == 200
    first = signed(leaves(5)).encode() + b"\n"
    kept = {first + signed(each).encode() for each in (leaves(7), leaves(9, b"x"))}
    assert set(evidence(tmp_path)) == kept


def test_evidence_is_bounded_and_the_first_stays(witness: Witness, tmp_path: Path) -> None:
    """Suspicions, which anybody can raise, take no room from forks, which only the log can sign."""
    witness.add_checkpoint(request(0, leaves(5)))
    for size in range(6, 6 + EVIDENCE_FILES_MAX + 20):
        witness.add_checkpoint(AddCheckpoint(5, (bytes(32),), signed(leaves(size))).encode())
    first = signed(leaves(5)).encode() + b"\n"
    assert len(evidence(tmp_path)) == EVIDENCE_FILES_MAX
    assert first + signed(leaves(6)).encode() in evidence(tmp_path)
    for salt in range(EVIDENCE_FILES_MAX + 20):
        witness.add_checkpoint(request(5, leaves(5, b"x%d" % salt)))
    assert len(evidence(tmp_path)) == 2 * EVIDENCE_FILES_MAX
    assert first + signed(leaves(5, b"x0")).encode() in evidence(tmp_path)


def test_the_bound_is_one_for_each_log(tmp_path: Path) -> None:
    """So that one log cannot take the room of another."""
    other = SigningKey("other.example", bytes(32))
    keys = {key.verifier_key.name: key.verifier_key for key in (LOG, other)}
    witness = Witness(tmp_path, KEY, keys, Fixed())
    for key in (LOG, other):
        name = key.verifier_key.name
        for salt in range(EVIDENCE_FILES_MAX + 5):
            hashes = leaves(5, b"x%d" % salt)
            note_ = note.sign(Checkpoint(name, 5, merkle.root(hashes)).encode(), key)
            witness.add_checkpoint(AddCheckpoint(5 if salt else 0, (), note_).encode())
    assert len(evidence(tmp_path)) == 2 * EVIDENCE_FILES_MAX


def test_a_shorter_log_is_refused(witness: Witness) -> None:
    """A rollback cannot be cosigned."""
    witness.add_checkpoint(request(0, leaves(5)))
    assert witness.add_checkpoint(request(3, leaves(4))).status == 409
    shorter = AddCheckpoint(5, (), signed(leaves(4))).encode()
    assert witness.add_checkpoint(shorter).status == 400


def test_only_logs_it_knows_are_witnessed(witness: Witness, tmp_path: Path) -> None:
    """By their name and their key."""
    other = SigningKey("ledger.example", b"\2" * 32)
    foreign = AddCheckpoint(0, (), signed(leaves(2), other)).encode()
    assert witness.add_checkpoint(foreign).status == 403
    text = Checkpoint("other.example", 2, merkle.root(leaves(2))).encode()
    unknown = AddCheckpoint(0, (), note.sign(text, SigningKey("other.example", bytes(32))))
    assert witness.add_checkpoint(unknown.encode()).status == 404
    assert evidence(tmp_path) == []


def test_what_is_no_request_is_refused(witness: Witness) -> None:
    """One spelling only."""
    good = request(0, leaves(2))
    for raw in (
        b"",
        good[1:],
        good.replace(b"old 0", b"old 00"),
        good.replace(b"old 0", b"old -1"),
        good.replace(b"old 0\n", b"old 0\n\n"),
        good.replace(b"old 0\n", b"old 0\nAAAA\n"),
        good + b"\n",
        good + b"x" * REQUEST_BYTES_MAX,
    ):
        assert witness.add_checkpoint(raw).status == 400


def test_it_remembers_after_a_restart(witness: Witness, tmp_path: Path) -> None:
    """What was cosigned was on disk before."""
    witness.add_checkpoint(request(0, leaves(5)))
    again = Witness(tmp_path, KEY, {"ledger.example": LOG.verifier_key}, Fixed())
    assert again.add_checkpoint(request(5, leaves(7))).status == 200
    (place,) = (path for path in (tmp_path / "checkpoints").iterdir() if not path.suffix)
    assert place.read_bytes() == signed(leaves(7)).encode()
    place.write_bytes(b"damaged")
    with pytest.raises(Tampered, match="restore"):
        again.add_checkpoint(request(7, leaves(8)))


def test_of_two_histories_at_once_one_is_cosigned(witness: Witness) -> None:
    """Check and store are one step."""
    asked = [request(0, leaves(4, bytes([n]))) for n in range(16)]
    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(witness.add_checkpoint, asked))
    assert sorted(answer.status for answer in answers) == [200, *[409] * 15]


def test_a_cosigned_note_is_still_a_note() -> None:
    """A line below the log's own."""
    plain = signed(leaves(3))
    both = cosigned(plain, [KEY.cosign(plain.text, NOW_S)])
    assert note.decode(both.encode()) == both
    assert note.verify(both, [LOG.verifier_key]) == (LOG.verifier_key,)


def test_a_witness_key_has_one_spelling() -> None:
    """And is never a log's key."""
    vkey = KEY.witness_key.encode()
    assert decode_witness_key(vkey) == KEY.witness_key
    for wrong in (vkey + "=", vkey.upper(), LOG.verifier_key.encode(), "", "a+b", "x" * 2000):
        with pytest.raises(Malformed):
            decode_witness_key(wrong)
    with pytest.raises(Malformed):
        WitnessKey("a b", bytes(32)).encode()
