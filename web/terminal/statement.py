"""The statement of an audit bundle for a case file: what is in it, to print, as a PDF."""

import datetime as dt
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final
from uuid import UUID

import msgspec

from ledger.bundle.export import Explained
from ledger.checkpoint import Checkpoint
from web.printing import printed
from web.render import FOLDER
from web.terminal.bundle_page import PLOT_HEIGHT, PLOT_WIDTH, bars, days_per_bar
from web.terminal.week_lists import NAMES, WeekLists, several

TEMPLATE: Final = FOLDER / "statement.typ"
WITNESSES_MAX: Final = 3
NAME_LENGTH_MAX: Final = 28

_US: Final = 1_000_000
_LAST_S: Final = 253_402_300_799  # a witness may claim any time, a date ends with the year 9999
_MEANINGS: Final = {
    "Open": "never sealed, since they can hold nothing of a person",
    "Readable": "sealed, and a key in the bundle opens them",
    "Sealed": "whole and unaltered; the bundle holds no key to them",
    "Shredded": "their keys were destroyed on record, and nobody can read them any more",
    "Left out": "of other days than those asked for; their proofs are all here",
}


class Tree(msgspec.Struct, frozen=True):
    """How far a log had come: its size, the same in words, and its root in hex."""

    size: str
    words: str
    root: str


class Row(msgspec.Struct, frozen=True):
    """How many bodies are in one state."""

    name: str
    count: str
    words: str


class Column(msgspec.Struct, frozen=True):
    """A bar of the plot, in parts of its width and height."""

    x: float
    width: float
    height: float


class Plot(msgspec.Struct, frozen=True):
    """Events over time; `alt` says it to whoever cannot see it."""

    alt: str
    first: str
    last: str
    scale: str
    bars: list[Column]


class Statement(msgspec.Struct, frozen=True):
    """All that the template is told, in words: ids, sizes, times, hashes and keys, no names."""

    practice: str
    log: str
    days: str
    events: str
    first: str
    last: str
    sealed: str
    plot: Plot
    bodies: list[Row]
    practice_log: Tree
    root: Tree
    log_key: str
    witnesses: list[str]
    timestamps: str
    weeks: WeekLists
    columns: tuple[str, ...] = NAMES


def statement(explained: Explained, weeks: WeekLists, gone: AbstractSet[UUID]) -> bytes:
    """Return the PDF; `gone` are the keys whose destruction is on record.

    Dated by the last epoch and not by a clock: the same bundle always gives the same bytes.
    """
    time_s = explained.last.record.time_us // _US
    return compiled(told_of(explained, weeks, gone), time_s)


def compiled(told: Statement, time_s: int) -> bytes:
    """Return the PDF of these words, dated so many seconds after 1970 UTC.

    Raises `RuntimeError`, which repeats nothing of them, where the template is at fault.
    """
    return printed(TEMPLATE, {"statement": told}, time_s)


def told_of(explained: Explained, weeks: WeekLists, gone: AbstractSet[UUID]) -> Statement:
    """Return what the statement of a bundle says."""
    told, record = explained.told, explained.last.record
    days = explained.days
    return Statement(
        practice=str(explained.practice_id),
        log=explained.practice.origin,
        days=f"{days.first} to {days.last}, both included (UTC)" if days else "all",
        events=f"{told.events:,}",
        first=_utc(told.first_us // _US),
        last=_utc(told.last_us // _US),
        sealed=f"{_utc(record.time_us // _US)}, in epoch {record.epoch:,}",
        plot=_plot(told.days),
        bodies=list(_bodies(explained, gone)),
        practice_log=_tree(explained.practice, "event"),
        root=_tree(explained.root, "epoch"),
        log_key=explained.log_key.encode(),
        witnesses=list(_witnesses(explained)),
        timestamps=_timestamps(explained),
        weeks=weeks,
    )


def _bodies(explained: Explained, gone: AbstractSet[UUID]) -> Iterator[Row]:
    told = explained.told
    readable = sum(told.bodies.get(key_id.bytes, 0) for key_id in explained.disclosed)
    shredded = sum(told.bodies.get(key_id.bytes, 0) for key_id in gone)
    sealed = sum(told.bodies.values()) - readable - shredded
    counts = (told.events - told.sealed, readable, sealed, shredded, told.left_out)
    for (name, words), count in zip(_MEANINGS.items(), counts, strict=True):
        yield Row(name, f"{count:,}", words)


def _plot(days: dict[dt.date, int]) -> Plot:
    first, last, each = f"{min(days)}", f"{max(days)}", days_per_bar(days)
    drawn = bars(days)
    tallest = several(max(bar.events for bar in drawn), "event")
    scale = f"a bar is {several(each, 'day')}, the tallest {tallest}"
    return Plot(
        alt=f"Events recorded from {first} to {last} (UTC): {scale}.",
        first=first,
        last=last if last != first else "",
        scale=scale,
        bars=[
            Column(bar.x / PLOT_WIDTH, bar.width / PLOT_WIDTH, bar.height / PLOT_HEIGHT)
            for bar in drawn
        ],
    )


def _tree(checkpoint: Checkpoint, leaf: str) -> Tree:
    words = several(checkpoint.size, leaf)
    return Tree(f"{checkpoint.size:,}", words, checkpoint.root.hex())


def _witnesses(explained: Explained) -> Iterator[str]:
    cosigned = list(explained.cosigned.items())
    for name, time_s in cosigned[:WITNESSES_MAX]:
        # A policy may name a witness in signs that no font has.
        plain = ascii(name)[1:-1]
        short = plain if len(plain) <= NAME_LENGTH_MAX else f"{plain[:NAME_LENGTH_MAX]}..."
        yield f"{short}, {_utc(time_s)}"
    if len(cosigned) > WITNESSES_MAX:
        yield f"and {len(cosigned) - WITNESSES_MAX:,} more"
    if not cosigned:
        yield "none has cosigned the root checkpoint"


def _timestamps(explained: Explained) -> str:
    if not explained.stamped:
        return "none"
    size = max(explained.stamped)
    newest = f"of the root checkpoint of size {size:,}: {_utc(explained.stamped[size] // _US)}"
    return f"{len(explained.stamped):,}; the newest {newest}"


def _utc(time_s: int) -> str:
    moment = dt.datetime.fromtimestamp(min(time_s, _LAST_S), dt.UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
