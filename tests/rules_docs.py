"""The generated parts of docs/rules.md: the catalogue, what is not judged, what is left open."""

from collections.abc import Iterable
from typing import Final

from aggregates.bbs.bounds import Question
from aggregates.bbs.rule import Does, Rule, Unit
from aggregates.bbs.rules import CATALOGUE, RULE_SETS
from tests.aggregates.bbs import sides
from tests.aggregates.bbs.sides import SIDES, Side

DOES: Final = {
    Does.NEEDS: "at least",
    Does.CAPS: "at most",
    Does.VOIDS: "or not counted",
    Does.WARNS: "warns",
}


def rules_judged() -> str:
    """Return the table of the rules that are judged, with the tests of both sides."""
    sides.load()
    head = [
        "| rule | about | does | how much | of | citation | sure | kept in | broken in |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(_row(rule) for rule in CATALOGUE if rule.check)])


def rules_not_judged() -> str:
    """Return the table of the rules that are known and not judged."""
    head = ["| rule | about | citation | sure | why it is not judged |", "|---|---|---|---|---|"]
    rows = [
        f"| `{rule.id}` | {rule.title} | {_citations(rule)} | {rule.confidence.value} |"
        f" {rule.why_not} |"
        for rule in CATALOGUE
        if not rule.check
    ]
    return "\n".join([*head, *rows])


def rules_open() -> str:
    """Return the list of what makes two figures differ."""
    return "\n".join(f"- {question.sentence}" for question in Question)


def rule_sets() -> str:
    """Return the table of the versions of the law."""
    rows = [f"| `{each.version}` | {each.changes} |" for each in RULE_SETS]
    return "\n".join(["| version | what changed |", "|---|---|", *rows])


def _row(rule: Rule) -> str:
    since = f"; from {rule.effective_from}" if rule.effective_from else ""
    cells = [
        f"`{rule.id}`",
        rule.title,
        DOES[rule.does],
        f"{rule.threshold:,} {rule.unit.value}" if rule.unit is not Unit.NONE else "",
        f"{rule.scope}{since}",
        _citations(rule),
        rule.confidence.value,
        _tests(SIDES[rule.id][Side.KEPT]),
        _tests(SIDES[rule.id][Side.BROKEN]),
    ]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _citations(rule: Rule) -> str:
    return "; ".join(f"{track.upper()} {cited}" for track, cited in rule.citations.items())


def _tests(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
