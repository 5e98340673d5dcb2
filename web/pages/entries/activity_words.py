"""Where hours belong, in plain words: each kind of activity, its column, its statute, examples."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from aggregates.bbs.columns import Column, Placement, column_of
from aggregates.bbs.history import Recorded
from aggregates.bbs.rule import Check
from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment_entry import Track
from ledger.ids import NIL
from web.pages.setup.stated_form import cited

KIND_WORDS: Final[Mapping[ActivityKind, str]] = {
    ActivityKind.SUPERVISION_INDIVIDUAL: "Supervision, individual",
    ActivityKind.SUPERVISION_TRIADIC: "Supervision, triadic",
    ActivityKind.SUPERVISION_GROUP: "Supervision, group",
    ActivityKind.ADVOCACY: "Client-centered advocacy",
    ActivityKind.NOTES: "Notes and reports",
    ActivityKind.TESTING: "Psychological testing",
    ActivityKind.WORKSHOP: "Workshop or training",
    ActivityKind.CONSULTATION: "Consultation",
    ActivityKind.RESEARCH: "Research",
}
_MEANINGS: Final[Mapping[ActivityKind, str]] = {
    ActivityKind.SUPERVISION_INDIVIDUAL: "You and your supervisor, alone. One hour is one unit.",
    ActivityKind.SUPERVISION_TRIADIC: (
        "Your supervisor with you and one other supervisee. One hour is one unit."
    ),
    ActivityKind.SUPERVISION_GROUP: (
        "Your supervisor with up to eight of you. Two hours are one unit, in parts of at least an"
        " hour."
    ),
    ActivityKind.ADVOCACY: (
        "Getting a client services or support: a call to their insurer, a referral, finding a"
        " program."
    ),
    ActivityKind.NOTES: "Writing progress or process notes, and clinical reports.",
    ActivityKind.TESTING: "Giving, scoring and writing up psychological tests.",
    ActivityKind.WORKSHOP: (
        "A workshop, seminar, training or conference that your supervisor approved. Needs no"
        " supervision that week."
    ),
    ActivityKind.CONSULTATION: "Talking a case over with another professional.",
    ActivityKind.RESEARCH: "Clinical research, as your supervisor assigned it.",
}
_CHECKS: Final[Mapping[ActivityKind, Check]] = {
    ActivityKind.SUPERVISION_INDIVIDUAL: Check.UNIT_ALONE,
    ActivityKind.SUPERVISION_TRIADIC: Check.UNIT_TRIADIC,
    ActivityKind.SUPERVISION_GROUP: Check.UNIT_GROUP,
    ActivityKind.WORKSHOP: Check.WORKSHOP,
}
_DIRECT_WORDS: Final[Mapping[Track, str]] = {
    Track.LMFT: "With couples, families and children it stands in A1, too.",
    Track.LPCC: "There is no column A1 for this licence.",
    Track.LCSW: "Individual or group psychotherapy stands in A1, too; say below what you did.",
}
_DAY: Final = dt.date(2026, 1, 1)


class KindHelp(NamedTuple):
    """One kind as the form offers it."""

    value: str
    words: str
    meaning: str
    columns: str
    citation: str


@dataclass(frozen=True, slots=True)
class Example:
    """Something people ask about, where it goes, and why."""

    asked: str
    answer: str
    reason: str
    counts: bool = True


def kinds_of(track: Track, chosen: str = "") -> tuple[KindHelp, ...]:
    """Return the kinds that stand in a column of the track, and the one that was chosen."""
    return tuple(
        KindHelp(
            kind.value,
            words,
            _meaning(track, kind),
            columns_in_words(placement_of(track, kind)),
            cited(_CHECKS.get(kind, Check.NON_CLINICAL), track),
        )
        for kind, words in KIND_WORDS.items()
        if placement_of(track, kind).columns or kind.value == chosen
    )


def placement_of(track: Track, kind: ActivityKind) -> Placement:
    """Return where a kind of activity stands."""
    entry = ActivityEntry(date=_DAY, minutes=1, kind=kind, supervision_id=NIL)
    return column_of(track, Recorded(NIL, entry))


def columns_in_words(placement: Placement) -> str:
    """Return `B`, `B and B1`, or `no column`."""
    names = [column.value for column in Column if column in placement.columns]
    return " and ".join(names) or "no column"


def direct_help(track: Track) -> str:
    """Return where a session stands."""
    check = Check.PSYCHOTHERAPY if track is Track.LCSW else Check.DIRECT
    return f"A session is direct work: column A. {_DIRECT_WORDS[track]} {cited(check, track)}"


def examples(track: Track) -> tuple[Example, ...]:
    """Return what people ask about most, for one track."""
    law = cited(Check.NON_CLINICAL, track)
    advocacy = columns_in_words(placement_of(track, ActivityKind.ADVOCACY))
    notes = placement_of(track, ActivityKind.NOTES)
    doubt = f" {notes.doubt.sentence}" if notes.doubt else ""
    return (
        Example(
            "An insurance or referral call for a client",
            f"{advocacy}, client-centered advocacy",
            f"It gets the client services or support. {law}",
        ),
        Example(
            "Writing notes after a session",
            f"{columns_in_words(notes)}, notes and reports",
            f"Not part of the session itself.{doubt} {law}",
        ),
        _teacher(track, law),
        Example(
            "A telehealth session",
            "A, like any session",
            "Video or phone is how you met, never a category of its own.",
        ),
        *_uncounted(law),
    )


def _uncounted(law: str) -> tuple[Example, ...]:
    return (
        Example(
            "Watching a colleague's session",
            "Does not count",
            f"The statute does not name it. {law}",
            counts=False,
        ),
        Example(
            "A staff meeting",
            "Does not count",
            f"It is neither supervision nor for a client. {law}",
            counts=False,
        ),
        Example(
            "Your own therapy",
            "Does not count",
            f"Only an older list of hours named it, and that has ended. {law}",
            counts=False,
        ),
    )


def _teacher(track: Track, law: str) -> Example:
    if placement_of(track, ActivityKind.CONSULTATION).columns:
        return Example("A talk with a client's teacher", "B, consultation", f"It is named. {law}")
    return Example(
        "A talk with a client's teacher",
        "B, client-centered advocacy",
        f"If it gets the client support at school. Consultation as such is not named. {law}",
    )


def _meaning(track: Track, kind: ActivityKind) -> str:
    placement = placement_of(track, kind)
    doubt = f" {placement.doubt.sentence}" if placement.doubt else ""
    return _MEANINGS[kind] + doubt
