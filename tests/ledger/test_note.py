"""Facts about signed notes: Go's own example, what is malformed, who has signed."""

from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import note
from ledger.errors import Malformed, ProofInvalid
from ledger.note import Note, Signature, SigningKey, VerifierKey

# The example of Go's golang.org/x/mod/sumdb/note, documentation and tests.
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_LINE = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNX"
    "gKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GO_NOTE = f"{GO_TEXT}\n{GO_LINE}".encode()
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
ENOCH_LINE = (
    "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTG"
    "wnWLox33WWd1RvMc+QQ=\n"
)
ENOCH_VKEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"

ALICE = SigningKey("example.org/alice", b"a" * 32)
BOB = SigningKey("example.org/bob", b"b" * 32)
TEXTS = st.text(st.characters(codec="utf-8", min_codepoint=0x20) | st.just("\n")).map(
    lambda text: text + "\n"
)
NAMES = st.text(
    st.characters(codec="utf-8", min_codepoint=0x21, exclude_characters="+"), min_size=1
).filter(note.is_key_name)


def test_gos_example_is_read_verified_and_signed_the_same() -> None:
    key = note.decode_verifier_key(GO_VKEY)
    read = note.decode(GO_NOTE)
    assert (read.text, key.key_id) == (GO_TEXT, 0xC74F20A3)
    assert note.verify(read, [key]) == (key,)
    assert note.sign(GO_TEXT, SigningKey("PeterNeumann", GO_SEED)).encode() == GO_NOTE
    assert key.encode() == GO_VKEY


def test_gos_example_with_two_signatures_is_verified_for_both() -> None:
    keys = [note.decode_verifier_key(each) for each in (ENOCH_VKEY, GO_VKEY)]
    both = note.decode(GO_NOTE + ENOCH_LINE.encode())
    assert [key.name for key in note.verify(both, keys)] == ["PeterNeumann", "EnochRoot"]


@given(TEXTS)
def test_a_note_is_read_back_as_it_was_written(text: str) -> None:
    written = note.sign(text, ALICE, BOB)
    assert note.decode(written.encode()) == written
    assert note.verify(written, [BOB.verifier_key]) == (BOB.verifier_key,)


@given(NAMES, st.binary(min_size=32, max_size=32))
def test_a_verifier_key_is_read_back_as_it_was_written(name: str, public_key: bytes) -> None:
    key = VerifierKey(name, public_key)
    assert note.decode_verifier_key(key.encode()) == key


@given(st.integers(0, 8 * len(GO_NOTE) - 1))
def test_any_flipped_bit_breaks_a_note(bit: int) -> None:
    flipped = (int.from_bytes(GO_NOTE, "big") ^ (1 << bit)).to_bytes(len(GO_NOTE), "big")
    with pytest.raises((Malformed, ProofInvalid)):
        note.verify(note.decode(flipped), [note.decode_verifier_key(GO_VKEY)])


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_note_that_encodes_to_them_or_malformed(raw: bytes) -> None:
    try:
        read = note.decode(raw)
    except Malformed:
        return
    assert read.encode() == raw


def line(name: str = "a", value: str = "AAAAAAA=") -> str:
    return f"\u2014 {name} {value}\n"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n" + line(),
        "\n" + line(),
        "text\n\n" + line()[:-1],
        "text\n\n" + line() + "\n",
        "text\n\n" + line() + "more\n",
        "text\n\n" + line().replace("\u2014", "-"),
        "text\n\n" + line().replace(" ", "  "),
        "text\n\n" + line().replace("\n", " \n"),
        "text\n\n" + line().replace("\n", "\r\n"),
        "te\txt\n\n" + line(),
        "te\x00xt\n\n" + line(),
        "text\n\n" + line(name=""),
        "text\n\n" + line(name="a+b"),
        "text\n\n" + line(name="a\u00a0b"),
        "text\n\n" + line(name="a\u3000b"),
        "text\n\n" + line(value=""),
        "text\n\n" + line(value="AAAA"),
        "text\n\n" + line(value="AAAAAA=="),
        "text\n\n" + line(value="AAAAAAA"),
        "text\n\n" + line(value="AAAAAAB="),
        "text\n\n" + line(value="AAAA AAA="),
        "text\n\n" + line(value="AAAA-_A="),
        "text\n\n" + line() * (note.SIGNATURES_MAX + 1),
        "x" * note.NOTE_LENGTH_MAX + "\n\n" + line(),
    ],
)
def test_anything_but_the_one_form_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed, match=r"^not a signed note$"):
        note.decode(raw.encode())


