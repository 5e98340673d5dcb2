"""The week a day counts in, which begins on a Sunday unless a person chose Mondays."""

import datetime as dt
from typing import Final

from aggregates.hours.enrolment_entry import WeekStart

WEEK_DAYS: Final = 7
_DAYS_SINCE: Final = {WeekStart.SUNDAY: 0, WeekStart.MONDAY: 6}


def week_of(day: dt.date, start: WeekStart = WeekStart.SUNDAY) -> dt.date:
    """Return the first day of the week the day is in.

    The statutes say "week" and define none (BPC 4980.43.2, 4996.23.1, 4999.46.2). California's
    common hour trackers begin on Sunday or let a person choose; this is the one place that decides.
    """
    return day - dt.timedelta(days=(day.isoweekday() + _DAYS_SINCE[start]) % WEEK_DAYS)


def last_day_of(first_day: dt.date) -> dt.date:
    """Return the last of the seven days."""
    return first_day + dt.timedelta(days=WEEK_DAYS - 1)
