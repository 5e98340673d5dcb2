"""Where, for whom and with which papers hours are gained; and rules that are not judged here."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from aggregates.bbs.rule import Check, Confidence, Does, Rule, Unit, everywhere
from aggregates.hours.enrolment_entry import Track

_V, _S = Confidence.VERBATIM, Confidence.SEVERAL
_s, _M = Confidence.SINGLE, Confidence.MEMORY
_SETTING, _SUPERVISION = "each setting", "each supervision"
_AGREEMENT_FROM: Final = dt.date(2022, 1, 1)
_EMPLOYMENT: Final = everywhere("4980.43.3{}", "4999.46.3", "4996.23.2")
_SUPERVISOR: Final = everywhere("4980.43.4{}", "4999.46.4", "4996.23.3")


def _part(citations: Mapping[Track, str], part: str) -> Mapping[Track, str]:
    return {track: citation.format(part) for track, citation in citations.items()}


def _rule(  # noqa: PLR0913, PLR0917 -- the columns of a table
    name: str,
    check: Check,
    does: Does,
    title: str,
    scope: str,
    citations: Mapping[Track, str],
    confidence: Confidence = _V,
    threshold: int | None = None,
    unit: Unit = Unit.NONE,
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


def _unjudged(
    name: str,
    title: str,
    citations: Mapping[Track, str],
    confidence: Confidence,
    why_not: str,
) -> Rule:
    return Rule(
        id=name,
        title=title,
        does=Does.WARNS,
        citations=citations,
        confidence=confidence,
        why_not=why_not,
    )


_C: Final = Check
_QUALIFIED: Final = everywhere("4980.03(g)", "4999.12", "4996.20(a)")
_RECORDS: Final = everywhere("4980.43.5", "4999.46.5", "4996.21")
_VOIDS, _WARNS = Does.VOIDS, Does.WARNS

# fmt: off -- a table
EMPLOYMENT: Final = (
    _rule(
        "EMP-TYPE",
        _C.EMPLOYMENT,
        _VOIDS,
        "hours of an employee or volunteer, no contractor",
        _SETTING,
        _part(_EMPLOYMENT, "(a)"),
    ),
    _rule(
        "SET-LAWFUL",
        _C.LAWFUL,
        _VOIDS,
        "the setting lawfully and regularly provides such services, and oversees the work",
        _SETTING,
        _part(_EMPLOYMENT, "(b)(1), (c)(1)"),
        _s,
    ),
    _rule(
        "SUP-REL",
        _C.RELATED,
        _VOIDS,
        "no hours under a spouse, relative or domestic partner",
        _SUPERVISION,
        _part(_EMPLOYMENT, "(d)"),
    ),
    _rule(
        "SUP-QUAL",
        _C.QUALIFIED,
        _VOIDS,
        "the supervisor is qualified: licence, years, and practice of two in five",
        _SUPERVISION,
        _QUALIFIED,
    ),
    _rule(
        "SUP-LIC-GAP",
        _C.LICENCE,
        _VOIDS,
        "the supervisor's licence is current and active on the day",
        "each entry",
        _QUALIFIED,
    ),
    _rule(
        "SUP-PP",
        _C.RECORD_ACCESS,
        _VOIDS,
        "in a private practice the supervisor works there, or has access to the records",
        _SUPERVISION,
        _part(_SUPERVISOR, "(b)"),
    ),
    _rule(
        "SUP-CAP6",
        _C.SIX_SUPERVISEES,
        _WARNS,
        "people at most whom a supervisor meets alone or in threes, outside exempt settings",
        "each supervisor",
        _part(_SUPERVISOR, "(c)"),
        _V,
        6,
        Unit.PERSONS,
    ),
    _rule(
        "SUP-OVERSIGHT",
        _C.OVERSIGHT,
        _WARNS,
        "a written oversight agreement, signed before the supervision starts",
        _SUPERVISION,
        _part(_SUPERVISOR, "(d)"),
    ),
    _rule(
        "AGR-60D",
        _C.AGREEMENT,
        _WARNS,
        "until both have signed the supervision agreement",
        _SUPERVISION,
        everywhere("16 CCR 1833(c)(1)", "16 CCR 1820", "16 CCR 1869(c)(1)"),
        _V,
        60,
        Unit.DAYS,
        _AGREEMENT_FROM,
    ),
    _rule(
        "EMP-W2",
        _C.PAY_PROOF,
        _WARNS,
        "a W-2 for each year; a pay stub for a tax year that has not ended",
        _SETTING,
        _part(_EMPLOYMENT, "(a)(1)"),
    ),
    _rule(
        "EMP-VOL",
        _C.VOLUNTEER_LETTER,
        _WARNS,
        "the employer's letter for volunteers",
        _SETTING,
        _part(_EMPLOYMENT, "(a)(2)"),
    ),
    _rule(
        "REG-6Y",
        _C.REGISTRATION_AGE,
        _VOIDS,
        "after the month of issue a registration ends; a second number bars private practice",
        "each registration",
        everywhere("4984.01", "4999.46.1(b)(2), (c)", "4996.28"),
        _S,
        6,
        Unit.YEARS,
    ),
)
NOT_JUDGED: Final = (
    _unjudged(
        "EMP-POS",
        "only hours in the position that is held",
        _part(_EMPLOYMENT, "(b)(2), (c)(2)"),
        _V,
        "positions are not recorded",
    ),
    _unjudged(
        "EMP-PAY",
        "no money from clients, no interest in the business, no rent",
        _part(_EMPLOYMENT, "(e), (f)"),
        _V,
        "payments are not recorded",
    ),
    _unjudged(
        "EMP-REIMB",
        "who gets a stipend or expenses is an employee; the Board may audit",
        _part(_EMPLOYMENT, "(g), (h)"),
        _V,
        "payments are not recorded",
    ),
    _unjudged(
        "SUP-TELE",
        "services may be given by telehealth, without a limit",
        _part(_EMPLOYMENT, "(i)"),
        _V,
        "it limits nothing: how a session was held is no category",
    ),
    _unjudged(
        "ALT-SUP",
        "another supervisor may stand in during vacation or illness",
        everywhere("4980.43.2(f), 16 CCR 1833.1.5", "4999.46.2(f)", "4996.23.1(h)"),
        _V,
        "a stand-in is a supervision of its own, and is judged as one",
    ),
    _unjudged(
        "AFTER-3000",
        "supervision goes on when the hours are complete",
        everywhere("4980.43.2(g)", "4999.46.2(g)", "4996.23.1(i)"),
        _V,
        "weeks after the last hour are judged like every other week",
    ),
    _unjudged(
        "SUP-TRAIN",
        "supervisors train 15 hours, then 6 at each renewal",
        everywhere("16 CCR 1834", "16 CCR 1834", "16 CCR 1834"),
        _s,
        "supervisors' training is not recorded; it is part of the answer to SUP-QUAL",
    ),
    _unjudged(
        "SELF-60D",
        "a supervisor's first supervision is reported to the Board in 60 days",
        everywhere("16 CCR 1833(b), 1833.1(d)", "16 CCR 1820", "16 CCR 1869"),
        _S,
        "it is the supervisor's own duty, once in a career",
    ),
    _unjudged(
        "SUP-REC7",
        "supervisors keep records of their qualifications seven years",
        _RECORDS,
        _V,
        "it is about keeping records, not about hours",
    ),
    _unjudged(
        "CLIENT-REC7",
        "client records are kept seven years",
        everywhere("4980.49", "4999.75", "4993"),
        _M,
        "it is about keeping records, not about hours",
    ),
    _unjudged(
        "SUP-NOTICE",
        "a supervisor gives a week's written notice before refusing to sign",
        everywhere("16 CCR 1833.1", "16 CCR 1821", "16 CCR 1870"),
        _s,
        "notices are not recorded",
    ),
    _unjudged(
        "REG-CE",
        "three hours of law and ethics at each renewal",
        everywhere("4980.54(c)(2), 4980.399(e)", "4999.76", "4996.22(a)(3)"),
        _M,
        "courses for renewal are not recorded",
    ),
    _unjudged(
        "TR-PRACT-MIN",
        "the practicum itself has hours of its own",
        {Track.LMFT: "4980.36(d)(1)(B)"},
        _s,
        "the school judges its practicum",
    ),
    _unjudged(
        "PCC-PRACT-MIN",
        "the practicum has 280 face-to-face hours of its own",
        {Track.LPCC: "4999.36(e)"},
        _S,
        "the school judges its practicum",
    ),
    _unjudged(
        "MFT-550",
        "other hours before the degree, once 750 are used up",
        {Track.LMFT: "1,300 less 750"},
        _s,
        "it is arithmetic: MFT-PRE and MFT-PRE-CS give it together",
    ),
    _unjudged(
        "PCC-150",
        "hours in a hospital or community setting",
        {Track.LPCC: "AB 462 (2021)"},
        _S,
        "repealed with the year 2022",
    ),
)
# fmt: on
