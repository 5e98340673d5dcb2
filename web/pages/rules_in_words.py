"""The Board's rules and what they find, in words: amounts, open questions, where it is written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aggregates.bbs.bounds import Bounds, Question
from aggregates.bbs.evaluation import Finding
from aggregates.bbs.rule import HOUR, Confidence, Rule, Unit
from aggregates.bbs.rules import RULES
from aggregates.hours.enrolment_entry import Phase, Track

ADVICE: Final = "Nothing here is legal advice."
TRACKS: Final = {
    Track.LMFT: "marriage and family therapist (LMFT)",
    Track.LPCC: "professional clinical counselor (LPCC)",
    Track.LCSW: "clinical social worker (LCSW)",
}
PHASES: Final = {Phase.BEFORE_DEGREE: "before the degree", Phase.AFTER_DEGREE: "after the degree"}
CONFIDENCES: Final = {
    Confidence.VERBATIM: "Read word for word in the statute.",
    Confidence.SEVERAL: "From several sources that agree; read the section before you rely on it.",
    Confidence.SINGLE: "From one source; read the section before you rely on it.",
    Confidence.MEMORY: "Not confirmed yet, so it only warns and takes no hours away.",
    Confidence.OPEN: "The law leaves this open, so it only warns and takes no hours away.",
}

_STATUTE: Final = "https://leginfo.legislature.ca.gov/faces/codes_displaySection.xhtml"
_SECTION: Final = re.compile(r"[0-9]{4}(?:\.[0-9]+)*")


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule is written; `address` is None for what is no section of the Code."""

    words: str
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingInWords:
    """What of a row would not count, why, and what to do about it."""

    rule_id: str
    title: str
    citation: Citation
    lost: str
    sentence: str
    questions: tuple[str, ...]
    count: int


def citation_of(text: str) -> Citation:
    """Return a citation as a link to its first section, if it begins with one."""
    found = _SECTION.match(text)
    if found is None:
        return Citation(text, None)
    return Citation(f"BPC {text}", f"{_STATUTE}?lawCode=BPC&sectionNum={found.group()}.")


def amount(value: int, unit: Unit) -> str:
    """`1,234 h 5 min`, `104 weeks`: a figure with its unit."""
    if unit is Unit.HOURS:
        return hours(value)
    noun = unit.value[:-1] if value == 1 and unit in _PLURALS else unit.value
    return f"{value:,} {noun}".rstrip()


def both(bounds: Bounds, unit: Unit) -> str:
    """Return one figure, or both where the law leaves something open."""
    low, high = sorted((bounds.conservative, bounds.optimistic))
    if low == high:
        return amount(low, unit)
    return f"{amount(low, unit)} to {amount(high, unit)}"


def hours(minutes: int) -> str:
    """`1,234 h 5 min`."""
    whole, rest = divmod(minutes, HOUR)
    parts = [f"{whole:,}\N{NO-BREAK SPACE}h"] if whole or not rest else []
    return " ".join([*parts, *([f"{rest}\N{NO-BREAK SPACE}min"] if rest else [])])


def questions_in_words(questions: Iterable[Question]) -> tuple[str, ...]:
    """Return what is open, each in a sentence, always in the same order."""
    return tuple(sorted(question.sentence for question in questions))


def finding_in_words(finding: Finding) -> FindingInWords:
    """Return what a finding says."""
    said = finding.sentence
    questions = questions_in_words(finding.minutes.questions)
    return FindingInWords(
        rule_id=finding.rule_id,
        title=RULES[finding.rule_id].title,
        citation=citation_of(finding.citation),
        lost=both(finding.minutes, Unit.HOURS),
        sentence=said,
        questions=tuple(each for each in questions if each != said),
        count=len(finding.entry_ids),
    )


def threshold_in_words(rule: Rule) -> str:
    """Return a rule's threshold with its unit, empty where it has none."""
    if rule.threshold is None:
        return ""
    value = rule.minutes if rule.unit is Unit.HOURS else rule.threshold
    return amount(value, rule.unit)


_PLURALS: Final = frozenset({Unit.WEEKS, Unit.DAYS, Unit.YEARS, Unit.PERSONS})
