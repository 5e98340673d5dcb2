"""Progress to a licence for programs: each rule with both figures, its citation, and what to do."""

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from aggregates.bbs.evaluation import Evaluation, Gap, Status, Verdict
from aggregates.bbs.project import PACE_WEEKS, Projection
from aggregates.bbs.rule import Confidence, Does, Unit
from aggregates.bbs.rules import RULES
from aggregates.hours.enrolment_entry import Track
from projections.progress import Progress
from web.api import operation as op
from web.api.figures import (
    Citation,
    ColumnMinutes,
    RuleId,
    TwoColumns,
    TwoFigures,
    column_minutes,
    two_columns,
    two_figures,
)
from web.api.operation import Call, Nothing, Operation, Reply, row
from web.api.reading import query_day
from web.api.structs import Day, StrictStruct, day_or_none
from web.pages.rules_in_words import ADVICE


class ProgressQuery(StrictStruct, frozen=True, kw_only=True):
    """As of which day; today, where none is given."""

    as_of: Annotated[Day | None, Meta(description="the day it is evaluated for")] = None


class Expected(StrictStruct, frozen=True, kw_only=True):
    """When a minimum would be reached; a day is null where there is no pace that leads to it."""

    left: TwoFigures
    pace: Annotated[TwoFigures, Meta(description=f"of the last {PACE_WEEKS} whole weeks")]
    conservative: Day | None
    optimistic: Day | None


class Requirement(StrictStruct, frozen=True, kw_only=True):
    """How one rule stands; figures of hours are in minutes, others in the unit.

    `pending` would count once signed, `over_cap` does not count because of the rule; `threshold`
    is null where it has none, `expected` where it is no minimum. `entries` are what a minimum is
    reached with, or what is lost.
    """

    rule_id: RuleId
    title: str
    citation: Citation
    confidence: Confidence
    does: Does
    status: Status
    unit: Unit
    sentence: str
    threshold: int | None
    value: TwoFigures
    pending: TwoFigures
    over_cap: TwoFigures
    entries: tuple[UUID, ...]
    expected: Expected | None


class Missing(StrictStruct, frozen=True, kw_only=True):
    """A paper or a fact that is missing or came late, and what to do about it."""

    rule_id: RuleId
    citation: Citation
    setting: UUID | None
    supervision: UUID | None
    due: Day | None
    is_late: bool
    sentence: str


class Evaluated(StrictStruct, frozen=True, kw_only=True):
    """What was recorded, what of it counts, and every rule; `receipt` is when the Board has it."""

    track: Track
    receipt: Day
    rule_set: str
    recorded: ColumnMinutes
    creditable: TwoColumns
    pending: TwoColumns
    requirements: tuple[Requirement, ...]
    gaps: tuple[Missing, ...]


class ProgressTold(StrictStruct, frozen=True, kw_only=True):
    """How far the person has come; `evaluation` is null while no enrolment was stated."""

    as_of: Day
    notice: str
    evaluation: Evaluated | None


def _progress(call: Call[Nothing, ProgressQuery]) -> Reply:
    text = call.query.as_of
    as_of = query_day(text, "as_of") if text else call.parts.today()
    found = call.records().hours.progress(call.actor, as_of)
    told = ProgressTold(
        as_of=as_of.isoformat(),
        notice=ADVICE,
        evaluation=None if found is None else _evaluated(found),
    )
    return Reply(value=told)


def _evaluated(found: Progress) -> Evaluated:
    evaluation: Evaluation = found.evaluation
    expected = {each.rule_id: each for each in found.projections}
    totals = evaluation.totals
    return Evaluated(
        track=evaluation.track,
        receipt=evaluation.receipt.isoformat(),
        rule_set=evaluation.rule_set,
        recorded=column_minutes(totals.recorded),
        creditable=two_columns(totals.creditable),
        pending=two_columns(totals.pending),
        requirements=tuple(
            _requirement(each, expected.get(each.rule_id)) for each in evaluation.requirements
        ),
        gaps=tuple(map(_missing, evaluation.gaps)),
    )


def _requirement(verdict: Verdict, projection: Projection | None) -> Requirement:
    rule = RULES[verdict.rule_id]
    return Requirement(
        rule_id=rule.id,
        title=rule.title,
        citation=verdict.citation,
        confidence=rule.confidence,
        does=rule.does,
        status=verdict.status,
        unit=verdict.unit,
        sentence=verdict.sentence,
        threshold=verdict.threshold,
        value=two_figures(verdict.value),
        pending=two_figures(verdict.pending),
        over_cap=two_figures(verdict.over_cap),
        entries=verdict.entry_ids,
        expected=None if projection is None else _expected(projection),
    )


def _expected(projection: Projection) -> Expected:
    return Expected(
        left=two_figures(projection.left),
        pace=two_figures(projection.pace),
        conservative=day_or_none(projection.conservative),
        optimistic=day_or_none(projection.optimistic),
    )


def _missing(gap: Gap) -> Missing:
    return Missing(
        rule_id=gap.rule_id,
        citation=gap.citation,
        setting=gap.setting_id,
        supervision=gap.supervision_id,
        due=day_or_none(gap.due),
        is_late=gap.is_late,
        sentence=gap.sentence,
    )


OPERATIONS: Final = (
    Operation(
        row=row("GET", "/progress", op.LOGGERS, op.READ_OWN, reads=op.OWN_PROGRESS),
        name="readProgress",
        summary="How far the person has come to the licence, by each rule, as of a day",
        handler=_progress,
        answer=ProgressTold,
        body=Nothing,
        query=ProgressQuery,
    ),
)
