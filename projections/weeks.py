"""Which week a day belongs to: weeks run from Sunday to Saturday."""

import datetime as dt

WEEK = dt.timedelta(days=7)


def week_of(day: dt.date) -> dt.date:
    """Return the Sunday on which the day's week begins."""
    return day - dt.timedelta(days=day.isoweekday() % 7)
