"""Progress to a licence as its page shows it: bars, dates, rules with what they rest on, gaps."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.bbs.bounds import Bounds
from aggregates.bbs.evaluation import Gap, Row, Status, Verdict
from aggregates.bbs.rule import Check, Does, Unit
from aggregates.bbs.rules import RULES
from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.supervision_entry import Licence
from projections.progress import Progress
from projections.setup import Setup
from web import calendar
from web.pages.progress.progress_dates import Due, due_in_words
from web.pages.rules_in_words import (
    CONFIDENCES,
    Citation,
    amount,
    both,
    citation_of,
    questions_in_words,
    threshold_in_words,
)

STATUSES: Final = {
    Status.MET: "Reached",
    Status.OPEN: "Open",
    Status.OVER_CAP: "Over the limit",
    Status.WARNING: "Look at this",
    Status.NOT_APPLICABLE: "Not in force",
}
UNSURE: Final = "unsure"
_WHOLE: Final = 100.0
Recorded: TypeAlias = Callable[[Row], int]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar; start and width in hundredths of it."""

    kind: str
    words: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """What is counted, waits, is open and does not count, beside the threshold at `mark`."""

    parts: tuple[Part, ...]
    mark: float


@dataclass(frozen=True, slots=True)
class WeekOf:
    """A week that a verdict rests on, and what it gives to it."""

    first: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictInWords:
    """How one rule stands, and all that it rests on; bar and date only where there are any."""

    rule_id: str
    title: str
    status: str
    status_words: str
    sentence: str
    value: str
    threshold: str
    scope: str
    citation: Citation
    confidence: str
    lost: str | None
    questions: tuple[str, ...]
    years: tuple[tuple[int, tuple[WeekOf, ...]], ...]
    week_count: int
    bar: Bar | None
    due: Due | None


@dataclass(frozen=True, slots=True)
class GapInWords:
    """A paper or fact that is missing or late."""

    rule_id: str
    citation: Citation
    place: str | None
    due: str | None
    is_late: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressInWords:
    """All verdicts by what they mean for the person, each list in the catalogue's order."""

    minimums: tuple[VerdictInWords, ...]
    limits: tuple[VerdictInWords, ...]
    losses: tuple[VerdictInWords, ...]
    warnings: tuple[VerdictInWords, ...]
    others: tuple[VerdictInWords, ...]
    gaps: tuple[GapInWords, ...]


def progress_in_words(progress: Progress, setup: Setup) -> ProgressInWords:
    """Return what the page shows."""
    words = _Words(progress, setup)
    by_place: dict[str, list[VerdictInWords]] = {}
    for verdict in progress.evaluation.requirements:
        by_place.setdefault(_place(verdict), []).append(words.verdict(verdict))
    return ProgressInWords(
        minimums=tuple(by_place.get("minimums", ())),
        limits=tuple(by_place.get("limits", ())),
        losses=tuple(by_place.get("losses", ())),
        warnings=tuple(by_place.get("warnings", ())),
        others=tuple(by_place.get("others", ())),
        gaps=tuple(_gap(setup, gap) for gap in sorted(progress.evaluation.gaps, key=_urgency)),
    )


def _place(verdict: Verdict) -> str:
    match RULES[verdict.rule_id].does:
        case Does.NEEDS:
            return "minimums"
        case Does.CAPS:
            return "limits" if verdict.value.optimistic or verdict.over_cap.optimistic else "others"
        case _ if verdict.over_cap.conservative:
            return "losses"
        case _:
            return "warnings" if verdict.status is Status.WARNING else "others"


