"""`therapist-os hours`: tells how far a person's hours are, in 80 columns or as JSON."""

import argparse
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Final
from uuid import UUID

import msgspec

from aggregates.access import RecordKind
from aggregates.bbs.bounds import Bounds
from aggregates.bbs.columns import Column
from aggregates.bbs.evaluation import Evaluation, Gap, Status, Totals, Verdict
from aggregates.bbs.project import Projection
from aggregates.bbs.rule import HOUR, Does, Unit
from aggregates.bbs.rules import RULES
from aggregates.bbs.telling import ADVICE, plain_of
from commands.context import Context
from commands.record_access import record_operator_read
from ledger.errors import SettingsInvalid
from projections.progress import Progress, Progresses
from projections.signing_time import CALIFORNIA

WIDTH: Final = 80
INDENT: Final = "    "
_US: Final = 1_000_000

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class WantedHours:
    """Whose hours, as of which day (None is today, in California), and how they are told."""

    practice_id: UUID
    person_id: UUID
    as_of: dt.date | None = None
    is_json: bool = False


def add_hours_arguments(verb: argparse.ArgumentParser, practice: Callable[[str], UUID]) -> None:
    """Add what the verb takes."""
    verb.add_argument("practice", type=practice, help="id of the practice, or demo")
    verb.add_argument("person", type=UUID, help="id of the person")
    verb.add_argument(
        "--as-of", type=dt.date.fromisoformat, metavar="DATE", help="by default today"
    )
    verb.add_argument("--json", action="store_true", help="print JSON")


def wanted_hours(asked: argparse.Namespace) -> WantedHours:
    """Return what was asked for on the command line."""
    return WantedHours(asked.practice, asked.person, asked.as_of, asked.json)


def tell_hours(context: Context, wanted: WantedHours, say: Say) -> None:
    """Tell it, after it is on record that we do (I8).

    Numbers, days, ids and the rules' own sentences: no name, and nothing of clients. Raises
    `SettingsInvalid` for somebody who has stated no enrolment, and what the ledger raises when it
    takes no event; then nothing is told.
    """
    record_operator_read(context, wanted.practice_id, RecordKind.PROGRESS)
    as_of = wanted.as_of or _today(context)
    progresses = Progresses(context.ledger, context.clock)
    progress = progresses.of(wanted.practice_id, wanted.person_id, as_of)
    if progress is None:
        raise SettingsInvalid("nobody of this id states in this practice what hours count towards")
    say(as_json(progress) if wanted.is_json else "\n".join(as_lines(progress)))


def as_json(progress: Progress) -> str:
    """Return the evaluation and its projections as one line of JSON."""
    plain = plain_of(progress.evaluation)
    plain["projections"] = msgspec.to_builtins(progress.projections, order="deterministic")
    return msgspec.json.encode(plain).decode()


def as_lines(progress: Progress) -> Iterator[str]:
    """Yield the evaluation line by line, none longer than WIDTH."""
    evaluation = progress.evaluation
    track = evaluation.track.value.upper()
    yield from wrap(f"{track}, as of {evaluation.as_of}, rules of {evaluation.rule_set}.", WIDTH)
    yield ADVICE
    yield from ("", _row("Hours", "recorded", "counted", "once signed"))
    yield from _totals(evaluation.totals)
    yield from ("", _row("Minimums", "counted", "needed", "reached"))
    dates = {each.rule_id: _dates(each) for each in progress.projections}
    for verdict in _of(evaluation, Does.NEEDS):
        is_met = verdict.status is Status.MET
        yield _row(*_figures(verdict), "yes" if is_met else dates[verdict.rule_id])
        yield from _indented(_open(verdict))
    yield from ("", _row("Limits", "counted", "at most", "not counted"))
    for verdict in _of(evaluation, Does.CAPS):
        yield _row(*_figures(verdict), _both(verdict.over_cap, Unit.HOURS))
    yield from ("", "Not counted, and why")
    yield from _or_nothing(_losses(evaluation))
    yield from ("", "Missing or late")
    yield from _or_nothing(line for gap in evaluation.gaps for line in _gap(gap))


def _today(context: Context) -> dt.date:
    return dt.datetime.fromtimestamp(context.clock.now_us() / _US, CALIFORNIA).date()


def _row(*cells: str) -> str:
    first, second, third, fourth = cells
    return f"{first:12} {second:>20} {third:>20} {fourth:>25}".rstrip()


def _totals(totals: Totals) -> Iterator[str]:
    for name in (*(column.value for column in Column), "C"):
        columns = (
            totals.creditable.conservative,
            totals.creditable.optimistic,
            totals.pending.conservative,
            totals.pending.optimistic,
        )
        strict, generous, sooner, later = (_column(each, name) for each in columns)
        yield _row(
            name,
            _clock(_column(totals.recorded, name)),
            _both(Bounds(strict, generous), Unit.HOURS),
            _both(Bounds(sooner, later), Unit.HOURS),
        )


def _column(columns: object, name: str) -> int:
    minutes: int = getattr(columns, name.lower())
    return minutes


def _of(evaluation: Evaluation, does: Does) -> Iterable[Verdict]:
    return [each for each in evaluation.requirements if RULES[each.rule_id].does is does]


def _figures(verdict: Verdict) -> tuple[str, str, str]:
    threshold = _amount(verdict.threshold or 0, verdict.unit)
    return verdict.rule_id, _both(verdict.value, verdict.unit), threshold


def _open(verdict: Verdict) -> str:
    return " ".join(sorted(question.sentence for question in verdict.value.questions))


def _losses(evaluation: Evaluation) -> Iterator[str]:
    for verdict in evaluation.requirements:
        if verdict.over_cap.conservative and RULES[verdict.rule_id].does is not Does.CAPS:
            lost = _both(verdict.over_cap, Unit.HOURS)
            weeks = f"{len(verdict.weeks)} week{'s' if len(verdict.weeks) != 1 else ''}"
            yield f"  {verdict.rule_id:12} {lost} h in {weeks} ({verdict.citation})"
            yield from _indented(RULES[verdict.rule_id].title)


def _gap(gap: Gap) -> Iterator[str]:
    due = "" if gap.due is None else f"{', was' if gap.is_late else ', is'} due {gap.due}"
    yield f"  {gap.rule_id:12} ({gap.citation}){due}"
    yield from _indented(gap.sentence)


def _or_nothing(lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    yield from found or ("  nothing",)


def _indented(text: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)


def _dates(projection: Projection) -> str:
    earliest, latest = projection.optimistic, projection.conservative
    if not projection.left.conservative:
        return "once signed"
    if earliest is None:
        return "no date"
    if latest == earliest:
        return earliest.isoformat()
    return f"{earliest} to {latest or 'none'}"


def _both(bounds: Bounds, unit: Unit) -> str:
    low, high = sorted((bounds.conservative, bounds.optimistic))
    if low == high:
        return _amount(low, unit)
    return f"{_amount(low, unit)} to {_amount(high, unit)}"


def _amount(value: int, unit: Unit) -> str:
    return _clock(value) if unit is Unit.HOURS else f"{value:,} {unit.value}".rstrip()


def _clock(minutes: int) -> str:
    """`1,234:30`: hours and minutes."""
    return f"{minutes // HOUR:,}:{minutes % HOUR:02}"
