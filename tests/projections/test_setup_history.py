"""The history of what was stated tells each restatement field by field, to its person only."""

import datetime as dt
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from aggregates.facts import Silent
from aggregates.hours.enrolment import EnrolmentStated, WeekStartFixed
from aggregates.hours.enrolment_entry import EnrolmentEntry, Span, Track, WeekStart
from aggregates.hours.setting import SettingStated
from aggregates.hours.setting_entry import Employment, SettingKind
from aggregates.hours.supervision import SupervisionStated
from aggregates.hours.supervision_entry import Licence, Suitability, Tie
from aggregates.private import Private
from projections.entry_history import EntryChange, told
from projections.setup_history import (
    ENROLMENTS,
    SETTINGS,
    SUPERVISIONS,
    enrolment_history,
    setting_history,
    supervision_history,
)
from tests.aggregates.hours_examples import CLINIC, ENROLMENT, SUPERVISED
from tests.projections.hours import (
    ANA,
    SETTING,
    SUPERVISION,
    SUPERVISOR,
    enrolment,
    refusal,
    setting,
    supervision,
)
from tests.projections.world import SUNDAY, World, name

BEN, PRACTICE = name("ben"), name("practice", "one")
ENROLLED = name("enrolment")
DAY = dt.date(2027, 1, 4)


def _said(change: EntryChange) -> list[tuple[str, str, str]]:
    return [(each.field, each.before, each.after) for each in change.differences]


@pytest.mark.postgres
def test_each_restatement_of_a_setting_says_what_changed(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, SETTING, ANA, SettingStated(person_id=ANA, entry=setting()))
    paid = msgspec.structs.replace(setting("2 Elm Street"), employment=Employment.VOLUNTEER)
    world.tell(PRACTICE, SETTING, ANA, SettingStated(person_id=ANA, entry=paid))
    found = setting_history(world, PRACTICE, ANA, SETTING)
    assert found is not None
    assert (found.version, found.entry, found.deleted, found.shredded) == (2, paid, False, False)
    assert [change.kind for change in found.changes] == ["stated", "stated"]
    assert [_said(change) for change in found.changes] == [
        [],
        [
            ("address", "1 Elm Street", "2 Elm Street"),
            ("employment", "Employee", "Volunteer"),
        ],
    ]
    first, second = (change.recorded_at_us for change in found.changes)
    assert first < second


@pytest.mark.postgres
def test_a_fixed_start_of_weeks_stands_between_two_enrolments(world: World) -> None:
    world.open_practice()
    stated = EnrolmentStated(person_id=ANA, entry=enrolment())
    restated = EnrolmentStated(person_id=ANA, entry=enrolment(degree_on=SUNDAY))
    world.tell(PRACTICE, ENROLLED, ANA, stated)
    world.tell(PRACTICE, ENROLLED, SUPERVISOR, WeekStartFixed())
    world.tell(PRACTICE, ENROLLED, ANA, restated)
    found = enrolment_history(world, PRACTICE, ANA, ENROLLED)
    assert found is not None
    assert [(each.kind, each.reason) for each in found.changes] == [
        ("stated", None),
        ("fixed", "a week was signed"),
        ("stated", None),
    ]
    assert _said(found.changes[2]) == [("degree_on", "not stated", "Sun 20 Sep 2026")]


@pytest.mark.postgres
def test_a_notice_is_told_as_the_supervisor_wrote_it(world: World) -> None:
    world.open_practice()
    stated = SupervisionStated(person_id=ANA, entry=supervision())
    world.tell(PRACTICE, SUPERVISION, ANA, stated)
    world.tell(PRACTICE, SUPERVISION, SUPERVISOR, refusal(SUNDAY + dt.timedelta(days=9)))
    found = supervision_history(world, PRACTICE, ANA, SUPERVISION)
    assert found is not None
    assert (found.changes[1].kind, found.changes[1].reason) == (
        "noticed",
        "hours from Tue 29 Sep 2026 on will not be signed (I leave.)",
    )
    assert found.entry == supervision()


