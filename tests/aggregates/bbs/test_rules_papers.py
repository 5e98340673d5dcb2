"""Supervisors and settings as they must be, and the papers that are asked for, with their days."""

import datetime as dt
from typing import Any, Final
from uuid import UUID

import pytest

from aggregates.bbs.bounds import Question
from aggregates.bbs.evaluate import evaluate
from aggregates.bbs.evaluation import Evaluation, Gap, Status
from aggregates.bbs.evidence import (
    LICENCE_UNSEEN,
    VIDEO_LATE,
    VIDEO_MISSING_UNUSED,
    VIDEO_MISSING_USED,
)
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track
from aggregates.hours.setting_entry import Employment, SettingKind
from aggregates.hours.supervision_entry import Suitability, Tie
from aggregates.session_entry import Modality
from tests.aggregates.bbs.invented import (
    ASSOCIATE,
    HOUR,
    OTHER_SUPERVISION,
    SETTING,
    SITE,
    SUPERVISION,
    TRAINEE,
    WITH_LCSW,
    activity,
    changed,
    history,
    session,
)
from tests.aggregates.bbs.sides import broken, kept

DAY: Final = dt.date(2024, 6, 12)
AS_OF: Final = dt.date(2026, 3, 1)
ONE: Final = dt.timedelta(days=1)
VOID: Final = ("SET-LAWFUL", "SUP-REL", "SUP-QUAL", "SUP-LIC-GAP", "SUP-ALWAYS")
STARTED: Final[dict[str, Any]] = {"starts_on": DAY, "agreement_on": DAY}


def of(  # noqa: PLR0913 -- what may be changed
    track: Track,
    *,
    enrolment: EnrolmentEntry = ASSOCIATE,
    setting: dict[str, Any] | None = None,
    supervision: dict[str, Any] | None = None,
    modality: Modality = Modality.IN_PERSON,
    supervisees: dict[UUID, int] | None = None,
) -> Evaluation:
    """Return the evaluation of a supervised hour on the day."""
    made = history(
        session(1, DAY),
        activity(2, DAY, modality=modality),
        enrolment=changed(enrolment, track=track),
        setting=changed(SETTING, **(setting or {})),
        supervision=changed(WITH_LCSW, **(supervision or {})),
    )
    return evaluate(made, AS_OF, supervisees)


def gaps(found: Evaluation, rule_id: str) -> list[Gap]:
    """Return the gaps of a rule, of the supervision that has hours or of its setting."""
    return [
        gap
        for gap in found.gaps
        if gap.rule_id == rule_id and gap.supervision_id != OTHER_SUPERVISION
    ]


def assert_complete(found: Evaluation, rule_id: str) -> None:
    """Nothing is missing."""
    assert gaps(found, rule_id) == []
    assert found.verdict(rule_id).status is Status.MET


def assert_missing(found: Evaluation, rule_id: str, due: dt.date | None) -> None:
    """Something is, by that day, and no hours are lost."""
    (gap,) = gaps(found, rule_id)
    assert (gap.due, gap.is_late) == (due, due is not None)
    assert gap.sentence.endswith(".")
    assert found.verdict(rule_id).status is Status.WARNING
    assert found.totals.creditable.conservative == found.totals.recorded


@kept(*VOID)
def test_hours_at_the_edge_of_supervision_and_licence_count(rule_id: str, track: Track) -> None:
    """Both began that day, and both end on it."""
    spans = {"starts_on": DAY, "ends_on": DAY, "licence_from": DAY, "licence_until": DAY}
    found = of(track, supervision=spans)
    assert found.totals.creditable.conservative.c == 2 * HOUR
    assert found.verdict(rule_id).over_cap.conservative == 0


BROKEN: Final[dict[str, list[dict[str, Any]]]] = {
    "SUP-REL": [{"is_related": True}],
    "SUP-QUAL": [{"is_qualified": False}],
    "SUP-LIC-GAP": [{"licence_from": DAY + ONE}, {"licence_until": DAY - ONE}],
    "SUP-ALWAYS": [{"starts_on": DAY + ONE}, {"ends_on": DAY - ONE}],
}


