"""A form of the setup: groups of fields, each with help in plain words and its statute."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from aggregates.bbs.rule import Check
from aggregates.bbs.rules import rule_for
from aggregates.hours.enrolment_entry import Track
from aggregates.hours.fields import TEXT_LENGTH_MAX
from aggregates.hours.refusals import HoursCode
from aggregates.refusal import FieldsRefused
from aggregates.refusal_code import Code
from web.pages.setup.restating import AGREED, Moves

TRACK_WORDS: Final[Mapping[Track, str]] = {
    Track.LMFT: "LMFT",
    Track.LPCC: "LPCC",
    Track.LCSW: "LCSW",
}
# Browsers show a calendar here, in the reader's own form.
_SENTENCES: Final[Mapping[Code, str]] = {
    HoursCode.DAY_INVALID: "Please choose the whole day: day, month and year.",
    HoursCode.SETTING_UNKNOWN: "Please choose one of your work settings, or add it first.",
}


class Shape(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    DAY = "day"
    CHOICE = "choice"
    SELECT = "select"
    BOX = "box"


class Option(NamedTuple):
    """One of several answers, with what it means where the words alone do not say it."""

    value: str
    words: str
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question; the rule it matters for is named by `check`."""

    name: str
    label: str
    shape: Shape
    help: str = ""
    check: Check | None = None
    options: tuple[Option, ...] = ()
    is_needed: bool = False
    length_max: int = TEXT_LENGTH_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that belong together."""

    legend: str
    fields: tuple[Field, ...]
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedForm:
    """One form, ready for its template; without a track, a citation is given for each.

    With `moves` of signed weeks it asks whether they shall be signed again.
    """

    form_id: UUID
    groups: tuple[Group, ...]
    values: Mapping[str, str]
    track: Track | None = None
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    moves: Moves = field(default_factory=Moves)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in the order in which they stand."""
        return tuple(each.name for group in self.groups for each in group.fields)

    @property
    def first_error(self) -> str | None:
        """The field the cursor goes to."""
        return next((name for name in self.names if name in self.errors), None)

    @property
    def is_agreed(self) -> bool:
        """Whether what is asked was answered with yes."""
        return self.moves.is_agreed(self.values.get(AGREED))

    def value(self, name: str) -> str:
        """Return what a field holds."""
        return self.values.get(name, "")

    def citation(self, asked: Field) -> str:
        """Return where the law says it, empty where no rule asks for it."""
        return "" if asked.check is None else cited(asked.check, self.track)


def cited(check: Check, track: Track | None) -> str:
    """Return where the law says it, for one track or for all: `BPC 4980.43(c)(6)`."""
    tracks = Track if track is None else (track,)
    found: dict[str, list[str]] = {}
    for each in tracks:
        rule = rule_for(check, each)
        if rule is not None:
            found.setdefault(code_named(rule.citations[each]), []).append(TRACK_WORDS[each])
    if len(found) == 1 and (track is not None or len(next(iter(found.values()))) == len(Track)):
        return next(iter(found))
    return "; ".join(f"{', '.join(tracks)}: {citation}" for citation, tracks in found.items())


def code_named(citation: str) -> str:
    """Return a citation with its code; a bare section is one of the BPC."""
    return citation if citation[0].isdigit() and " CCR " in citation else f"BPC {citation}"


def typed(form: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Return what was typed, to be shown again: cut, so that no request makes a page grow."""
    return {name: form.get(name, "")[:TEXT_LENGTH_MAX] for name in names}


def sentences_of(refused: FieldsRefused) -> dict[str, str]:
    """Return the sentence beside each field."""
    return {
        error.field: _SENTENCES.get(error.code, error.sentence)
        for error in refused.errors
        if error.field is not None
    }
