"""Opens a witness's folder: its key is made the first time and never leaves it."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from ledger.clock import Clock
from ledger.cosignature import CosigningKey
from ledger.errors import Malformed, SettingsInvalid
from ledger.keys.files import private_folder, read_private, wipe, write_once
from ledger.note import KEY_LENGTH, decode_verifier_key
from ledger.witness.witness import Witness


def open_witness(
    folder: Path, name: str, vkeys: Sequence[str], clock: Clock
) -> tuple[Witness, CosigningKey]:
    """Return the witness of this folder and its key. Raises `SettingsInvalid`, `KeyFileUnsafe`."""
    try:
        logs = {key.name: key for key in map(decode_verifier_key, vkeys)}
    except Malformed:
        raise SettingsInvalid(
            "a log's key is not a vkey: copy the log line of its policy"
        ) from None
    private_folder(folder)
    place = folder / "key"
    seed = read_private(place)
    if seed is None:
        write_once(place, secrets.token_bytes(KEY_LENGTH))
        seed = read_private(place)
    try:
        key = CosigningKey(name, bytes(seed or b""))
    except Malformed:
        raise SettingsInvalid(
            "not a witness's name or key: no spaces or plus in --name, and restore the folder's key"
        ) from None
    finally:
        wipe(seed or bytearray())
    return Witness(folder, key, logs, clock), key
