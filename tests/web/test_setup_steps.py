"""What a setup lacks, and what to do next, each with its reason and its statute."""

import datetime as dt

import msgspec
import pytest

from aggregates.hours.enrolment_entry import Track
from aggregates.hours.setting_entry import Employment, SettingKind
from aggregates.hours.supervision_entry import Tie
from projections.setup import Setup
from tests.aggregates.hours_examples import (
    CLINIC,
    EARLY,
    ENROLMENT,
    SETTING,
    SUPERVISED,
    SUPERVISION,
)
from web.pages.setup.setup_steps import steps

TODAY = dt.date(2026, 11, 24)
STATED = Setup(
    enrolment=msgspec.structs.replace(ENROLMENT, registered_until=dt.date(2027, 8, 31)),
    settings={SETTING: CLINIC},
    supervisions={SUPERVISION: SUPERVISED},
)


def test_nothing_is_missing_from_a_whole_setup() -> None:
    """No step is invented."""
    assert steps(STATED, TODAY) == ()


@pytest.mark.parametrize(
    ("field", "value", "says", "is_late"),
    [
        ("agreement_on", None, "this was due by Friday, August 2, 2024", True),
        ("is_qualified", False, "whether they qualify", True),
        ("is_related", True, "spouse, partner or relative", True),
        ("oversight_on", dt.date(2024, 6, 4), "before the supervision starts", True),
        ("licence_until", dt.date(2026, 11, 23), "licence expired", True),
        ("supervisor_id", None, "Nobody here can sign", False),
    ],
)
def test_what_a_supervision_lacks_is_told(
    field: str, value: object, says: str, *, is_late: bool
) -> None:
    """With who it is about, and whether hours are at stake."""
    supervision = msgspec.structs.replace(SUPERVISED, **{field: value})
    (step,) = steps(
        Setup(STATED.enrolment, settings=STATED.settings, supervisions={SUPERVISION: supervision}),
        TODAY,
    )
    assert says in step.sentence
    assert (step.name, step.is_late) == ("Dana Roe", is_late)


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"tie": Tie.OWNER, "has_record_access": True}, []),
        ({"tie": Tie.OWNER}, ["sees clients, or may see its records"]),
        ({"has_record_access": True}, ["employed or contracted by it, or owns it"]),
        (
            {"tie": Tie.NONE},
            ["employed or contracted by it, or owns it", "sees clients, or may see its records"],
        ),
    ],
)
def test_a_private_practice_asks_for_two_things(stated: dict[str, object], says: list[str]) -> None:
    """Hours are at stake with each that is missing; an exempt setting asks for neither."""
    supervision = msgspec.structs.replace(SUPERVISED, **stated)
    private = msgspec.structs.replace(CLINIC, kind=SettingKind.PRIVATE_PRACTICE)
    setup = Setup(
        STATED.enrolment, settings={SETTING: private}, supervisions={SUPERVISION: supervision}
    )
    found = steps(setup, TODAY)
    assert all(each.is_late for each in found)
    assert [
        words for words, each in zip(says, found, strict=True) if words in each.sentence
    ] == says
    setup.settings[SETTING] = CLINIC
    assert steps(setup, TODAY) == ()


def test_a_second_number_and_a_private_practice_do_not_go_together() -> None:
    """From its day on; and whether it has expired is asked of the second one then."""
    private = msgspec.structs.replace(CLINIC, kind=SettingKind.PRIVATE_PRACTICE)
    owned = msgspec.structs.replace(SUPERVISED, tie=Tie.OWNER, has_record_access=True)
    for issued_on, says in ((TODAY, ["no hours count"]), (TODAY + dt.timedelta(days=1), [])):
        second = msgspec.structs.replace(
            ENROLMENT, registered_until=TODAY, second_registered_on=issued_on
        )
        setup = Setup(second, settings={SETTING: private}, supervisions={SUPERVISION: owned})
        found = [each.sentence for each in steps(setup, TODAY)]
        assert [words for words, each in zip(says, found, strict=True) if words in each] == says
    renewed = msgspec.structs.replace(
        ENROLMENT,
        registered_until=TODAY - dt.timedelta(days=90),
        second_registered_on=TODAY - dt.timedelta(days=60),
    )
    setup = Setup(renewed, settings=STATED.settings, supervisions=STATED.supervisions)
    assert steps(setup, TODAY) == ()


def test_the_agreement_has_sixty_days() -> None:
    """On the last day there is time; on the next it is late."""
    begun = msgspec.structs.replace(SUPERVISED, agreement_on=None, starts_on=dt.date(2026, 9, 25))
    signed = msgspec.structs.replace(begun, oversight_on=begun.starts_on)
    setup = Setup(STATED.enrolment, settings=STATED.settings, supervisions={SUPERVISION: signed})
    (step,) = steps(setup, TODAY)
    assert (step.is_late, step.citation) == (False, "16 CCR 1833(c)(1)")
    assert steps(setup, TODAY + dt.timedelta(days=1))[0].is_late


def test_a_contractor_and_a_trainee_elsewhere_hear_of_it() -> None:
    """The hours would be void."""
    contractor = msgspec.structs.replace(CLINIC, employment=Employment.CONTRACTOR)
    setup = Setup(
        STATED.enrolment, settings={SETTING: contractor}, supervisions=STATED.supervisions
    )
    assert [each.is_late for each in steps(setup, TODAY)] == [True]
    early = msgspec.structs.replace(EARLY, track=Track.LPCC)
    assert "never count" in steps(Setup(early), TODAY)[0].sentence
