"""The manifest as it was when migrations were applied, signed with the ledger's own key.

The note (C2SP signed-note) names the manifest by its hash, and lists what is particular to this
installation: superusers, members of our roles, extensions. Its key is the ledger's under a name of
its own, so that no checkpoint can be taken for it.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from ledger import note as notes
from ledger.drift import manifest
from ledger.drift.catalogue import HERE, Fact, decode, read_facts
from ledger.drift.manifest import Layout, databases
from ledger.errors import LedgerError
from ledger.keys.files import refuse_others, replace_file
from ledger.note import VerifierKey
from ledger.postgres.connect import Database, Role
from ledger.postgres.settings import Settings
from ledger.seal_log.signer import SIGNER_FOLDER, make_signing_key

FILE: Final = "catalogue"
_FIRST_LINE: Final = "therapist-os/catalogue/v1"
_BYTES_MAX: Final = 1_000_000


class Signed(msgspec.Struct, frozen=True):
    """What the note says: the manifest's hash, and the facts that are particular to this place."""

    manifest_sha256: str
    here: dict[Layout, frozenset[Fact]]

    @property
    def sha256(self) -> bytes:
        """The hash of the text that is signed."""
        return sha256(_encode(self).encode()).digest()


def sign_catalogue(database: Database, settings: Settings) -> Signed:
    """Sign the manifest with what is particular to this place now; returns what was signed.

    Raises `KeyFileUnsafe` as the signer does, `Unavailable` when the database is away.
    """
    signed = read_catalogue(database)
    sign(signed, settings)
    return signed


def read_catalogue(database: Database) -> Signed:
    """Return what would be signed now."""
    here: dict[Layout, frozenset[Fact]] = {}
    for layout, place in databases(database):
        with place.connect(Role.CHECKER) as connection:
            here[layout] = frozenset(f for f in read_facts(connection) if f.kind == HERE)
    return Signed(manifest.hash_of(here), here)


def sign(signed: Signed, settings: Settings) -> None:
    """Sign this."""
    key = make_signing_key(settings.data_dir, settings.ledger_name, _key_name(settings))
    replace_file(_path(settings), notes.sign(_encode(signed), key).encode())


def read_signed(settings: Settings, key: VerifierKey | None) -> Signed | None:
    """Return what was signed, None for no note, or one that this ledger's key has not signed."""
    try:
        path = _path(settings)
        refuse_others(path.lstat())
        if key is None or path.stat().st_size > _BYTES_MAX:
            return None
        note = notes.decode(path.read_bytes())
        notes.verify(note, [VerifierKey(_key_name(settings), key.public_key)])
        return _decode(note.text.splitlines())
    except (OSError, ValueError, LedgerError):
        return None


def _encode(signed: Signed) -> str:
    lines = [_FIRST_LINE, signed.manifest_sha256]
    for layout, facts in signed.here.items():
        lines += [f"{layout} {fact.encode()}" for fact in sorted(facts)]
    return "".join(f"{line}\n" for line in lines)


def _decode(lines: Sequence[str]) -> Signed:
    first, manifest_sha256, *rest = lines
    if first != _FIRST_LINE:
        raise ValueError(first)
    here = {layout: frozenset(_of(layout, rest)) for layout in Layout}
    return Signed(manifest_sha256, here)


def _of(layout: Layout, lines: Iterable[str]) -> Iterable[Fact]:
    mark = f"{layout} "
    return decode("\n".join(each.removeprefix(mark) for each in lines if each.startswith(mark)))


def _key_name(settings: Settings) -> str:
    return f"{settings.ledger_name}/catalogue"


def _path(settings: Settings) -> Path:
    return settings.data_dir / SIGNER_FOLDER / FILE
