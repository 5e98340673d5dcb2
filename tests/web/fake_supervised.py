"""Supervision and hours in a practice in memory: nobody handed in or logged anything."""

from projections.compliance_review import Review
from projections.setup import Setup
from web.reviewing import ReviewRecords
from web.supervising import SupervisedRecords, Supervising


def nothing_supervised() -> SupervisedRecords:
    """Return reads that find nothing."""
    return SupervisedRecords(
        inbox=lambda _: (),
        latest=lambda _: (),
        since=lambda _actor, _day: (),
        weeks=lambda _actor, _person: (),
        row=lambda _actor, _stream: None,
        notices=lambda _: (),
    )


def nobody_supervised() -> Supervising:
    """Return answers of a practice without supervision."""
    return Supervising(
        supervisees=lambda _: (),
        supervisee_of=lambda _actor, _stream: None,
        row_owner=lambda _actor, _stream: None,
    )


def nothing_reviewed() -> ReviewRecords:
    """Return reads of a practice where nobody logs hours."""
    return ReviewRecords(
        everybody=lambda _actor, _day: {},
        person=lambda _actor, _person, _day: Review((), None),
        setup=lambda _actor, _person: Setup(),
    )
