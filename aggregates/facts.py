"""What all facts have in common: frozen, compact, strict, and silent about their content."""

from typing import Any

import msgspec


class Silent(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True
):
    """A value whose repr tells its type only: a date and a length are health data too (I11).

    Stored as a MessagePack array in field order, so names may change freely; an optional field
    may be added at the end, and nothing else may ever change (tests/golden/facts.txt).
    """

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class SealedFact(Silent, frozen=True, kw_only=True):
    """A fact whose stored body is encrypted under its stream's record key."""


class ClearFact(Silent, frozen=True, kw_only=True):
    """A fact stored in the clear: by construction it has ids, hashes, figures and choices only."""