class _Words:
    """Puts verdicts into words; used once for each page."""

    def __init__(self, progress: Progress, setup: Setup) -> None:
        self._evaluation = progress.evaluation
        self._setup = setup
        self._projections = {each.rule_id: each for each in progress.projections}

    def verdict(self, verdict: Verdict) -> VerdictInWords:
        """Return one verdict."""
        rule = RULES[verdict.rule_id]
        projection = self._projections.get(verdict.rule_id)
        questions = self._questions(verdict)
        weeks = _weeks(verdict)
        is_unsure = verdict.status is Status.WARNING and not rule.confidence.is_sure
        return VerdictInWords(
            rule_id=rule.id,
            title=rule.title,
            status=UNSURE if is_unsure else verdict.status.value,
            status_words="Not settled" if is_unsure else STATUSES[verdict.status],
            sentence=verdict.sentence,
            value=both(verdict.value, verdict.unit),
            threshold=threshold_in_words(rule),
            scope=rule.scope,
            citation=citation_of(verdict.citation),
            confidence=CONFIDENCES[rule.confidence],
            lost=both(verdict.over_cap, Unit.HOURS) if verdict.over_cap.conservative else None,
            questions=questions,
            years=weeks,
            week_count=sum(len(each) for _, each in weeks),
            bar=self._bar(verdict),
            due=due_in_words(projection, verdict, questions) if projection else None,
        )

    def _questions(self, verdict: Verdict) -> tuple[str, ...]:
        """Return what is open in its figures, also in what still waits for a signature."""
        found = verdict.value.questions | verdict.pending.questions | verdict.over_cap.questions
        is_open = {each.first_day for each in verdict.shares if each.pending.is_open}
        for row in self._evaluation.rows if is_open else ():
            if row.first_day in is_open:
                for finding in row.findings:
                    found |= finding.minutes.questions
        return questions_in_words(found)

    def _bar(self, verdict: Verdict) -> Bar | None:
        rule, threshold = RULES[verdict.rule_id], verdict.threshold
        if not threshold or rule.does not in (Does.NEEDS, Does.CAPS):
            return None
        low = verdict.value.conservative
        pending = verdict.pending.conservative
        high = verdict.value.optimistic + verdict.pending.optimistic
        lost = verdict.over_cap.optimistic
        if rule.does is Does.NEEDS:
            lost = max(0, self._recorded(verdict) - high)
        amounts = (
            ("done", low, "signed and counted"),
            ("pending", pending, "waiting for a signature"),
            ("open", max(0, high - low - pending), "counted only if the law is read generously"),
            ("lost", lost, "recorded and not counted"),
        )
        return _bar(amounts, threshold, verdict.unit)

    def _recorded(self, verdict: Verdict) -> int:
        """Return what is recorded towards a minimum of hours, whether it counts or not."""
        match RULES[verdict.rule_id].check:
            case Check.LCSW_HOURS:
                return sum(row.recorded.c for row in self._evaluation.rows if self._is_lcsw(row))
            case check:
                of = _RECORDED.get(check)
                return sum(of(row) for row in self._evaluation.rows) if of else 0

    def _is_lcsw(self, row: Row) -> bool:
        stated = self._setup.supervisions.get(row.supervision_id) if row.supervision_id else None
        return stated is not None and stated.licence is Licence.LCSW


_RECORDED: Final[Mapping[Check | None, Recorded]] = {
    Check.TOTAL: lambda row: row.recorded.c,
    Check.AFTER_DEGREE: lambda row: row.recorded.c if row.phase is Phase.AFTER_DEGREE else 0,
    Check.DIRECT: lambda row: row.recorded.a,
    Check.RELATIONAL: lambda row: row.recorded.a1,
    Check.PSYCHOTHERAPY: lambda row: row.recorded.a1 + row.recorded.a1_open,
}


def _bar(amounts: Iterable[tuple[str, int, str]], threshold: int, unit: Unit) -> Bar:
    shown = [each for each in amounts if each[1]]
    whole = max(threshold, sum(value for _, value, _ in shown))
    parts: list[Part] = []
    start = 0.0
    for kind, value, words in shown:
        width = _WHOLE * value / whole
        parts.append(Part(kind, f"{amount(value, unit)} {words}", round(start, 2), round(width, 2)))
        start += width
    return Bar(tuple(parts), round(_WHOLE * threshold / whole, 2))


def _weeks(verdict: Verdict) -> tuple[tuple[int, tuple[WeekOf, ...]], ...]:
    """Return the weeks it rests on by year, the newest first, with what each gives if it gives."""
    if verdict.shares:
        found = [
            (each.first_day, _given(each.credited + each.pending, verdict.unit))
            for each in verdict.shares
        ]
    else:
        found = [(day, "") for day in verdict.weeks]
    found.sort(reverse=True)
    return tuple(
        (year, tuple(WeekOf(day.isoformat(), _short(day) + given) for day, given in group))
        for year, group in groupby(found, key=lambda each: each[0].year)
    )


def _given(bounds: Bounds, unit: Unit) -> str:
    return f": {both(bounds, unit)}" if unit is Unit.HOURS else ""


def _short(day: dt.date) -> str:
    return f"{calendar.month_in_short(day)}\N{NO-BREAK SPACE}{day.day}"


def _gap(setup: Setup, gap: Gap) -> GapInWords:
    return GapInWords(
        rule_id=gap.rule_id,
        citation=citation_of(gap.citation),
        place=_where(setup, gap.supervision_id, gap.setting_id),
        due=calendar.day_with_year(gap.due) if gap.due else None,
        is_late=gap.is_late,
        sentence=gap.sentence,
    )


def _where(setup: Setup, supervision_id: UUID | None, setting_id: UUID | None) -> str | None:
    stated = setup.supervisions.get(supervision_id) if supervision_id else None
    setting_id = stated.setting_id if stated else setting_id
    setting = setup.settings.get(setting_id) if setting_id else None
    names = [
        each.reveal()
        for each in (stated.supervisor_name if stated else None, setting.name if setting else None)
        if each is not None
    ]
    return ", ".join(names) or None


def _urgency(gap: Gap) -> tuple[bool, bool, dt.date]:
    return not gap.is_late, gap.due is None, gap.due or dt.date.max
