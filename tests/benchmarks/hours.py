"""Part (f): does judging hours slow down as a career grows, by entries judged a second."""

import datetime as dt
from dataclasses import replace
from time import process_time
from typing import Final

from aggregates.bbs.columns import week_start_of
from aggregates.bbs.evaluate import evaluate, findings_for_week
from aggregates.bbs.history import History
from aggregates.hours.enrolment_entry import Track
from tests.aggregates.bbs.career import FIRST, WEEKS, career
from tests.benchmarks.outcome import Part, rates_of, ratio
from tests.benchmarks.pace import Pace, bar
from tests.benchmarks.place import Place

PART: Final = "hours"
SEED: Final = 7
STEPS: Final = (6, 2, 1)
LAST: Final = FIRST + dt.timedelta(weeks=WEEKS)
LEAST_OF_FEWEST: Final = 0.8


def measure(place: Place, pace: Pace) -> Part:
    """Evaluate careers of several lengths in turn, a round each, by the processor's time."""
    del place
    part = Part([], [], [])
    with bar(PART, len(Track) * len(STEPS) * pace.rounds) as tell:
        for track in Track:
            whole = career(track, SEED)
            careers = {_of(step): _thinned(whole, step) for step in STEPS}
            measured = {name: list[float]() for name in careers}
            for _ in range(pace.rounds):
                for name, made in careers.items():
                    measured[name].append(len(made.entries) / _evaluate_s(made))
                    tell(1)
            rates = rates_of(PART, track.value, measured)
            first, *_, last = careers
            part.rates.extend(rates)
            part.ratios.append(ratio(rates, track.value, last, first, LEAST_OF_FEWEST))
            part.notes.append(_note(track, last, careers[last]))
    return part


def _evaluate_s(made: History) -> float:
    """Return what one evaluation takes of the processor; it waits for nothing."""
    began_at = process_time()
    evaluate(made, LAST)
    return process_time() - began_at


def _note(track: Track, name: str, made: History) -> str:
    """Return what a page with everything on it takes, and one with a single week."""
    evaluate_ms = 1_000 * _evaluate_s(made)
    first_day = week_start_of(made.enrolment.week_start, max(each.day for each in made.entries))
    began_at = process_time()
    findings_for_week(made, first_day)
    week_ms = 1_000 * (process_time() - began_at)
    return (
        f"{track.value}, {name}, {len(made.entries):,}: evaluated in {evaluate_ms:.0f} ms,"
        f" the findings of one week in {week_ms:.0f} ms"
    )


def _thinned(made: History, step: int) -> History:
    """Return a career with every so many weeks of it: as mixed as the whole, and shorter."""
    kept = [each for each in made.entries if (each.day - FIRST).days // 7 % step == 0]
    return replace(made, entries=tuple(kept))


def _of(step: int) -> str:
    return "every week of six years" if step == 1 else f"every {step}. week of them"
