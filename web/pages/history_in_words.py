"""The history of an entry as its page tells it, newest first."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from projections.entry_history import Difference, EntryChange
from web import calendar
from web.pages.own_setup import OwnSetup

_TITLES: Final = {"logged": "Logged", "corrected": "Corrected", "deleted": "Deleted"}
_SUPERVISION: Final = "supervision"
_NOT_CHOSEN: Final = "none chosen"


@dataclass(frozen=True, slots=True)
class DifferenceInWords:
    """One field before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """One version of the entry's story."""

    title: str
    moment: str
    reason: str | None
    differences: tuple[DifferenceInWords, ...]


def history_in_words(
    changes: Sequence[EntryChange], words: Mapping[str, str], own: OwnSetup, zone: dt.tzinfo
) -> list[ChangeInWords]:
    """Return the changes; `words` are the names of the fields."""
    told: list[ChangeInWords] = []
    for change in reversed(changes):
        moment = calendar.local_time(change.recorded_at_us, zone)
        told.append(
            ChangeInWords(
                _TITLES[change.kind],
                f"{calendar.day_with_year(moment.date())}, {calendar.clock(moment)}",
                change.reason,
                tuple(_difference(each, words, own) for each in change.differences),
            )
        )
    return told


def _difference(each: Difference, words: Mapping[str, str], own: OwnSetup) -> DifferenceInWords:
    before, after = each.before, each.after
    if each.field == _SUPERVISION:
        before, after = _supervision(before, own), _supervision(after, own)
    return DifferenceInWords(words[each.field], before, after)


def _supervision(text: str, own: OwnSetup) -> str:
    """Return the name of a supervision that a history tells by its id."""
    return own.label(UUID(text)) or "one that is not shown" if text else _NOT_CHOSEN
