"""Enrolments, settings and supervisions are stated by their person, restated, and kept apart."""

import datetime as dt

import msgspec
import pytest

from aggregates.hours.enrolment import (
    ENROLMENT,
    EnrolmentStated,
    FixWeekStart,
    StateEnrolment,
    WeekStartFixed,
)
from aggregates.hours.enrolment_entry import (
    EnrolmentEntry,
    Phase,
    WeekStart,
    enrolment_fields,
    read_enrolment,
)
from aggregates.hours.setting import SETTING, SettingStated, StateSetting
from aggregates.hours.setting_entry import read_setting, setting_fields
from aggregates.hours.supervision import (
    SUPERVISION,
    GiveNotice,
    SigningRefused,
    StateSupervision,
    SupervisionStated,
)
from aggregates.hours.supervision_entry import read_supervision, supervision_fields
from aggregates.private import Private
from aggregates.refusal import FieldsRefused
from tests.aggregates.hours_examples import (
    CLINIC,
    EARLY,
    OWNED,
    PAID,
    PERSON,
    SECOND,
    SUPERVISED,
    SUPERVISOR,
)
from tests.aggregates.hours_examples import (
    ENROLMENT as ENROLLED,
)
from tests.spec import Given, codes_of

TODAY = dt.date(2026, 11, 27)
STATED = EnrolmentStated(person_id=PERSON, entry=ENROLLED)
SUNDAYS = msgspec.structs.replace(ENROLLED, week_start=WeekStart.SUNDAY)


def state(entry: EnrolmentEntry) -> StateEnrolment:
    """State one's own."""
    return StateEnrolment(person_id=PERSON, entry=entry)


def test_an_enrolment_is_stated_and_restated() -> None:
    """Each time as a whole; the same again is nothing."""
    Given(ENROLMENT).when(state(ENROLLED)).then(STATED)
    Given(ENROLMENT).given(STATED).when(state(SUNDAYS)).then(
        EnrolmentStated(person_id=PERSON, entry=SUNDAYS)
    )
    Given(ENROLMENT).given(STATED).when(state(ENROLLED)).then_nothing()


def test_once_a_week_is_signed_weeks_begin_on_the_same_day_for_good() -> None:
    """Everything else may still be restated."""
    fixed = Given(ENROLMENT).given(STATED, WeekStartFixed())
    fixed.refuses(state(SUNDAYS), "week-start-fixed")
    later = msgspec.structs.replace(ENROLLED, licensure_on=dt.date(2027, 1, 4))
    fixed.when(state(later)).then(EnrolmentStated(person_id=PERSON, entry=later))


def test_the_first_day_of_weeks_is_fixed_once() -> None:
    """And not before an enrolment says what it is."""
    Given(ENROLMENT).refuses(FixWeekStart(), "enrolment-missing")
    Given(ENROLMENT).given(STATED).when(FixWeekStart()).then(WeekStartFixed())
    Given(ENROLMENT).given(STATED, WeekStartFixed()).when(FixWeekStart()).then_nothing()


@pytest.mark.parametrize("entry", [ENROLLED, EARLY, SECOND], ids=["full", "early", "second"])
def test_an_enrolment_reads_back_from_its_form(entry: EnrolmentEntry) -> None:
    """Whatever was left empty."""
    assert read_enrolment(enrolment_fields(entry)) == entry


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"track": "lmhc"}, "track-unknown"),
        ({"week_start": "friday"}, "choice-unknown"),
        ({"degree_on": "05/18/2024"}, "day-invalid"),
        ({"degree_on": "1024-05-18"}, "day-invalid"),
        ({"degree_on": "2021-05-18"}, "day-order"),
        ({"registered_until": "2024-08-11"}, "day-order"),
        ({"practicum_1_first": ""}, "span-incomplete"),
        ({"practicum_1_last": "2022-12-15"}, "day-order"),
        ({"registration": "x" * 121}, "text-too-long"),
        ({"registration": "AMFT\u200b1"}, "text-hidden-characters"),
    ],
)
def test_a_field_that_is_wrong_is_refused_beside_itself(changed: dict[str, str], code: str) -> None:
    """And nothing of it is repeated."""
    with pytest.raises(FieldsRefused) as refused:
        read_enrolment({**enrolment_fields(ENROLLED), **changed})
    assert codes_of(refused.value) == (code,)
    assert [error.field for error in refused.value.errors] == list(changed)


def test_the_day_of_the_award_is_after_the_degree() -> None:
    """The day before is not; without a degree everything is before."""
    award = dt.date(2024, 5, 18)
    assert ENROLLED.phase_of(award) is Phase.AFTER_DEGREE
    assert ENROLLED.phase_of(award - dt.timedelta(days=1)) is Phase.BEFORE_DEGREE
    assert EARLY.phase_of(award) is Phase.BEFORE_DEGREE


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"second_registered_on": ""}, "day-invalid"),
        ({"second_registered_on": "2018-08-11"}, "day-order"),
        ({"second_registered_until": "2024-09-15"}, "day-order"),
    ],
)
def test_a_second_registration_has_its_day_after_the_first(
    changed: dict[str, str], code: str
) -> None:
    """A number or an end without the day of issue would change nothing, unseen."""
    with pytest.raises(FieldsRefused) as refused:
        read_enrolment({**enrolment_fields(SECOND), **changed})
    assert codes_of(refused.value) == (code,)
    assert [error.field for error in refused.value.errors] == list(changed)
    no_first = enrolment_fields(SECOND) | {"registered_on": "", "registered_until": ""}
    assert read_enrolment(no_first).second_registered_on == SECOND.second_registered_on


