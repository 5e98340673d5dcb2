"""What the page that deletes a session shows: the reasons, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from aggregates.deletion import REMARK_LENGTH_MAX, DeletionReason

REASON_WORDS: Final[Mapping[DeletionReason, str]] = {
    DeletionReason.ENTERED_TWICE: "Entered twice",
    DeletionReason.DID_NOT_HAPPEN: "It did not happen",
    DeletionReason.WRONG_CLIENT: "Wrong client",
    DeletionReason.OTHER: "Another reason",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionForm:
    """One form, ready for its template."""

    form_id: UUID
    version: int
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    reasons: tuple[tuple[str, str], ...] = tuple(
        (choice.value, words) for choice, words in REASON_WORDS.items()
    )

    @property
    def first_error(self) -> str | None:
        """The field the cursor goes to."""
        return next((name for name in ("reason", "remark") if name in self.errors), None)


def typed_reason(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, to be shown again."""
    return {
        "reason": typed.get("reason", "")[:REMARK_LENGTH_MAX],
        "remark": typed.get("remark", "")[:REMARK_LENGTH_MAX],
    }
