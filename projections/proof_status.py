"""The proof status of events: what the ledger proves of each, and what is left of its body."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from aggregates.disclosure import DISCLOSABLE
from aggregates.shredding import KeyShredded
from ledger import reader
from ledger.event_proof import EventProof, EventProver
from ledger.ids import shredding_stream
from ledger.note import VerifierKey
from ledger.reader import Keys, Reading, Shredded
from projections.opening import open_facts
from projections.replay import Replayed


class BodyState(StrEnum):
    """What an auditor can read of a body, in the words of the auditors' verifier.

    Readable is what is clear, or sealed and of a kind that may be disclosed to the Board; sealed
    is what may not. `GONE` is what no valid ledger has for longer than a moment: the key is
    destroyed, and no event says so.
    """

    READABLE = "readable"
    SEALED = "sealed"
    SHREDDED = "shredded"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ProofStatus:
    """What is proven of one event, and what an auditor can read of it."""

    proof: EventProof
    body: BodyState

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the event."""
        return self.proof.holds and self.body is not BodyState.GONE


class ProofStatuses:
    """Tells the status of events of one practice; good for one connection, events in log order."""

    def __init__(
        self, keys: Keys, connection: Reading, practice_id: UUID, signer: VerifierKey | None
    ) -> None:
        """Read what `signer` has signed, None for nobody, and which destructions are on record."""
        self._prover = EventProver(connection, practice_id, signer)
        entries = reader.stream(connection, practice_id, shredding_stream(practice_id))
        facts = open_facts(entries, keys)
        self._on_record = {fact.key_id for fact in facts if isinstance(fact, KeyShredded)}

    def of(self, events: Sequence[Replayed]) -> list[ProofStatus]:
        """Return the status of each event."""
        proofs = self._prover.prove([event.entry for event in events])
        return [
            ProofStatus(proof, self._body(event))
            for proof, event in zip(proofs, events, strict=True)
        ]

    def _body(self, event: Replayed) -> BodyState:
        entry, fact = event.entry, event.fact
        if isinstance(fact, Shredded):
            return BodyState.SHREDDED if fact.key_id in self._on_record else BodyState.GONE
        is_readable = entry.key_id is None or entry.type in DISCLOSABLE
        return BodyState.READABLE if is_readable else BodyState.SEALED