def test_the_second_number_holds_from_its_day_on() -> None:
    """The day before, it is still the first one."""
    issued_on = dt.date(2024, 9, 16)
    before = SECOND.registration_on(issued_on - dt.timedelta(days=1))
    held = SECOND.registration_on(issued_on)
    assert (before.number, before.is_second) == (Private("APCC 1"), False)
    assert (held.number, held.is_second) == (Private("APCC 2"), True)
    assert EARLY.registration_on(issued_on).issued_on is None


def test_a_setting_is_its_persons_alone() -> None:
    """Another person is told that there is none."""
    stated = SettingStated(person_id=PERSON, entry=CLINIC)
    Given(SETTING).when(StateSetting(person_id=PERSON, entry=CLINIC)).then(stated)
    Given(SETTING).given(stated).when(StateSetting(person_id=PERSON, entry=CLINIC)).then_nothing()
    Given(SETTING).given(stated).refuses(
        StateSetting(person_id=SUPERVISOR, entry=CLINIC), "setting-unknown"
    )
    assert read_setting(setting_fields(CLINIC)) == CLINIC
    assert read_setting(setting_fields(PAID)) == PAID


def test_years_of_w2_forms_are_read_in_any_order_each_once() -> None:
    """Apart by spaces or commas; none is none."""
    fields = setting_fields(PAID)
    assert read_setting(fields | {"w2_years": " 2025, 2024 2025,"}).w2_years == (2024, 2025)
    assert read_setting(fields | {"w2_years": ""}).w2_years == ()
    twenty = " ".join(str(2000 + place) for place in range(20))
    assert len(read_setting(fields | {"w2_years": twenty}).w2_years) == 20


@pytest.mark.parametrize(
    "typed",
    ["24", "2024-2025", "1949", "2151", "\u0662\u0660\u0662\u0664", "2024 x", "2000 " * 21],
)
def test_what_is_no_year_is_refused_beside_its_field(typed: str) -> None:
    """And is not repeated."""
    with pytest.raises(FieldsRefused) as refused:
        read_setting(setting_fields(PAID) | {"w2_years": typed})
    assert codes_of(refused.value) == ("years-invalid",)
    assert [error.field for error in refused.value.errors] == ["w2_years"]


def test_a_supervision_is_its_supervisees_alone() -> None:
    """Another person is told that there is none."""
    stated = SupervisionStated(person_id=PERSON, entry=SUPERVISED)
    mine = StateSupervision(person_id=PERSON, entry=SUPERVISED)
    theirs = StateSupervision(person_id=SUPERVISOR, entry=SUPERVISED)
    Given(SUPERVISION).when(mine).then(stated)
    Given(SUPERVISION).given(stated).when(mine).then_nothing()
    Given(SUPERVISION).given(stated).refuses(theirs, "supervision-unknown")
    for entry in (SUPERVISED, OWNED):
        assert read_supervision(supervision_fields(entry)) == entry


def test_a_tie_is_one_of_four_or_not_stated() -> None:
    """Anything else is refused beside its field."""
    fields = supervision_fields(OWNED)
    assert read_supervision(fields | {"tie": ""}).tie is None
    with pytest.raises(FieldsRefused) as refused:
        read_supervision(fields | {"tie": "friend"})
    assert codes_of(refused.value) == ("choice-unknown",)
    assert [error.field for error in refused.value.errors] == ["tie"]


@pytest.mark.parametrize(("days", "codes"), [(6, ("notice-too-short",)), (7, ())])
def test_notice_is_given_a_week_ahead(days: int, codes: tuple[str, ...]) -> None:
    """16 CCR 1833.1: seven days are a week, six are not."""
    stated = SupervisionStated(person_id=PERSON, entry=SUPERVISED)
    from_day = TODAY + dt.timedelta(days=days)
    text = Private("I leave the clinic.")
    notice = GiveNotice(supervisor_id=SUPERVISOR, from_day=from_day, today=TODAY, text=text)
    if codes:
        Given(SUPERVISION).given(stated).refuses(notice, *codes)
    else:
        told = SigningRefused(supervisor_id=SUPERVISOR, from_day=from_day, text=text)
        Given(SUPERVISION).given(stated).when(notice).then(told)
        Given(SUPERVISION).given(stated, told).when(notice).then_nothing()


def test_only_the_supervisor_gives_notice() -> None:
    """Not the supervisee, and nobody before there is a supervision."""
    stated = SupervisionStated(person_id=PERSON, entry=SUPERVISED)
    from_day = TODAY + dt.timedelta(days=30)
    notice = GiveNotice(supervisor_id=PERSON, from_day=from_day, today=TODAY, text=Private("x"))
    Given(SUPERVISION).refuses(notice, "supervision-unknown")
    Given(SUPERVISION).given(stated).refuses(notice, "supervision-unknown")