@broken(*BROKEN)
def test_hours_under_no_supervisor_of_that_day_do_not(rule_id: str, track: Track) -> None:
    """A relative, unqualified, a day outside the licence or the supervision."""
    for change in BROKEN[rule_id]:
        found = of(track, supervision=change)
        assert found.totals.creditable.optimistic.c == 0
        assert found.verdict(rule_id).over_cap.optimistic == 2 * HOUR


@broken("SET-LAWFUL")
def test_hours_at_a_setting_that_is_not_lawful_do_not(rule_id: str, track: Track) -> None:
    """The person has not confirmed that it is."""
    found = of(track, setting={"is_lawful": False})
    assert found.totals.creditable.optimistic.c == 0
    assert found.verdict(rule_id).over_cap.optimistic == 2 * HOUR


PRIVATE: Final[dict[str, Any]] = {"kind": SettingKind.PRIVATE_PRACTICE}


@kept("SUP-PP")
@pytest.mark.parametrize("tie", [Tie.EMPLOYEE, Tie.CONTRACTOR, Tie.OWNER])
def test_a_private_practice_with_tie_and_access_to_records_counts(
    rule_id: str, track: Track, tie: Tie
) -> None:
    """And elsewhere nobody asks for either."""
    found = of(track, setting=PRIVATE, supervision={"has_record_access": True, "tie": tie})
    assert found.totals.creditable.conservative.c == 2 * HOUR
    assert found.verdict(rule_id).over_cap.conservative == 0
    assert of(track, supervision={"tie": Tie.NONE}).verdict(rule_id).over_cap.conservative == 0


@broken("SUP-PP")
@pytest.mark.parametrize(
    ("stated", "question"),
    [
        ({"tie": Tie.OWNER}, Question.RECORD_ACCESS_MISSING),
        ({"has_record_access": True}, Question.TIE_MISSING),
        ({}, Question.TIE_MISSING),
    ],
)
def test_with_one_of_the_two_its_hours_are_open(
    rule_id: str, track: Track, stated: dict[str, Any], question: Question
) -> None:
    """What is not stated may be so; a box that was ticked before ties were asked for, too."""
    found = of(track, setting=PRIVATE, supervision=stated)
    creditable = found.totals.creditable
    assert (creditable.conservative.c, creditable.optimistic.c) == (0, 2 * HOUR)
    assert found.verdict(rule_id).over_cap.questions == {question}


@broken("SUP-PP")
def test_a_supervisor_with_no_tie_to_the_practice_gives_no_hours(
    rule_id: str, track: Track
) -> None:
    """Whatever access there is to the records."""
    found = of(track, setting=PRIVATE, supervision={"has_record_access": True, "tie": Tie.NONE})
    assert found.totals.creditable.optimistic.c == 0
    assert found.verdict(rule_id).over_cap.optimistic == 2 * HOUR


@kept("AGR-60D")
def test_an_agreement_on_the_60th_day_is_in_time(rule_id: str, track: Track) -> None:
    """Counted from the start; supervisions before 2022 had other papers."""
    signed = {"starts_on": DAY, "agreement_on": DAY + 60 * ONE}
    assert_complete(of(track, supervision=signed), rule_id)
    older = {"starts_on": dt.date(2021, 12, 31), "agreement_on": None}
    assert_complete(of(track, supervision=older), rule_id)


@broken("AGR-60D")
@pytest.mark.parametrize("agreement_on", [None, DAY + 61 * ONE])
def test_an_agreement_on_the_61st_day_is_late(
    rule_id: str, track: Track, agreement_on: dt.date | None
) -> None:
    """Or missing."""
    signed = {"starts_on": DAY, "agreement_on": agreement_on}
    assert_missing(of(track, supervision=signed), rule_id, DAY + 60 * ONE)


@kept("SUP-OVERSIGHT")
@pytest.mark.parametrize(
    "stated", [{"needs_oversight": False}, {"needs_oversight": True, "oversight_on": DAY - ONE}]
)
def test_oversight_agreed_before_the_start_is_in_time(
    rule_id: str, track: Track, stated: dict[str, Any]
) -> None:
    """And none is asked for where the employer supervises."""
    assert_complete(of(track, supervision=STARTED | stated), rule_id)


@broken("SUP-OVERSIGHT")
@pytest.mark.parametrize("oversight_on", [None, DAY])
def test_oversight_agreed_on_the_day_of_the_start_is_late(
    rule_id: str, track: Track, oversight_on: dt.date | None
) -> None:
    """Or missing."""
    stated = STARTED | {"needs_oversight": True, "oversight_on": oversight_on}
    assert_missing(of(track, supervision=stated), rule_id, DAY)


