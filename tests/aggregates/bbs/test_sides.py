"""Every rule that is judged has tests on both sides; the catalogue keeps the rules of its own."""

import ast
import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest

from aggregates.bbs.causes import QUESTION_OF, Cause
from aggregates.bbs.rule import Check, Does, Rule, Unit
from aggregates.bbs.rules import CATALOGUE, RULE_SETS, RULES, rule_for, rule_set_of
from aggregates.hours.enrolment_entry import Track
from tests.aggregates.bbs import sides
from tests.aggregates.bbs.sides import SIDES, Side

JUDGED = [rule for rule in CATALOGUE if rule.check]
LEGACY = {3200, 375, 250, 150, 300}


def named(rule: Rule) -> str:
    """Return the id of a rule, for the names of tests."""
    return rule.id


@pytest.mark.parametrize("rule", JUDGED, ids=named)
def test_a_judged_rule_has_tests_on_both_sides(rule: Rule) -> None:
    """One with something that just keeps it, one with something that just breaks it."""
    sides.load()
    assert SIDES[rule.id][Side.KEPT]
    assert SIDES[rule.id][Side.BROKEN]


@pytest.mark.parametrize("rule", CATALOGUE, ids=named)
def test_a_rule_says_whether_it_is_judged_and_if_not_why(rule: Rule) -> None:
    """Never both, never neither."""
    assert (rule.check is None) == bool(rule.why_not)
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert all(rule.citations.values())


@pytest.mark.parametrize("rule", JUDGED, ids=named)
def test_a_rule_that_is_not_sure_only_warns(rule: Rule) -> None:
    """From memory or open: it takes no hours away in the generous reading, and is no minimum."""
    assert rule.confidence.is_sure or rule.does is Does.WARNS


@pytest.mark.parametrize("rule", CATALOGUE, ids=named)
def test_no_rule_has_a_number_that_the_law_has_dropped(rule: Rule) -> None:
    """Numbers of older laws that are all over the web."""
    assert rule.threshold not in LEGACY
    assert (rule.threshold is None) == (rule.unit is Unit.NONE)


def test_the_figures_are_those_of_the_statutes() -> None:
    """Written a second time, apart from the catalogue."""
    found = {rule.id: rule.threshold for rule in JUDGED if rule.unit in (Unit.HOURS, Unit.WEEKS)}
    assert found == {
        **dict.fromkeys(("MFT-TOTAL", "PCC-TOTAL", "SW-TOTAL"), 3000),
        **dict.fromkeys(("MFT-WEEKS", "PCC-WEEKS", "SW-WEEKS"), 104),
        **dict.fromkeys(("MFT-40H", "PCC-40H", "SW-40H"), 40),
        **dict.fromkeys(("MFT-LEP", "PCC-LEP", "SW-LEP"), 1200),
        **dict.fromkeys(("MFT-DIRECT", "PCC-DIRECT"), 1750),
        **dict.fromkeys(("MFT-NONCLIN", "PCC-NONCLIN"), 1250),
        **dict.fromkeys(("SUP-6H", "SW-6H", "Q-SIX-WEEK"), 6),
        **dict.fromkeys(("SUP-A10", "SW-SUP10"), 10),
        **dict.fromkeys(("SUP-52", "SW-52"), 52),
        **dict.fromkeys(("U-IND", "U-TRI", "U-GRP-PART", "Q-FRACTION"), 1),
        **dict.fromkeys(("MFT-POST", "SW-LCSW-H"), 1700),
        **dict.fromkeys(("MFT-PRE-CS", "SW-F2F"), 750),
        **dict.fromkeys(("MFT-CFC", "MFT-6YR-EX"), 500),
        "MFT-PRE": 1300,
        "SW-CLIN": 2000,
        "SW-NONCLIN": 1000,
        "SW-13": 13,
        "SUP-TR5": 5,
        "U-GRP": 2,
    }


@pytest.mark.parametrize("track", Track)
@pytest.mark.parametrize("cause", Cause)
def test_every_cause_leads_to_a_rule(track: Track, cause: Cause) -> None:
    """Of the track, unless the track has no such rule; with a sentence that repeats nothing."""
    rule = rule_for(cause.check, track)
    assert rule is None or rule.check is cause.check
    assert rule is not None or cause.check in {
        *(Check.TRAINEE_HOURS, Check.TWELVE_UNITS, Check.PRACTICUM, Check.TRAINEE_PRIVATE),
        *(Check.TRAINEE_RATIO, Check.BEFORE_DEGREE, Check.BEFORE_DEGREE_CONTACT, Check.NOTES),
    }
    assert cause.sentence.endswith(".")


def test_every_question_has_a_sentence() -> None:
    """For whoever sees two figures."""
    assert all(question.sentence.endswith(".") for question in QUESTION_OF.values())


def test_the_version_of_the_law_is_that_of_the_receipt() -> None:
    """From its first day on, and the first one for whatever is older."""
    for one, following in pairwise(RULE_SETS):
        assert rule_set_of(following.effective_from) == following
        assert rule_set_of(following.effective_from - dt.timedelta(days=1)) == one
    assert rule_set_of(dt.date(2000, 1, 1)) == RULE_SETS[0]
    assert len(RULES) == len(CATALOGUE)


def test_no_float_is_in_the_rules() -> None:
    """Minutes are whole numbers: no decimal, no division that makes one."""
    for path in (Path(__file__).parents[3] / "aggregates" / "bbs").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
            assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
