"""The week a day counts in: Sunday to Saturday, as California's common hour trackers have it."""

import datetime as dt
from typing import Final

WEEK_DAYS: Final = 7


def week_of(day: dt.date) -> dt.date:
    """Return the Sunday on or before the day.

    The statutes say "week" and define none (BPC 4980.43.2, 4996.23.1, 4999.46.2); this is the one
    place that decides.
    """
    return day - dt.timedelta(days=day.isoweekday() % WEEK_DAYS)
