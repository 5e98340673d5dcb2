"""The history of an entry or of a statement as its page tells it, newest first."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from projections.entry_history import Difference, EntryChange, Kind
from web import calendar

Names: TypeAlias = Mapping[str, Callable[[UUID], str]]

_TITLES: Final[Mapping[Kind, str]] = {
    "logged": "Logged",
    "corrected": "Corrected",
    "deleted": "Deleted",
    "stated": "Changed",
    "fixed": "First day of weeks fixed",
    "noticed": "Notice by the supervisor",
}
_FIRST_STATED: Final = "Stated"
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
    changes: Sequence[EntryChange], words: Mapping[str, str], names: Names, zone: dt.tzinfo
) -> list[ChangeInWords]:
    """Return the changes; `words` are the names of the fields.

    `names` has the fields that a history tells by an id, each with what finds its name, which is
    empty for what is not known.
    """
    told: list[ChangeInWords] = []
    for change in reversed(changes):
        moment = calendar.local_time(change.recorded_at_us, zone)
        told.append(
            ChangeInWords(
                _title(change),
                f"{calendar.day_with_year(moment.date())}, {calendar.clock(moment)}",
                change.reason,
                tuple(_difference(each, words, names) for each in change.differences),
            )
        )
    return told


def _title(change: EntryChange) -> str:
    is_first = change.kind == "stated" and change.version == 1
    return _FIRST_STATED if is_first else _TITLES[change.kind]


def _difference(each: Difference, words: Mapping[str, str], names: Names) -> DifferenceInWords:
    before, after = each.before, each.after
    if each.field in names:
        named = names[each.field]
        before, after = _named(before, named), _named(after, named)
    return DifferenceInWords(words[each.field], before, after)


def _named(text: str, named: Callable[[UUID], str]) -> str:
    """Return the name of what a history tells by its id."""
    return named(UUID(text)) or "one that is not shown" if text else _NOT_CHOSEN
