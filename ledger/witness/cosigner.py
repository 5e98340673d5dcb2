"""Threads that have the newest checkpoint cosigned, one a witness; nothing waits for them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.asking import Asking, Say, Whom
from ledger.bundle.export import newest_note
from ledger.checkpoint import decode as decode_checkpoint
from ledger.cosignature import decode_lines
from ledger.errors import Malformed, ProofInvalid, Unavailable
from ledger.http_post import post
from ledger.policy import Policy, Witness
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, read_tree
from ledger.witness import stored
from ledger.witness.request import AddCheckpoint

TIMEOUT_S: Final = 10.0
LOOK_EVERY_S: Final = 1.0
RETRY_FIRST_S: Final = 2.0
RETRY_MAX_S: Final = 600.0
_CONFLICT: Final = 409

Lend = Callable[[], AbstractContextManager[Connection[TupleRow]]]


class Cosigners:
    """Asks each witness of a policy that has an address, until stopped."""

    def __init__(self, lend: Lend, policy: Policy | None, say: Say) -> None:
        """Take what lends connections of the service's role; `say` is told when one stalls."""
        witnesses = () if policy is None else policy.witnesses
        self._asked = {each.name: _asking(lend, each, say) for each in witnesses if each.url}

    def start(self) -> None:
        """Start the threads."""
        for each in self._asked.values():
            each.start()

    def stop(self) -> None:
        """End; a question under way is not waited for."""
        for each in self._asked.values():
            each.stop()

    def stalled(self) -> list[str]:
        """Return the names of the witnesses whose last answer was none."""
        return [name for name, each in self._asked.items() if each.is_failing]


def _asking(lend: Lend, witness: Witness, say: Say) -> Asking:
    def once() -> float:
        with lend() as connection:
            asked = next_request(connection, witness)
        if asked is not None:
            line_of = ask(witness, asked, lend)
            with lend() as connection:
                stored.add(connection, *line_of)
        return LOOK_EVERY_S

    whom = Whom(f"witness {witness.name}", "cosign", RETRY_FIRST_S, RETRY_MAX_S)
    return Asking(whom, once, say)


def next_request(connection: Connection[TupleRow], witness: Witness) -> AddCheckpoint | None:
    """Return what to ask a witness for, None while it has cosigned the newest checkpoint."""
    try:
        note = newest_note(connection)
    except Unavailable:
        return None
    last = stored.last_size(connection, witness.key)
    if last >= decode_checkpoint(note.text).size:
        return None
    return request_from(connection, last)


def request_from(connection: Connection[TupleRow], old_size: int) -> AddCheckpoint:
    """Return the request for the newest checkpoint, from a size a witness has.

    Raises `ProofInvalid` when the witness has seen more than there is.
    """
    note = newest_note(connection)
    size = decode_checkpoint(note.text).size
    if old_size > size:
        raise ProofInvalid("it has cosigned more than is here: is this database an older one?")
    reader = TileReader(connection, ROOT_LOG, read_tree(connection, ROOT_LOG))
    hashes = tiles.consistency_proof(old_size, size, reader) if old_size else []
    return AddCheckpoint(old_size, tuple(hashes), note)


def ask(witness: Witness, asked: AddCheckpoint, lend: Lend) -> tuple[int, stored.Signature]:
    """Have a checkpoint cosigned; returns its size and the cosignature, verified.

    A witness that knows another size than we thought is asked once more, from there. Raises
    `Unavailable` when there is no answer, `ProofInvalid` for a refusal or a wrong cosignature.
    """
    address = f"{witness.url}/add-checkpoint"
    status, body = post(address, asked.encode(), TIMEOUT_S)
    if status == _CONFLICT:
        with lend() as connection:
            asked = request_from(connection, _size(body))
        status, body = post(address, asked.encode(), TIMEOUT_S)
    if status != 200:  # noqa: PLR2004 -- HTTP's
        raise ProofInvalid(f"it refused with status {status}; see docs/runbook.md, Witnesses")
    try:
        lines = decode_lines(asked.note.text, body)
    except Malformed:
        raise ProofInvalid("its answer is not a cosignature") from None
    for line in lines:
        if (line.key_name, line.key_id) == (witness.key.name, witness.key.key_id):
            witness.key.verify(asked.note.text, line)
            return asked.checkpoint.size, line
    raise ProofInvalid("its answer is not a cosignature of its own")


def _size(body: bytes) -> int:
    text = body.decode("ascii", "replace").removesuffix("\n")
    if not (text.isascii() and text.isdigit() and len(text) < len(str(1 << 63))):
        raise ProofInvalid("its answer is not a size")
    return int(text)
