"""An independent second implementation of the Board's rules: slow, plain, and for tests only."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from aggregates.bbs.history import History
from aggregates.hours.enrolment_entry import Track
from aggregates.hours.supervision_entry import Licence
from tests.aggregates.bbs.oracle_line import Line, lines_of, receipt_of
from tests.aggregates.bbs.oracle_reading import count
from tests.aggregates.bbs.oracle_steps import Counted, Minutes, Reading

Pair = tuple[int, int]  # strictly, and generously
Sums = Counter[str]
Key = tuple[dt.date, UUID | None, bool]


@dataclass(frozen=True)
class Figures:
    """All that one reading says: columns of rows, in all, and the minimums."""

    rows: dict[Key, Sums]
    total: Sums
    minimums: dict[str, int]


@dataclass(frozen=True)
class Opinion:
    """Four readings: strict and generous, of what is signed, and of all as if it were."""

    recorded: Figures
    strict: Figures
    generous: Figures
    strict_all: Figures
    generous_all: Figures


def opinion(history: History, as_of: dt.date) -> Opinion:
    """Return what the oracle holds of a history as of a day."""
    lines = lines_of(history, as_of)
    whole = {line.id: line.minutes for line in lines}

    def reading(before: Counted | None, *, generous: bool, whole: bool) -> Reading:
        return Reading(
            track=history.enrolment.track,
            receipt=receipt_of(history, as_of),
            lines=lines,
            is_generous=generous,
            is_whole=whole,
            before=before,
        )

    strict = reading(None, generous=False, whole=False)
    sure = count(strict)
    generous = reading(sure, generous=True, whole=False)
    open_too = count(generous)
    strict_all = reading(sure, generous=False, whole=True)
    generous_all = reading(open_too, generous=True, whole=True)
    return Opinion(
        _figures(strict, whole),
        _figures(strict, sure.final),
        _figures(generous, open_too.final),
        _figures(strict_all, count(strict_all).final),
        _figures(generous_all, count(generous_all).final),
    )


def _figures(reading: Reading, minutes: Minutes) -> Figures:
    rows: dict[Key, Sums] = {}
    for line in reading.lines:
        sums = rows.setdefault((line.week, line.supervision, line.is_before), Counter())
        columns = set(line.printed)
        if reading.is_generous:
            columns |= line.left_open
        for column in columns or {"nowhere"}:
            sums[column] += minutes[line.id]
    total = sum(rows.values(), Counter[str]())
    return Figures(rows, total, _minimums(reading, minutes, total))


def _minimums(reading: Reading, minutes: Minutes, total: Sums) -> dict[str, int]:
    counting = [line for line in reading.lines if minutes[line.id]]
    after = sum(minutes[line.id] for line in counting if not line.is_before)
    under_lcsw = sum(minutes[line.id] for line in counting if line.licence is Licence.LCSW)
    weeks = {line.week for line in counting}
    alone = [line for line in counting if line.is_alone]
    by_lcsw = [line for line in alone if line.licence is Licence.LCSW]
    everything = total["a"] + total["b"]
    common = {"total": everything, "weeks": len(weeks), "alone": _weeks_with_a_unit(reading, alone)}
    match reading.track:
        case Track.LMFT:
            return common | {"after": after, "direct": total["a"], "relational": total["a1"]}
        case Track.LPCC:
            return common | {"direct": total["a"]}
        case Track.LCSW:
            return common | {
                "direct": total["a"],
                "psychotherapy": total["a1"],
                "lcsw-hours": under_lcsw,
                "lcsw-weeks": _weeks_with_a_unit(reading, by_lcsw),
            }


def _weeks_with_a_unit(reading: Reading, contacts: list[Line]) -> int:
    halves = Counter[dt.date]()
    for line in contacts:
        halves[line.week] += reading.units(line)
    return sum(each >= 120 for each in halves.values())