@pytest.mark.postgres
def test_another_persons_statement_is_none_and_so_is_one_of_another_kind(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, SETTING, ANA, SettingStated(person_id=ANA, entry=setting()))
    assert setting_history(world, PRACTICE, BEN, SETTING) is None
    assert setting_history(world, name("practice", "two"), ANA, SETTING) is None
    assert supervision_history(world, PRACTICE, ANA, SETTING) is None
    assert enrolment_history(world, PRACTICE, ANA, SETTING) is None


@pytest.mark.postgres
def test_a_shredded_statement_keeps_its_steps_and_nothing_of_what_they_said(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, SUPERVISION, ANA, SupervisionStated(person_id=ANA, entry=supervision()))
    world.tell(PRACTICE, SUPERVISION, SUPERVISOR, refusal(SUNDAY + dt.timedelta(days=9)))
    world.tell(PRACTICE, SUPERVISION, ANA, SupervisionStated(person_id=ANA, entry=supervision(2)))
    world.shred(PRACTICE, "supervision")
    found = supervision_history(world, PRACTICE, ANA, SUPERVISION)
    assert found is not None
    assert (found.shredded, found.entry) == (True, None)
    assert [(each.kind, each.differences, each.reason) for each in found.changes] == [
        ("stated", (), None),
        ("noticed", (), None),
        ("stated", (), None),
    ]


CHANGES: dict[type[Silent], dict[str, Any]] = {
    type(ENROLMENT): {
        "track": Track.LCSW,
        "week_start": WeekStart.SUNDAY,
        "units_on": DAY,
        "degree_on": DAY,
        "application_on": DAY,
        "live_scan_on": DAY,
        "registration": Private("AMFT 2"),
        "registered_on": DAY,
        "registered_until": DAY,
        "licensure_on": DAY,
        "second_registration": Private("AMFT 3"),
        "second_registered_on": DAY,
        "second_registered_until": DAY,
        "practicum": (Span(first=DAY), Span(first=DAY, last=DAY)),
    },
    type(CLINIC): {
        "name": Private("Other"),
        "address": None,
        "kind": SettingKind.PRIVATE_PRACTICE,
        "employment": Employment.CONTRACTOR,
        "is_lawful": False,
        "school_agreement_on": DAY,
        "employer_letter_on": DAY,
        "w2_years": (2024, 2025),
        "pay_stub_on": DAY,
    },
    type(SUPERVISED): {
        "setting_id": name("other"),
        "supervisor_id": None,
        "supervisor_name": Private("Lee Roe"),
        "licence": Licence.LEP,
        "licence_number": Private("1"),
        "licence_from": DAY,
        "licence_until": DAY,
        "starts_on": DAY,
        "ends_on": DAY,
        "meets_alone": False,
        "is_qualified": False,
        "is_related": True,
        "has_record_access": True,
        "agreement_on": DAY,
        "needs_oversight": False,
        "oversight_on": DAY,
        "video": Suitability.UNSUITABLE,
        "video_assessed_on": DAY,
        "tie": Tie.OWNER,
    },
}
KINDS: list[tuple[Any, Any]] = [
    (ENROLMENTS, ENROLMENT),
    (SETTINGS, CLINIC),
    (SUPERVISIONS, SUPERVISED),
]


@pytest.mark.parametrize(("kind", "entry"), KINDS)
def test_every_field_of_a_statement_can_differ(kind: Any, entry: Any) -> None:  # noqa: ANN401 -- any of the three
    """A field that was added and is not told would change unseen."""
    changes = CHANGES[type(entry)]
    assert set(changes) == set(entry.__struct_fields__)
    for field, value in changes.items():
        (difference,) = told(kind, entry, msgspec.structs.replace(entry, **{field: value}))
        assert difference.field == field
        assert difference.before != difference.after


def test_a_term_of_practicum_that_goes_on_says_so() -> None:
    before = EnrolmentEntry(track=Track.LMFT, week_start=WeekStart.SUNDAY)
    after = msgspec.structs.replace(before, practicum=(Span(first=DAY),))
    (difference,) = told(ENROLMENTS, before, after)
    assert (difference.before, difference.after) == (
        "not stated",
        "Mon 4 Jan 2027 and going on",
    )
    assert "2027" not in repr(replace(difference, field="practicum"))
