"""What a run measured: rates round by round, and the ratios that were asked for."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec


class Rates(msgspec.Struct, frozen=True):
    """One contestant's events a second in one setting, a figure a round."""

    part: str
    setting: str
    contestant: str
    events_per_second: list[float]

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return median(self.events_per_second)


class Ratio(msgspec.Struct, frozen=True):
    """How two medians compare; `asked` is the least it should be, None where nothing was asked."""

    part: str
    setting: str
    what: str
    value: float
    asked: float | None = None

    @property
    def verdict(self) -> str:
        """Whether what was asked is reached."""
        if self.asked is None:
            return ""
        return f"asked {self.asked:g}: {'reached' if self.value >= self.asked else 'MISSED'}"


class Outcome(msgspec.Struct, frozen=True):
    """All of one run."""

    machine: Mapping[str, str]
    is_short: bool
    seconds: float
    notes: Sequence[str]
    rates: Sequence[Rates]
    ratios: Sequence[Ratio]


class Part(msgspec.Struct, frozen=True):
    """What one comparison brings: rates, ratios, and remarks that belong to them."""

    rates: list[Rates]
    ratios: list[Ratio]
    notes: list[str]


def rates_of(part: str, setting: str, measured: Mapping[str, list[float]]) -> list[Rates]:
    """Return what was measured in one setting, contestant by contestant."""
    return [
        Rates(part, setting, contestant, [round(rate, 1) for rate in rates])
        for contestant, rates in measured.items()
    ]


def ratio(
    rates: Sequence[Rates], setting: str, ours: str, theirs: str, asked: float | None = None
) -> Ratio:
    """Return the ratio of two contestants' medians in one setting."""
    by_name = {each.contestant: each for each in rates if each.setting == setting}
    value = by_name[ours].median / by_name[theirs].median
    return Ratio(by_name[ours].part, setting, f"{ours} / {theirs}", round(value, 2), asked)


def table(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of the table: ratios first, then rates."""
    for each in outcome.ratios:
        line = f"{each.part:8} {each.setting:34} {each.what:46} {each.value:6.2f}x  {each.verdict}"
        yield line.rstrip()
    yield ""
    for each in outcome.rates:
        low, high = min(each.events_per_second), max(each.events_per_second)
        yield (
            f"{each.part:8} {each.setting:34} {each.contestant:30}"
            f" {each.median:9,.0f} events/s  ({low:,.0f} to {high:,.0f})"
        )
    yield ""
    yield from outcome.notes


def write(outcome: Outcome, path: Path) -> None:
    """Save a run as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(outcome), indent=1) + b"\n")
