"""What an activity's form shows: values kept, errors beside their fields, help at each kind."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from aggregates.hours.activity_entry import ActivityEntry, ActivityKind, activity_fields
from aggregates.hours.fields import TEXT_LENGTH_MAX
from aggregates.session_entry import Modality
from web.pages.entries.activity_words import Example, KindHelp, examples, kinds_of
from web.pages.entries.entry_form import MODALITY_WORDS
from web.pages.setup.own_setup import Choice, OwnSetup

FIELDS: Final = (
    *("date", "length", "kind", "supervision"),
    *("modality", "supervisees", "segments", "title"),
)
LENGTH_USUAL: Final = "60"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityForm:
    """One form, ready for its template; without a setup there is nothing to choose from."""

    form_id: UUID
    values: Mapping[str, str]
    version: int | None = None
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    supervisions: tuple[Choice, ...] = ()
    kinds: tuple[KindHelp, ...] = ()
    examples: tuple[Example, ...] = ()
    is_repeat: bool = False
    modalities: tuple[tuple[str, str], ...] = tuple(
        (choice.value, words) for choice, words in MODALITY_WORDS.items()
    )

    @property
    def first_error(self) -> str | None:
        """The field the cursor goes to."""
        return next((name for name in FIELDS if name in self.errors), None)

    @property
    def has_choices(self) -> bool:
        """Whether an activity can be logged at all."""
        return bool(self.supervisions and self.kinds)


def offering(form: ActivityForm, own: OwnSetup) -> ActivityForm:
    """Return the form with what the person may choose."""
    if own.track is None:
        return form
    return replace(
        form,
        supervisions=own.choices,
        kinds=kinds_of(own.track, form.values["kind"]),
        examples=examples(own.track),
    )


def blank_activity(
    date: dt.date, own: OwnSetup, last: ActivityEntry | None, *, is_repeat: bool
) -> dict[str, str]:
    """Return a new activity's values: an hour of supervision, or the last one once more."""
    kept = activity_fields(last) if last is not None else {}
    values = dict.fromkeys(FIELDS, "") | {
        "length": LENGTH_USUAL,
        "kind": ActivityKind.SUPERVISION_INDIVIDUAL.value,
        "modality": kept.get("modality") or Modality.IN_PERSON.value,
        "supervision": kept.get("supervision") or own.usual(date),
    }
    again = kept if is_repeat else {}
    return (
        values
        | {name: value for name, value in again.items() if value}
        | {"date": date.isoformat()}
    )


def typed_activity(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, to be shown again."""
    return {name: typed.get(name, "")[:TEXT_LENGTH_MAX] for name in FIELDS}
