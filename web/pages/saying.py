"""Sentences that several pages tell: of what was not saved, and of what does not show yet."""

from typing import Final

from ledger.errors import Busy, Quarantined, Unavailable

NOT_SAVED: Final = (
    "We could not reach the ledger, so this may not be saved yet."
    " Please press the button again: it is never logged twice."
)
CLOSED: Final = (
    "The ledger is closed for writing until a fault is explained, so this is not saved."
    " Please keep a note of it, and tell your practice owner."
)
NOT_SHOWN_YET: Final = "Saved. It will appear here in a moment; please reload the page."


def not_saved(error: Busy | Quarantined | Unavailable) -> str:
    """Return what stands above a form that was kept and not saved."""
    return CLOSED if isinstance(error, Quarantined) else NOT_SAVED
