"""What a person did not state is open: the strict reading takes it for missing, the other not."""

import datetime as dt
from typing import Final

import pytest

from aggregates.bbs.bounds import Question
from aggregates.bbs.evaluate import evaluate
from aggregates.hours.enrolment_entry import Span, Track
from tests.aggregates.bbs.invented import HOUR, TRAINEE, activity, changed, history, session
from tests.aggregates.bbs.one_hour import assert_counts, assert_open, assert_void, of, on

DAY: Final = dt.date(2021, 7, 5)  # between the degree and the registration
ONE: Final = dt.timedelta(days=1)
NINETY_DAYS: Final = {Track.LMFT: "MFT-90D", Track.LPCC: "PCC-90D", Track.LCSW: "SW-90D"}


@pytest.mark.parametrize("track", Track)
def test_the_day_of_an_application_that_somebody_registered_made(track: Track) -> None:
    """They did apply; whether in time nobody said. Who is not registered may never have."""
    assert_counts(on(DAY, of(track)), NINETY_DAYS[track])
    unstated = on(DAY, of(track, application_on=None))
    assert_open(unstated, NINETY_DAYS[track], Question.APPLICATION_MISSING)
    assert (
        on(DAY, of(track, application_on=None, registered_on=None)).totals.creditable.optimistic.c
        == 0
    )


@pytest.mark.parametrize("track", Track)
def test_the_day_of_a_live_scan(track: Track) -> None:
    """Stated a day too late it is sure that the hour does not count."""
    unstated = on(DAY, of(track, live_scan_on=None))
    assert_open(unstated, NINETY_DAYS[track], Question.LIVE_SCAN_MISSING)
    assert_void(on(DAY, of(track, live_scan_on=DAY + ONE)), NINETY_DAYS[track])


def test_old_clinical_hours_of_somebody_who_stated_no_practicum() -> None:
    """Six years and a half before the receipt: exempt if they were of the practicum."""
    day, receipt = dt.date(2021, 2, 1), dt.date(2027, 6, 1)
    trained = changed(
        TRAINEE,
        units_on=dt.date(2019, 1, 1),
        degree_on=dt.date(2021, 6, 1),
        licensure_on=receipt,
        practicum=(Span(first=dt.date(2020, 1, 1), last=dt.date(2021, 5, 31)),),
    )
    hours = (session(1, day), activity(2, day))
    stated = evaluate(history(*hours, enrolment=trained), receipt)
    assert stated.totals.creditable.conservative.a == HOUR
    unsaid = evaluate(history(*hours, enrolment=changed(trained, practicum=())), receipt)
    creditable = unsaid.totals.creditable
    assert (creditable.conservative.a, creditable.optimistic.a) == (0, HOUR)
    assert (creditable.conservative.b, creditable.optimistic.b) == (0, 0)
    exempt = unsaid.verdict("MFT-6YR-EX").value
    assert (exempt.conservative, exempt.optimistic) == (0, HOUR)


def test_hours_of_clinical_social_work_after_the_receipt() -> None:
    """The statute counts the six years before it (BPC 4996.23(d)(4)); the others set an age."""
    day = dt.date(2026, 1, 5)
    received = {track: of(track, licensure_on=day - ONE) for track in Track}
    assert_open(on(day, received[Track.LCSW]), "SW-6YR", Question.AFTER_RECEIPT)
    assert_counts(on(day - ONE, received[Track.LCSW]), "SW-6YR")
    assert_counts(on(day, received[Track.LMFT]), "MFT-6YR")
    assert_counts(on(day, received[Track.LPCC]), "PCC-6YR")
