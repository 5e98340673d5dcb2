"""What the rules say, for programs: both readings of a figure, columns, and what does not count."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from aggregates.bbs.bounds import Bounds, ColumnBounds, Question
from aggregates.bbs.columns import Columns
from aggregates.bbs.evaluation import Finding
from aggregates.bbs.rules import RULES
from web.api.structs import StrictStruct

RuleId = Annotated[str, Meta(description="a rule of docs/rules.md")]
Citation = Annotated[str, Meta(description="where it is written, a section of the BPC")]


class OpenQuestion(StrictStruct, frozen=True, kw_only=True):
    """What makes the two figures differ."""

    code: Question
    sentence: str


class TwoFigures(StrictStruct, frozen=True, kw_only=True):
    """A figure in the strictest reading of the law and in the most generous; hours in minutes."""

    conservative: int
    optimistic: int
    questions: tuple[OpenQuestion, ...]


class ColumnMinutes(StrictStruct, frozen=True, kw_only=True):
    """The columns of the Board's weekly log, in minutes; `nowhere` is what stands in none."""

    a: int
    a1: int
    b: int
    b1: int
    b2: int
    c: int
    nowhere: int


class TwoColumns(StrictStruct, frozen=True, kw_only=True):
    """The columns in the strictest reading and in the most generous."""

    conservative: ColumnMinutes
    optimistic: ColumnMinutes


class NotCounting(StrictStruct, frozen=True, kw_only=True):
    """Minutes of a week that do not count, by which rule, and what to do."""

    rule_id: RuleId
    title: str
    citation: Citation
    minutes: TwoFigures
    sentence: str
    entries: tuple[UUID, ...]


def two_figures(bounds: Bounds) -> TwoFigures:
    """Return both readings of a figure."""
    questions = sorted(bounds.questions, key=list(Question).index)
    return TwoFigures(
        conservative=bounds.conservative,
        optimistic=bounds.optimistic,
        questions=tuple(OpenQuestion(code=each, sentence=each.sentence) for each in questions),
    )


def column_minutes(columns: Columns) -> ColumnMinutes:
    """Return the columns with their total."""
    return ColumnMinutes(
        a=columns.a,
        a1=columns.a1,
        b=columns.b,
        b1=columns.b1,
        b2=columns.b2,
        c=columns.c,
        nowhere=columns.nowhere,
    )


def two_columns(bounds: ColumnBounds) -> TwoColumns:
    """Return both readings of the columns."""
    return TwoColumns(
        conservative=column_minutes(bounds.conservative),
        optimistic=column_minutes(bounds.optimistic),
    )


def not_counting(finding: Finding) -> NotCounting:
    """Return what a finding says."""
    return NotCounting(
        rule_id=finding.rule_id,
        title=RULES[finding.rule_id].title,
        citation=finding.citation,
        minutes=two_figures(finding.minutes),
        sentence=finding.sentence,
        entries=finding.entry_ids,
    )
