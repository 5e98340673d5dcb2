"""All rules together, by id and by what is judged; the version that is in force on a day."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from aggregates.bbs.rule import Check, Rule
from aggregates.bbs.rules_employment import EMPLOYMENT
from aggregates.bbs.rules_lcsw import LCSW_HOURS
from aggregates.bbs.rules_lmft import LMFT_HOURS
from aggregates.bbs.rules_lpcc import LPCC_HOURS
from aggregates.bbs.rules_not_judged import NOT_JUDGED
from aggregates.bbs.rules_supervision import SUPERVISION
from aggregates.hours.enrolment_entry import Track

CATALOGUE: Final = (*LMFT_HOURS, *LPCC_HOURS, *LCSW_HOURS, *SUPERVISION, *EMPLOYMENT, *NOT_JUDGED)
RULES: Final = {rule.id: rule for rule in CATALOGUE}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The state of the law from a day on; `version` is what evaluations name."""

    version: str
    effective_from: dt.date
    changes: str


RULE_SETS: Final = (
    RuleSet("2019-01-01", dt.date(2019, 1, 1), "AB 93: employment and supervision sections"),
    RuleSet("2020-01-01", dt.date(2020, 1, 1), "AB 1651: educational psychologists supervise"),
    RuleSet("2021-01-01", dt.date(2021, 1, 1), "the older list of hours (option 2) has ended"),
    RuleSet("2022-01-01", dt.date(2022, 1, 1), "AB 690, AB 462: limit of 1,200, no hospital hours"),
    RuleSet("2023-01-01", dt.date(2023, 1, 1), "AB 1758: supervision by video, once assessed"),
    RuleSet("2025-01-01", dt.date(2025, 1, 1), "SB 1024"),
    RuleSet("2026-01-01", dt.date(2026, 1, 1), "SB 775: video for good, W-2 and pay stubs"),
)


def rule_for(check: Check, track: Track) -> Rule | None:
    """Return the track's rule for something judged, None where it has none."""
    return _BY_CHECK.get((check, track))


def rule_of(check: Check, track: Track) -> Rule:
    """Return the track's rule, which must be there."""
    return _BY_CHECK[check, track]


def rule_set_of(receipt: dt.date) -> RuleSet:
    """Return the state of the law for an application received on a day; the first for older."""
    return max(
        (each for each in RULE_SETS if each.effective_from <= receipt),
        key=lambda each: each.effective_from,
        default=RULE_SETS[0],
    )


_BY_CHECK: Final = {
    (rule.check, track): rule for rule in CATALOGUE if rule.check for track in rule.citations
}
assert len(RULES) == len(CATALOGUE), "each rule has an id of its own"
assert len(_BY_CHECK) == sum(len(rule.citations) for rule in CATALOGUE if rule.check)
