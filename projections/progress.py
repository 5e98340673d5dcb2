"""A person's progress to a licence: worked out where something changed, and kept for a little."""

import datetime as dt
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.bbs.columns import week_start_of
from aggregates.bbs.evaluate import evaluate, rows_for_week
from aggregates.bbs.evaluation import Evaluation, Row
from aggregates.bbs.history import History
from aggregates.bbs.memory import Memory
from aggregates.bbs.project import Projection, project
from aggregates.week import last_day_of
from ledger.clock import Clock
from projections.history import KEPT_US_MAX, Histories
from projections.keeping import Keeping
from projections.source import Source

KEPT_MAX: Final = 32

_Key: TypeAlias = tuple[UUID, UUID, dt.date]


@dataclass(frozen=True, slots=True)
class Progress:
    """The evaluation and when each minimum would be reached: numbers and ids, no personal text."""

    evaluation: Evaluation
    projections: tuple[Projection, ...]


@dataclass(frozen=True, slots=True)
class WeekJudged:
    """A week's rows as of its last day, and the history they are of."""

    history: History
    rows: tuple[Row, ...]


@dataclass(slots=True)
class _Worked:
    """What was worked out for a day, last of which history; `lock` guards it."""

    memory: Memory = field(default_factory=Memory)
    lock: Lock = field(default_factory=Lock)
    history: History | None = None
    progress: Progress | None = None


class Progresses:
    """Evaluates people's hours as of KEPT_MAX days at most, each kept KEPT_US_MAX long.

    What is kept is of exactly the rows that the read models hold now. When some of them changed,
    only the weeks are worked out again that this makes different. Any thread may call.
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._histories = Histories(source, clock)
        self._worked: Keeping[_Key, _Worked] = Keeping(
            clock, kept_max=KEPT_MAX, kept_us_max=KEPT_US_MAX
        )

    def history(self, practice_id: UUID, person_id: UUID) -> History | None:
        """Return what the rules look at, None while the person has stated no enrolment.

        Raises `Tampered` for a row that was not sealed for its place.
        """
        return self._histories.of(practice_id, person_id)

    def of(self, practice_id: UUID, person_id: UUID, as_of: dt.date) -> Progress | None:
        """Return a person's progress as of a day; None and errors as in `history`."""
        history = self.history(practice_id, person_id)
        if history is None:
            return None
        worked = self._worked.get_or_put((practice_id, person_id, as_of), _Worked)
        with worked.lock:
            if worked.progress is None or worked.history is not history:
                evaluation = evaluate(history, as_of, memory=worked.memory)
                worked.progress = Progress(evaluation, project(history, evaluation, as_of))
                worked.history = history
            return worked.progress

    def week(self, practice_id: UUID, person_id: UUID, day: dt.date) -> WeekJudged | None:
        """Return the rows of the week a day is in, as of its last; None and errors as above."""
        history = self.history(practice_id, person_id)
        if history is None:
            return None
        first_day = week_start_of(history.enrolment.week_start, day)
        key = practice_id, person_id, last_day_of(first_day)
        worked = self._worked.get_or_put(key, _Worked)
        with worked.lock:
            return WeekJudged(history, rows_for_week(history, first_day, worked.memory))
