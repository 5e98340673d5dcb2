"""Threads that have the newest checkpoint cosigned, one a witness; nothing waits for them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event, Thread
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.bundle.export import newest_note
from ledger.checkpoint import decode as decode_checkpoint
from ledger.cosignature import decode_lines
from ledger.errors import LedgerError, Malformed, ProofInvalid, Unavailable
from ledger.policy import Policy, Witness
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, read_tree
from ledger.witness import stored
from ledger.witness.request import AddCheckpoint

ANSWER_BYTES_MAX: Final = 64 * 1024
TIMEOUT_S: Final = 10.0
LOOK_EVERY_S: Final = 1.0
RETRY_FIRST_S: Final = 2.0
RETRY_MAX_S: Final = 600.0
_CONFLICT: Final = 409

Lend = Callable[[], AbstractContextManager[Connection[TupleRow]]]
Say = Callable[[str], object]


class Cosigners:
    """Asks each witness of a policy that has an address, until stopped."""

    def __init__(self, lend: Lend, policy: Policy | None, say: Say) -> None:
        """Take what lends connections of the service's role; `say` is told when one stalls."""
        witnesses = () if policy is None else policy.witnesses
        self._each = [_Cosigner(lend, each, say) for each in witnesses if each.url]

    def start(self) -> None:
        """Start the threads."""
        for each in self._each:
            each.thread.start()

    def stop(self) -> None:
        """End; a question under way is not waited for."""
        for each in self._each:
            each.stopping.set()

    def stalled(self) -> list[str]:
        """Return the names of the witnesses whose last answer was none."""
        return [each.witness.name for each in self._each if each.is_stalled]


class _Cosigner:
    def __init__(self, lend: Lend, witness: Witness, say: Say) -> None:
        self.witness = witness
        self.is_stalled = False
        self.stopping = Event()
        self.thread = Thread(target=self._run, name=f"cosigner-{witness.name}", daemon=True)
        self._lend = lend
        self._say = say

    def _run(self) -> None:
        retry_s = RETRY_FIRST_S
        while True:
            try:
                with self._lend() as connection:
                    asked = next_request(connection, self.witness)
                if asked is not None:
                    line_of = ask(self.witness, asked, self._lend)
                    with self._lend() as connection:
                        stored.add(connection, *line_of)
            except (LedgerError, psycopg.Error) as error:
                self._tell(is_stalled=True, why=error)
                wait_s, retry_s = retry_s, min(retry_s * 2, RETRY_MAX_S)
            else:
                self._tell(is_stalled=False)
                wait_s, retry_s = LOOK_EVERY_S, RETRY_FIRST_S
            if self.stopping.wait(wait_s):
                return

    def _tell(self, *, is_stalled: bool, why: Exception | None = None) -> None:
        if is_stalled != self.is_stalled:
            name = self.witness.name
            reason = why if isinstance(why, LedgerError) else "the database does not answer"
            self._say(
                f"witness {name} does not cosign: {reason}; epochs go on without it"
                if is_stalled
                else f"witness {name} cosigns again"
            )
        self.is_stalled = is_stalled


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
    status, body = _post(witness, asked.encode())
    if status == _CONFLICT:
        with lend() as connection:
            asked = request_from(connection, _size(body))
        status, body = _post(witness, asked.encode())
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


def _post(witness: Witness, body: bytes) -> tuple[int, bytes]:
    request = Request(f"{witness.url}/add-checkpoint", body)  # noqa: S310 -- the policy's scheme was checked
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 -- as above
            status, raw = answer.status, answer.read(ANSWER_BYTES_MAX + 1)
    except HTTPError as refusal:
        status, raw = refusal.code, refusal.read(ANSWER_BYTES_MAX + 1)
    except (URLError, OSError, ValueError):
        raise Unavailable("it does not answer") from None
    if len(raw) > ANSWER_BYTES_MAX:
        raise ProofInvalid("its answer is too long")
    return status, raw
