"""A policy is read as people write it, written in one way, and its quorum is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.cosignature import CosigningKey
from ledger.errors import Malformed
from ledger.note import SigningKey
from ledger.policy import Policy, decode
from tests.attacks.bundles import VERIFY

LOG = SigningKey("ledger.example", bytes(32)).verifier_key
KEYS = [CosigningKey(f"w.example/{n}", bytes([n + 1]) * 32).witness_key for n in range(4)]
LINES = [f"witness w{n} {key.encode()}" for n, key in enumerate(KEYS)]


def policy(*lines: str) -> bytes:
    """A policy of these lines after the log's."""
    return "".join(f"{line}\n" for line in [f"log {LOG.encode()}", *lines]).encode()


GROUPED = policy(*LINES, "group two 2 w0 w1 w2", "group both all two w3", "quorum both")


def test_groups_agree_when_enough_of_their_members_do() -> None:
    """Groups of groups too."""
    read = decode(GROUPED)
    assert read.is_met({"w0", "w2", "w3"})
    assert not read.is_met({"w0", "w1", "w2"})
    assert not read.is_met({"w0", "w3"})
    assert decode(policy("quorum none")).is_met(set())


def test_a_policy_is_written_without_addresses() -> None:
    """So that a bundle tells whom to believe, and not where they are."""
    with_url = policy("# ours", f"{LINES[0]} https://w.example/", "", "quorum w0")
    read = decode(with_url)
    assert read.witnesses[0].url == "https://w.example"
    assert read.encode() == policy(LINES[0], "quorum w0")


@given(st.sets(st.sampled_from(["w0", "w1", "w2", "w3"])))
def test_the_verifier_counts_the_same(cosigners: set[str]) -> None:
    """verify.py has a reader of its own; the two agree on every subset."""
    theirs = VERIFY.read_policy(decode(GROUPED).encode())
    assert theirs.is_met(cosigners, theirs.quorum) == decode(GROUPED).is_met(cosigners)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"quorum none\n",
        policy(),
        policy("quorum w0"),
        policy(LINES[0], "quorum none"),
        policy(LINES[0], LINES[1], "quorum w0"),
        policy(LINES[0], LINES[0], "quorum w0"),
        policy(LINES[0], "group g 2 w0", "quorum g"),
        policy(LINES[0], "group g 0 w0", "quorum g"),
        policy(LINES[0], "group g any w0 w0", "quorum g"),
        policy(LINES[0], "group none any w0", "quorum none"),
        policy(f"{LINES[0]} ftp://w.example", "quorum w0"),
        policy(LINES[0], "quorum w0", "quorum w0"),
        policy(LINES[0].replace(KEYS[0].encode(), LOG.encode()), "quorum w0"),
        policy("quorum none") + b"\xff",
        policy("quorum none") + b"#" * 70_000,
    ],
)
def test_what_is_no_policy_is_refused(raw: bytes) -> None:
    """Always with the same words."""
    with pytest.raises(Malformed, match="see docs"):
        decode(raw)


def test_without_a_quorum_there_are_no_witnesses() -> None:
    """The default."""
    assert decode(Policy(LOG).encode()) == Policy(LOG, (), {}, "none")
