"""What a session's form shows: values kept, errors beside their fields, and never a name."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from aggregates.alias import read_alias
from aggregates.hours.enrolment_entry import Track
from aggregates.refusal import FieldsRefused, RefusalCode, Refused
from aggregates.refusal_code import Code
from aggregates.session_entry import (
    Modality,
    Participants,
    Service,
    SessionEntry,
    as_fields,
)
from web.pages.entries.activity_words import Example, direct_help, examples
from web.pages.setup.own_setup import Choice, OwnSetup

FIELDS: Final = (
    *("date", "start", "minutes", "client", "supervision", "setting"),
    *("modality", "participants", "service"),
)
MINUTES_USUAL: Final = "50"
# What is shown again is cut to what the fields can hold, so no request makes a page grow.
_SHOWN_LENGTH_MAX: Final = 80

MODALITY_WORDS: Final[Mapping[Modality, str]] = {
    Modality.IN_PERSON: "In person",
    Modality.VIDEO: "Video",
    Modality.PHONE: "Phone",
}
PARTICIPANTS_WORDS: Final[Mapping[Participants, str]] = {
    Participants.INDIVIDUAL: "Individual",
    Participants.COUPLE: "Couple",
    Participants.FAMILY: "Family",
    Participants.CHILD: "Child",
    Participants.GROUP: "Group",
}

SERVICE_WORDS: Final[Mapping[Service, str]] = {
    Service.PSYCHOTHERAPY: "Psychotherapy",
    Service.ASSESSMENT: "Assessment or diagnosis",
    Service.OTHER_CLINICAL: "Other clinical work",
}

# Browsers show a calendar and a clock here, in the reader's own form: what is wrong is only that
# nothing whole was picked.
_FIELD_SENTENCES: Final[Mapping[Code, str]] = {
    RefusalCode.DATE_INVALID: "Please choose the day of the session.",
    RefusalCode.START_INVALID: "Please enter when the session started.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm:
    """One form, ready for its template."""

    form_id: UUID
    values: Mapping[str, str]
    version: int | None = None
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    settings: tuple[str, ...] = ()
    supervisions: tuple[Choice, ...] = ()
    services: tuple[tuple[str, str], ...] = ()
    help: str = ""
    examples: tuple[Example, ...] = ()
    has_hint: bool = False
    is_repeat: bool = False
    modalities: tuple[tuple[str, str], ...] = tuple(
        (choice.value, words) for choice, words in MODALITY_WORDS.items()
    )
    all_participants: tuple[tuple[str, str], ...] = tuple(
        (choice.value, words) for choice, words in PARTICIPANTS_WORDS.items()
    )

    @property
    def first_error(self) -> str | None:
        """The field the cursor goes to."""
        return next((name for name in FIELDS if name in self.errors), None)


def offering(form: EntryForm, own: OwnSetup) -> EntryForm:
    """Return the form with what the person may choose; a hint while nothing is stated."""
    if own.track is None:
        return replace(form, has_hint=True)
    is_social_work = own.track is Track.LCSW
    return replace(
        form,
        supervisions=own.choices,
        services=tuple((each.value, words) for each, words in SERVICE_WORDS.items())
        if is_social_work
        else (),
        help=direct_help(own.track),
        examples=examples(own.track),
        has_hint=not own.has_supervisions,
    )


def blank_values(
    date: dt.date, own: OwnSetup, last: SessionEntry | None, *, is_repeat: bool = False
) -> dict[str, str]:
    """Return a new session's values: the setting and the manner of the last one, no client.

    Where the last one is to be repeated, all of it but its day.
    """
    kept = {} if last is None else as_fields(last)
    if kept and is_repeat:
        return kept | {"date": date.isoformat()}
    return {
        "date": date.isoformat(),
        "start": "",
        "minutes": kept.get("minutes", MINUTES_USUAL),
        "client": "",
        "supervision": kept.get("supervision", "") or own.usual(date),
        "setting": kept.get("setting", ""),
        "modality": kept.get("modality", Modality.IN_PERSON.value),
        "participants": kept.get("participants", Participants.INDIVIDUAL.value),
        "service": kept.get("service", ""),
    }


def typed_values(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, to be shown again; a client only as initials or a code."""
    values = {name: typed.get(name, "")[:_SHOWN_LENGTH_MAX] for name in FIELDS}
    return values | {"client": _alias_or_nothing(typed.get("client", ""))}


def sentences(refused: FieldsRefused) -> dict[str, str]:
    """Return the sentence beside each field."""
    return {
        error.field: _FIELD_SENTENCES.get(error.code, error.sentence)
        for error in refused.errors
        if error.field is not None
    }


def settings_of(entries: Iterable[SessionEntry]) -> tuple[str, ...]:
    """Return the settings of these sessions, each once, to choose from."""
    return tuple(sorted({entry.setting.reveal() for entry in entries}))


def _alias_or_nothing(typed: str) -> str:
    try:
        return read_alias(typed)
    except Refused:
        return ""
