"""When a week counts as signed late: more than seven days after its last day."""

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from aggregates.week import WEEK_DAYS

LATE_DAYS: Final = 7
CALIFORNIA: Final = ZoneInfo("America/Los_Angeles")
_IN_TIME: Final = dt.timedelta(days=WEEK_DAYS + LATE_DAYS)


def is_late(first_day: dt.date, signed_at_us: int | None) -> bool:
    """Tell whether a week was signed after the seventh day that follows it, by California's days.

    None is one that was not signed.
    """
    if signed_at_us is None:
        return False
    signed_on = dt.datetime.fromtimestamp(signed_at_us // 1_000_000, CALIFORNIA).date()
    return signed_on >= first_day + _IN_TIME
