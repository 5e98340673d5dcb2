"""Signed notes (C2SP signed-note) with Ed25519: text that one or more named keys have signed."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import Malformed, ProofInvalid

# The limits of Go's note package: what we accept or write, it accepts.
NOTE_LENGTH_MAX = 1_000_000
SIGNATURES_MAX = 100
VERIFIER_KEY_LENGTH_MAX = 1_000
KEY_LENGTH = 32

_ED25519 = b"\x01"
_KEY_ID_LENGTH = 4
_KEY_ID_MAX = (1 << 8 * _KEY_ID_LENGTH) - 1
_SIGNATURE_MARK = "\u2014"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who claims to have signed, and `value`, the bytes after the key id."""

    key_name: str
    key_id: int
    value: bytes

    def encode(self) -> str:
        """Return the line. Raises `Malformed` for a line no note may hold."""
        if not (is_key_name(self.key_name) and 0 <= self.key_id <= _KEY_ID_MAX and self.value):
            raise Malformed("not a signature of a note")
        packed = self.key_id.to_bytes(_KEY_ID_LENGTH, "big") + self.value
        return f"{_SIGNATURE_MARK} {self.key_name} {b64encode(packed).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, its last newline included, and its signatures, of known and unknown keys alike."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """Return the note's bytes. Raises `Malformed` for what would not be a note."""
        if not is_text(self.text) or not 1 <= len(self.signatures) <= SIGNATURES_MAX:
            raise Malformed("not a signed note")
        lines = "".join(signature.encode() for signature in self.signatures)
        raw = f"{self.text}\n{lines}".encode()
        if len(raw) > NOTE_LENGTH_MAX:
            raise Malformed("not a signed note")
        return raw


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and an Ed25519 public key of 32 bytes: what a verifier must know beforehand."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> int:
        """The first four bytes of SHA-256 over name, newline, type and key (signed-note)."""
        hashed = sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()
        return int.from_bytes(hashed[:_KEY_ID_LENGTH], "big")

    def encode(self) -> str:
        """Return the key as a vkey, `<name>+<key id in hex>+<base64 of type and key>`.

        Raises `Malformed` for a name or key no vkey may hold.
        """
        if not is_key_name(self.name) or len(self.public_key) != KEY_LENGTH:
            raise Malformed("not a verifier key")
        return f"{self.name}+{self.key_id:08x}+{b64encode(_ED25519 + self.public_key).decode()}"

    def has_signed(self, text: str, signature: Signature) -> bool:
        """Tell whether the signature is this key's, of exactly this text."""
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(signature.value, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return (signature.key_name, signature.key_id) == (self.name, self.key_id)


class SigningKey:
    """A name and an Ed25519 private key; shows and stores nothing of the latter."""

    __slots__ = ("_private_key", "verifier_key")

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the key's 32-byte seed (RFC 8032 section 5.1.5). Raises `Malformed`."""
        if not is_key_name(name) or len(seed) != KEY_LENGTH:
            raise Malformed("not a signing key")
        self._private_key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier_key = VerifierKey(name, self._private_key.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Return this key's signature of the text. Raises `Malformed` for what no note may hold."""
        if not is_text(text):
            raise Malformed("not the text of a note")
        value = self._private_key.sign(text.encode())
        return Signature(self.verifier_key.name, self.verifier_key.key_id, value)


def sign(text: str, *keys: SigningKey) -> Note:
    """Return the note of this text with one signature a key, in their order."""
    return Note(text, tuple(key.sign(text) for key in keys))


def decode(raw: bytes) -> Note:
    """Read a note strictly, signatures unverified: it must encode to the same bytes.

    Raises `Malformed` for anything else, always the same error.
    """
    try:
        note = _decode(raw)
        again = note.encode()
    except (ValueError, Malformed) as error:
        raise Malformed("not a signed note") from error
    if again != raw:
        raise Malformed("not a signed note")
    return note


def verify(note: Note, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return which of these keys have signed the note; signatures of other keys are ignored.

    Raises `ProofInvalid` when none has, and when a line in the name and id of one of them does
    not verify.
    """
    known = {(key.name, key.key_id): key for key in keys}
    signers: list[VerifierKey] = []
    for signature in note.signatures:
        key = known.get((signature.key_name, signature.key_id))
        if key is None or key in signers:
            continue
        if not key.has_signed(note.text, signature):
            raise ProofInvalid("a signature of a known key does not verify")
        signers.append(key)
    if not signers:
        raise ProofInvalid("no known key has signed the note")
    return tuple(signers)


def decode_verifier_key(vkey: str) -> VerifierKey:
    """Read a vkey of an Ed25519 key strictly. Raises `Malformed`, always the same error."""
    if len(vkey) > VERIFIER_KEY_LENGTH_MAX:
        raise Malformed("not a verifier key")
    try:
        name, _key_id, encoded = vkey.split("+", 2)
        key = VerifierKey(name, b64decode(encoded, validate=True)[len(_ED25519) :])
        again = key.encode()
    except (ValueError, Malformed) as error:
        raise Malformed("not a verifier key") from error
    if again != vkey:
        raise Malformed("not a verifier key")
    return key


def is_key_name(name: str) -> bool:
    """Tell whether a key may have this name: no space of any kind, no plus, not empty."""
    return name != "" and _is_utf8_without_controls(name) and not any(map(_is_barred, name))


def is_text(text: str) -> bool:
    """Tell whether a note may have this text: lines of UTF-8, each ended, without controls."""
    return text.endswith("\n") and _is_utf8_without_controls(text.replace("\n", ""))


def _is_barred(character: str) -> bool:
    return character == "+" or character.isspace()


def _is_utf8_without_controls(text: str) -> bool:
    try:
        return min(text.encode(), default=ord(" ")) >= ord(" ")
    except UnicodeEncodeError:
        return False


def _decode(raw: bytes) -> Note:
    if len(raw) > NOTE_LENGTH_MAX:
        raise ValueError
    text, blank, block = raw.decode().rpartition("\n\n")
    lines = block.split("\n")
    if not blank or len(lines) > SIGNATURES_MAX + 1:
        raise ValueError
    return Note(text + "\n", tuple(map(_decode_signature, lines[:-1])))


def _decode_signature(line: str) -> Signature:
    _mark, name, encoded = line.split(" ")
    packed = b64decode(encoded, validate=True)
    key_id = int.from_bytes(packed[:_KEY_ID_LENGTH], "big")
    return Signature(name, key_id, packed[_KEY_ID_LENGTH:])
