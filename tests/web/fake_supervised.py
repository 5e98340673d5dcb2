"""Supervision in a practice in memory: nobody handed in anything."""

from web.supervising import SupervisedRecords, Supervising


def nothing_supervised() -> SupervisedRecords:
    """Return reads that find nothing."""
    return SupervisedRecords(
        inbox=lambda _: (),
        latest=lambda _: (),
        since=lambda _actor, _day: (),
        weeks=lambda _actor, _person: (),
        row=lambda _actor, _stream: None,
    )


def nobody_supervised() -> Supervising:
    """Return answers of a practice without supervision."""
    return Supervising(
        supervisees=lambda _: (),
        supervisee_of=lambda _actor, _stream: None,
        row_owner=lambda _actor, _stream: None,
    )
