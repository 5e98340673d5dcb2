"""Checkpoints (C2SP tlog-checkpoint): the text that names a log, its size and its root."""

from base64 import b64decode, b64encode
from dataclasses import dataclass

from ledger.errors import Malformed
from ledger.merkle import HASH_LENGTH, SIZE_MAX
from ledger.note import is_key_name, is_text

ORIGIN_LENGTH_MAX = 255
EXTENSIONS_MAX = 16
TEXT_LENGTH_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's origin, size in leaves and root of 32 bytes; extension lines, which we never write.

    Raises `Malformed` when made from anything a checkpoint may not hold.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        text = self.encode()
        if not (
            all(line and "\n" not in line for line in (self.origin, *self.extensions))
            and len(self.extensions) <= EXTENSIONS_MAX
            and is_text(text)
            and len(text) <= TEXT_LENGTH_MAX
            and 0 <= self.size <= SIZE_MAX
            and len(self.root) == HASH_LENGTH
        ):
            raise Malformed("not a checkpoint")

    def encode(self) -> str:
        """Return the note text: one line each, the last one ended too."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def decode(text: str) -> Checkpoint:
    """Read a checkpoint's note text strictly: it must encode to the same text.

    Raises `Malformed` for anything else, always the same error.
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise Malformed("not a checkpoint")
    try:
        origin, size, root, *extensions, _end = text.split("\n")
        checkpoint = Checkpoint(
            origin, int(size), b64decode(root, validate=True), tuple(extensions)
        )
    except ValueError as error:
        raise Malformed("not a checkpoint") from error
    if checkpoint.encode() != text:
        raise Malformed("not a checkpoint")
    return checkpoint


def is_origin(origin: str) -> bool:
    """Tell whether one of our own logs may have this origin.

    It is its key's name too: 1 to 255 characters of ASCII without space, plus or control.
    """
    is_ascii = origin.isascii() and origin.isprintable()
    return is_ascii and is_key_name(origin) and len(origin) <= ORIGIN_LENGTH_MAX
