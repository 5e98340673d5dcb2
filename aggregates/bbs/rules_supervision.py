"""How much supervision, of which form, when: BPC 4980.43.2, 4999.46.2 and 4996.23.1."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from aggregates.bbs.rule import Check, Confidence, Does, Rule, Unit, everywhere
from aggregates.hours.enrolment_entry import Track

_V, _OPEN = Confidence.VERBATIM, Confidence.OPEN
_WEEK: Final = "each week in each setting"
_VIDEO_FROM: Final = dt.date(2023, 1, 1)


def _counseling(lmft: str, lpcc: str) -> Mapping[Track, str]:
    return {Track.LMFT: lmft, Track.LPCC: lpcc}


def _social_work(citation: str) -> Mapping[Track, str]:
    return {Track.LCSW: citation}


def _rule(  # noqa: PLR0913, PLR0917 -- the columns of a table
    name: str,
    check: Check,
    does: Does,
    threshold: int | None,
    unit: Unit,
    title: str,
    scope: str,
    citations: Mapping[Track, str],
    confidence: Confidence = _V,
    effective_from: dt.date | None = None,
) -> Rule:
    return Rule(
        id=name,
        title=title,
        does=does,
        citations=citations,
        confidence=confidence,
        check=check,
        threshold=threshold,
        unit=unit,
        scope=scope,
        effective_from=effective_from,
    )


_C: Final = Check
_ALL: Final = everywhere("4980.43.2", "4999.46.2", "4996.23.1")

# fmt: off -- a table
SUPERVISION: Final = (
    _rule(
        "SUP-MIN",
        _C.CONTACT,
        Does.VOIDS,
        1,
        Unit.SUPERVISION,
        "a unit of supervision for the week's hours",
        _WEEK,
        _counseling("4980.43.2(a)(1)", "4999.46.2(a)(1)"),
    ),
    _rule(
        "SW-SUP1",
        _C.CONTACT,
        Does.VOIDS,
        1,
        Unit.SUPERVISION,
        "a unit of supervision for the week's hours",
        _WEEK,
        _social_work("4996.23.1(a)(1)"),
    ),
    _rule(
        "SUP-WKSHP",
        _C.WORKSHOP,
        Does.WARNS,
        None,
        Unit.NONE,
        "workshops and trainings need no supervision that week",
        _WEEK,
        everywhere("4980.43.2(a)", "4999.46.2(a)", "4996.23.1(a)"),
    ),
    _rule(
        "SUP-TR5",
        _C.TRAINEE_RATIO,
        Does.VOIDS,
        5,
        Unit.HOURS,
        "of direct counseling at most, on average, for each unit of a trainee",
        _WEEK,
        {Track.LMFT: "4980.43.2(a)(2)"},
    ),
    _rule(
        "SUP-A10",
        _C.OVER_TEN,
        Does.VOIDS,
        10,
        Unit.HOURS,
        "of direct counseling at most with one unit; above, two",
        _WEEK,
        _counseling("4980.43.2(a)(3)", "4999.46.2(a)(3)"),
    ),
    _rule(
        "SW-SUP10",
        _C.OVER_TEN,
        Does.VOIDS,
        10,
        Unit.HOURS,
        "of clinical diagnosis, assessment and treatment at most with one unit; above, two",
        _WEEK,
        _social_work("4996.23.1(a)(2)"),
    ),
    _rule(
        "SUP-6H",
        _C.SIX_HOURS,
        Does.CAPS,
        6,
        Unit.HOURS,
        "of supervision in a week",
        "each week, all settings together",
        _counseling("4980.43.2(a)(2), (a)(3)", "4999.46.2(a)(2), (a)(3)"),
    ),
    _rule(
        "SW-6H",
        _C.SIX_HOURS,
        Does.CAPS,
        6,
        Unit.HOURS,
        "of supervision in a week",
        "each week, all settings together",
        _social_work("4996.23(d)(6)"),
    ),
    _rule(
        "SUP-52",
        _C.ALONE_WEEKS,
        Does.NEEDS,
        52,
        Unit.WEEKS,
        "with a unit of individual or triadic supervision",
        "lifetime",
        _counseling("4980.43.2(a)(4)", "4999.46.2(a)(4)"),
    ),
    _rule(
        "SW-52",
        _C.ALONE_WEEKS,
        Does.NEEDS,
        52,
        Unit.WEEKS,
        "with a unit of individual or triadic supervision",
        "lifetime",
        _social_work("4996.23.1(f)"),
    ),
    _rule(
        "SW-13",
        _C.LCSW_WEEKS,
        Does.NEEDS,
        13,
        Unit.WEEKS,
        "of those under a licensed clinical social worker",
        "lifetime",
        _social_work("4996.23.1(g)"),
    ),
    _rule(
        "U-IND",
        _C.UNIT_ALONE,
        Does.WARNS,
        1,
        Unit.HOURS,
        "of individual supervision make a unit",
        "one supervisor with one person",
        everywhere("4980.43.2(b)(1)(A)", "4999.46.2(b)(1)(A)", "4996.23.1"),
    ),
    _rule(
        "U-TRI",
        _C.UNIT_TRIADIC,
        Does.WARNS,
        1,
        Unit.HOURS,
        "of triadic supervision make a unit",
        "one supervisor with two persons",
        everywhere("4980.43.2(b)(1)(B)", "4999.46.2(b)(1)(B)", "4996.23.1"),
    ),
    _rule(
        "U-GRP",
        _C.UNIT_GROUP,
        Does.VOIDS,
        2,
        Unit.HOURS,
        "of group supervision make a unit, in parts of an hour and longer",
        "one supervisor with at most eight persons",
        everywhere("4980.43.2(b)(1)(C)", "4999.46.2(b)(1)(C)", "4996.23.1"),
    ),
    _rule(
        "VIDEO",
        _C.PHONE,
        Does.VOIDS,
        None,
        Unit.NONE,
        "supervision is face to face or by two-way video; a phone call is not",
        "each contact",
        everywhere("4980.43.2(b)(2)", "4999.46.2(b)(2)", "4996.23.1"),
    ),
    _rule(
        "VIDEO-60D",
        _C.VIDEO,
        Does.VOIDS,
        60,
        Unit.DAYS,
        "until the supervisor has found and noted whether video is appropriate; none if it is not",
        "from the start of each supervision",
        everywhere("4980.43.2(d)(1), (2)", "4999.46.2(d)", "4996.23.1(d), (e)"),
        effective_from=_VIDEO_FROM,
    ),
    _rule(
        "SAMEWEEK",
        _C.SAME_WEEK,
        Does.VOIDS,
        None,
        Unit.NONE,
        "supervision counts for the week it took place in; nothing is made up later",
        _WEEK,
        everywhere("4980.43.2(e)", "4999.46.2(e)", "4996.23.1(d)"),
    ),
    _rule(
        "SUP-ALWAYS",
        _C.SUPERVISED,
        Does.VOIDS,
        None,
        Unit.NONE,
        "every hour is under a supervision that is going on",
        "each entry",
        everywhere("4980.43.1(a), (b)", "4999.46.1", "4996.23"),
    ),
    _rule(
        "Q-WEEK",
        _C.WEEK_DEFINED,
        Does.WARNS,
        7,
        Unit.DAYS,
        "no statute says on which day a week begins; yours begins as you chose",
        _WEEK,
        _ALL,
        _OPEN,
    ),
    _rule(
        "Q-SIX-WEEK",
        _C.SIX_HOURS_WEEK,
        Does.WARNS,
        6,
        Unit.HOURS,
        "of supervision count in the week of the log; the statute says a single week",
        _WEEK,
        _ALL,
        _OPEN,
    ),
    _rule(
        "Q-FRACTION",
        _C.FRACTIONS,
        Does.WARNS,
        1,
        Unit.HOURS,
        "is what the statute calls a contact; whether shorter ones add up is open",
        _WEEK,
        _ALL,
        _OPEN,
    ),
    _rule(
        "Q-NOTES",
        _C.NOTES,
        Does.WARNS,
        None,
        Unit.NONE,
        "clinical social work's statute does not name progress notes",
        "each entry",
        _social_work("4996.23(d)(3)"),
        _OPEN,
    ),
)
# fmt: on
