"""What proves an employee's pay: a W-2 for each tax year, a pay stub for one that has not ended."""

import datetime as dt
from typing import Any, Final

import pytest

from aggregates.bbs.evaluate import evaluate
from aggregates.bbs.evaluation import Status
from aggregates.bbs.evidence import pay_stub_missing, w2_missing
from aggregates.hours.enrolment_entry import Track
from aggregates.hours.setting_entry import Employment
from tests.aggregates.bbs.invented import (
    ASSOCIATE,
    SETTING,
    SITE,
    activity,
    changed,
    history,
    session,
)
from tests.aggregates.bbs.sides import broken, kept

LAST_OF_2024: Final = dt.date(2024, 12, 31)
FIRST_OF_2025: Final = dt.date(2025, 1, 1)
IN_2026: Final = dt.date(2026, 2, 2)
AS_OF: Final = dt.date(2026, 3, 1)


def missing(
    track: Track,
    *days: dt.date,
    as_of: dt.date = AS_OF,
    licensure_on: dt.date | None = None,
    **setting: Any,  # noqa: ANN401 -- any of the fields
) -> list[str]:
    """Return what the pay of an employee lacks, who worked on these days."""
    entries = [
        entry
        for place, day in enumerate(days)
        for entry in (session(2 * place + 1, day), activity(2 * place + 2, day))
    ]
    made = history(
        *entries,
        enrolment=changed(ASSOCIATE, track=track, licensure_on=licensure_on),
        setting=changed(SETTING, **({"employer_letter_on": None} | setting)),
    )
    found = evaluate(made, as_of)
    gaps = [gap for gap in found.gaps if gap.rule_id == "EMP-W2"]
    assert all((gap.setting_id, gap.due, gap.is_late) == (SITE, None, False) for gap in gaps)
    assert all(gap.citation == found.verdict("EMP-W2").citation for gap in gaps)
    status = Status.WARNING if gaps else Status.MET
    assert found.verdict("EMP-W2").status is status
    return [gap.sentence for gap in gaps]


@kept("EMP-W2")
def test_each_year_with_its_w2_is_complete(rule_id: str, track: Track) -> None:
    """The last day of a year and the first of the next are two years; more forms harm nothing."""
    del rule_id
    days = (LAST_OF_2024, FIRST_OF_2025)
    assert missing(track, *days, w2_years=(2023, 2024, 2025)) == []


@kept("EMP-W2")
def test_a_pay_stub_is_enough_for_the_year_of_the_receipt(rule_id: str, track: Track) -> None:
    """The year that has not ended when the Board receives the application, or by now."""
    del rule_id
    assert missing(track, IN_2026, pay_stub_on=IN_2026) == []
    received = dt.date(2025, 12, 31)
    assert missing(track, FIRST_OF_2025, licensure_on=received, pay_stub_on=received) == []


@broken("EMP-W2")
def test_each_year_without_its_w2_is_told(rule_id: str, track: Track) -> None:
    """Only years with hours at the setting, each once."""
    del rule_id
    days = (LAST_OF_2024, FIRST_OF_2025, FIRST_OF_2025 + dt.timedelta(days=7))
    assert missing(track, *days) == [w2_missing(2024), w2_missing(2025)]
    assert missing(track, *days, w2_years=(2024,)) == [w2_missing(2025)]
    assert missing(track, *days, w2_years=(2025,)) == [w2_missing(2024)]


@broken("EMP-W2")
def test_a_pay_stub_is_no_w2_once_its_year_has_ended(rule_id: str, track: Track) -> None:
    """From the first day of the next year on; and one of another year proves nothing."""
    del rule_id
    stub = {"pay_stub_on": LAST_OF_2024}
    assert missing(track, LAST_OF_2024, as_of=LAST_OF_2024, **stub) == []
    assert missing(track, LAST_OF_2024, as_of=FIRST_OF_2025, **stub) == [w2_missing(2024)]
    assert missing(track, IN_2026, **stub) == [pay_stub_missing(2026)]
    assert missing(track, IN_2026) == [pay_stub_missing(2026)]
    later = {"licensure_on": LAST_OF_2024, "pay_stub_on": FIRST_OF_2025}
    assert missing(track, LAST_OF_2024, **later) == [pay_stub_missing(2024)]


@pytest.mark.parametrize("track", Track)
def test_the_day_that_employees_stated_before_counts_up_to_its_year(track: Track) -> None:
    """So nobody lost what they had stated, and what came later needs its own."""
    before = {"employer_letter_on": LAST_OF_2024}
    assert missing(track, dt.date(2023, 5, 1), LAST_OF_2024, **before) == []
    assert missing(track, FIRST_OF_2025, **before) == [w2_missing(2025)]
    assert missing(track, IN_2026, employer_letter_on=dt.date(2026, 1, 2)) == []


@pytest.mark.parametrize("track", Track)
def test_nobody_else_is_asked_for_them(track: Track) -> None:
    """Volunteers have a letter, trainees file none, and after the receipt nothing is filed."""
    assert missing(track, LAST_OF_2024, employment=Employment.VOLUNTEER) == []
    assert missing(track, ASSOCIATE.degree_on or LAST_OF_2024, w2_years=(2021,)) == []
    if track is Track.LMFT:
        assert missing(track, dt.date(2021, 5, 31)) == []
    assert missing(track, IN_2026, licensure_on=FIRST_OF_2025) == []
