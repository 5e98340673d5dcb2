"""The one place that knows what time it is (invariant I12)."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time; handed in as an argument so that replay and tests agree."""

    def now_us(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_us(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1000
