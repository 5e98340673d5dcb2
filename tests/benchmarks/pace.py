"""How long a run takes: the whole one for figures, the short one to see that everything works."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from tqdm import tqdm

from tests.benchmarks.clients import Tell


@dataclass(frozen=True)
class Pace:
    """Rounds and seconds of what is timed by the clock, events of what is timed by the count."""

    rounds: int
    round_s: float
    clients: tuple[int, ...]
    sizes: tuple[int, ...]
    checked_events: int
    followed_events: int
    library_events: int

    @property
    def is_short(self) -> bool:
        """Whether the figures are only a hint."""
        return self == SHORT


FULL: Final = Pace(
    rounds=5,
    round_s=1.5,
    clients=(1, 8, 32, 128),
    sizes=(10_000, 100_000, 1_000_000),
    checked_events=100_000,
    followed_events=15_000,
    library_events=3_000,
)
SHORT: Final = Pace(
    rounds=3,
    round_s=0.5,
    clients=(1, 32),
    sizes=(2_000, 10_000),
    checked_events=10_000,
    followed_events=5_000,
    library_events=500,
)


class _Telling(AbstractContextManager[Tell]):
    def __init__(self, what: str, total: float) -> None:
        layout = "{desc:34} {percentage:3.0f}% |{bar}| {elapsed} (left {remaining})"
        self._bar = tqdm(total=total, desc=what, disable=None, bar_format=layout)

    def __enter__(self) -> Tell:
        return self._bar.update

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def bar(what: str, total: float) -> AbstractContextManager[Tell]:
    """Show progress on the terminal, if there is one, for as long as a block runs."""
    return _Telling(what, total)