@pytest.mark.parametrize("raw", [b"\xff\n\n", b"\xed\xa0\x80\n\n", b"\xc0\x80\n\n"])
def test_bytes_that_are_not_utf8_are_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        note.decode(raw + line().encode())


@pytest.mark.parametrize("raw", ["\n\n" + line(), "a\n\n\n" + line(), "a\n\n\u2014 b\n\n" + line()])
def test_the_last_empty_line_ends_the_text(raw: str) -> None:
    assert note.decode(raw.encode()).text == raw[: -len(line()) - 1]


def test_up_to_the_limit_signatures_are_taken() -> None:
    raw = "text\n\n" + line() * note.SIGNATURES_MAX
    assert len(note.decode(raw.encode()).signatures) == note.SIGNATURES_MAX


def test_signatures_of_unknown_keys_are_ignored_and_kept() -> None:
    stranger = Signature("example.org/alice", 7, b"not even a signature")
    both = Note("text\n", (stranger, *note.sign("text\n", ALICE).signatures))
    assert note.verify(both, [ALICE.verifier_key]) == (ALICE.verifier_key,)
    assert note.decode(both.encode()).signatures[0] == stranger


def test_a_note_that_no_known_key_signed_proves_nothing() -> None:
    for known in ([], [BOB.verifier_key]):
        with pytest.raises(ProofInvalid):
            note.verify(note.sign("text\n", ALICE), known)


def test_one_bad_signature_of_a_known_key_spoils_the_note() -> None:
    good = note.sign("text\n", ALICE, BOB)
    bad = replace(good, signatures=(good.signatures[0], replace(good.signatures[1], value=b"x")))
    with pytest.raises(ProofInvalid):
        note.verify(bad, [ALICE.verifier_key, BOB.verifier_key])
    assert note.verify(bad, [ALICE.verifier_key]) == (ALICE.verifier_key,)


def test_a_signature_counts_once_and_only_for_its_text_and_key() -> None:
    signature = ALICE.sign("text\n")
    assert len(note.verify(Note("text\n", (signature,) * 3), [ALICE.verifier_key])) == 1
    assert not ALICE.verifier_key.has_signed("other\n", signature)
    assert not replace(ALICE.verifier_key, name="c").has_signed("text\n", signature)
    assert not VerifierKey("example.org/alice", b"short").has_signed("text\n", signature)


@pytest.mark.parametrize("text", ["", "text", "a\tb\n", "a\x7f\n\x00\n", "\ud800\n"])
def test_a_text_no_note_may_hold_is_not_signed(text: str) -> None:
    with pytest.raises(Malformed):
        note.sign(text, ALICE)


def test_what_would_not_be_read_back_is_not_written() -> None:
    signature = Signature("a", 1, b"value")
    for spoilt in (
        replace(signature, key_name="a b"),
        replace(signature, key_id=1 << 32),
        replace(signature, key_id=-1),
        replace(signature, value=b""),
        replace(signature, value=bytes(note.NOTE_LENGTH_MAX)),
    ):
        with pytest.raises(Malformed):
            Note("text\n", (spoilt,)).encode()
    with pytest.raises(Malformed):
        Note("text\n", ()).encode()


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann",
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("+c74f20a3+", "+c74f20a3"),
        GO_VKEY.replace("PeterNeumann", "Peter Neumann"),
        GO_VKEY.replace("PeterNeumann", ""),
        GO_VKEY.replace("PeterNeumann", "\ud800"),
        GO_VKEY + "=",
        GO_VKEY + "\n",
        GO_VKEY[:-4],
        GO_VKEY.replace("+ARpc", "+BRpc"),
        "PeterNeumann+c74f20a3+" + b64encode(b"\x01").decode(),
        "x" * note.VERIFIER_KEY_LENGTH_MAX + GO_VKEY,
    ],
)
def test_any_other_verifier_key_is_malformed(vkey: str) -> None:
    with pytest.raises(Malformed, match=r"^not a verifier key$"):
        note.decode_verifier_key(vkey)


def test_a_signing_key_shows_nothing_of_its_seed() -> None:
    shown = repr(ALICE) + str(ALICE)
    assert "a" * 8 not in shown
    assert (b"a" * 32).hex()[:8] not in shown
    for name, seed in (("a b", bytes(32)), ("a", bytes(31))):
        with pytest.raises(Malformed):
            SigningKey(name, seed)