@kept("VIDEO-60D")
def test_video_noted_on_the_60th_day_is_in_time(rule_id: str, track: Track) -> None:
    """And older supervisions owe no note."""
    noted = {"video": Suitability.SUITABLE, "video_assessed_on": DAY + 60 * ONE}
    assert_complete(of(track, supervision=STARTED | noted), rule_id)
    assert_complete(of(track), rule_id)


@broken("VIDEO-60D")
@pytest.mark.parametrize(
    ("noted", "modality", "sentence"),
    [
        ({}, Modality.VIDEO, VIDEO_MISSING_USED),
        ({}, Modality.IN_PERSON, VIDEO_MISSING_UNUSED),
        (
            {"video": Suitability.SUITABLE, "video_assessed_on": DAY + 61 * ONE},
            Modality.VIDEO,
            VIDEO_LATE,
        ),
    ],
)
def test_video_noted_on_the_61st_day_is_late(
    rule_id: str, track: Track, noted: dict[str, Any], modality: Modality, sentence: str
) -> None:
    """Or never; it is said whether video was used at all, since the duty may be narrowed."""
    found = of(track, supervision=STARTED | noted, modality=modality)
    assert_missing(found, rule_id, DAY + 60 * ONE)
    assert gaps(found, rule_id)[0].sentence == sentence


@kept("SUP-CAP6")
def test_six_people_are_not_too_many(rule_id: str, track: Track) -> None:
    """Nor seven in an exempt setting, or where they meet in groups only."""
    assert_complete(of(track, supervisees={SUPERVISION: 6}), rule_id)
    seven = {SUPERVISION: 7}
    exempt = of(track, setting={"kind": SettingKind.EXEMPT}, supervisees=seven)
    assert_complete(exempt, rule_id)
    groups = of(track, supervision={"meets_alone": False}, supervisees=seven)
    assert_complete(groups, rule_id)


@broken("SUP-CAP6")
def test_seven_people_are_too_many(rule_id: str, track: Track) -> None:
    """Outside exempt settings; where it is not known, nothing is said."""
    assert_missing(of(track, supervisees={SUPERVISION: 7}), rule_id, None)
    assert_complete(of(track), rule_id)


@kept("TR-SITE")
def test_a_trainees_site_with_an_agreement_is_complete(rule_id: str, track: Track) -> None:
    """And an associate's needs none."""
    assert_complete(of(track, enrolment=TRAINEE), rule_id)
    assert_complete(of(track, setting={"school_agreement_on": None}), rule_id)


@broken("TR-SITE")
def test_a_trainees_site_without_one_is_not(rule_id: str, track: Track) -> None:
    """From the first day there."""
    found = of(track, enrolment=TRAINEE, setting={"school_agreement_on": None})
    assert_missing(found, rule_id, DAY)


@kept("EMP-W2", "EMP-VOL")
@pytest.mark.parametrize("employment", [Employment.EMPLOYEE, Employment.VOLUNTEER])
def test_a_setting_with_its_proof_is_complete(
    rule_id: str, track: Track, employment: Employment
) -> None:
    """A letter, a W-2 or a pay stub."""
    assert_complete(of(track, setting={"employment": employment}), rule_id)


@broken("EMP-W2", "EMP-VOL")
def test_a_setting_without_it_is_not(rule_id: str, track: Track) -> None:
    """Each employment has its own."""
    employment = Employment.EMPLOYEE if rule_id == "EMP-W2" else Employment.VOLUNTEER
    unproven = {"employment": employment, "employer_letter_on": None}
    found = of(track, setting=unproven)
    assert_missing(found, rule_id, None)
    assert gaps(found, rule_id)[0].setting_id == SITE


def test_a_licence_that_runs_out_is_told_sixty_days_ahead() -> None:
    """And not a day before that."""
    for days, told in ((60, 1), (61, 0)):
        found = of(Track.LMFT, supervision={"licence_until": AS_OF + days * ONE})
        sentences = [gap.sentence for gap in gaps(found, "SUP-LIC-GAP")]
        assert sentences == told * [LICENCE_UNSEEN]
        assert not any(gap.is_late for gap in found.gaps)
