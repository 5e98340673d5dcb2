"""A person's progress to a licence: evaluated when something changed, and kept for a little."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.bbs.evaluate import evaluate
from aggregates.bbs.evaluation import Evaluation
from aggregates.bbs.history import Signature
from aggregates.bbs.project import Projection, project
from ledger.clock import Clock
from projections.history import history_of
from projections.signatures import Place, row_signatures
from projections.source import Source

KEPT_MAX: Final = 64
KEPT_US_MAX: Final = 600 * 1_000_000

# Rows are never removed and a stream's version only grows, so equal figures are equal rows; the
# models' own positions would not do: they move with every look, also the one that asks.
_STANDING = """
SELECT e.*, s.*, w.* FROM
  (SELECT count(*), coalesce(sum(version), 0)::bigint, count(sealed)
   FROM views.therapist_entries WHERE practice_id = %b AND person_id = %b) e,
  (SELECT count(*), coalesce(sum(version), 0)::bigint, count(stated), count(noticed)
   FROM views.setups WHERE practice_id = %b AND person_id = %b) s,
  (SELECT count(*), coalesce(sum(version), 0)::bigint, count(submission), count(reply)
   FROM views.week_rows WHERE practice_id = %b AND person_id = %b) w
"""
_Key: TypeAlias = tuple[UUID, UUID, dt.date]
_Figures: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """The evaluation and when each minimum would be reached: numbers and ids, no personal text.

    `signatures` is how far each row of the weekly log is signed as it now stands.
    """

    evaluation: Evaluation
    projections: tuple[Projection, ...]
    signatures: Mapping[Place, Signature] = field(default_factory=dict[Place, Signature])


@dataclass(frozen=True, slots=True)
class _Kept:
    figures: _Figures
    since_us: int
    progress: Progress


class Progresses:
    """Evaluates people's hours, and keeps the last KEPT_MAX of it in memory, each KEPT_US_MAX long.

    What is kept is of exactly the rows that the read models hold now: any change of them evaluates
    anew. Any thread may call; `_lock` guards what is kept.
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._lock = Lock()
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()

    def of(self, practice_id: UUID, person_id: UUID, as_of: dt.date) -> Progress | None:
        """Return a person's progress as of a day, None while they have stated no enrolment.

        Raises `Tampered` as `history_of` does.
        """
        key, figures = (practice_id, person_id, as_of), self._figures(practice_id, person_id)
        found = self._find(key, figures)
        if found is not None:
            return found
        # Read after the figures: it may be newer than they are, and never older.
        history = history_of(self._source, practice_id, person_id)
        if history is None:
            return None
        evaluation = evaluate(history, as_of)
        progress = Progress(
            evaluation, project(history, evaluation, as_of), row_signatures(history)
        )
        self._keep(key, _Kept(figures, self._clock.now_us(), progress))
        return progress

    def _figures(self, practice_id: UUID, person_id: UUID) -> _Figures:
        with self._source.read(practice_id) as connection:
            asked = 3 * (practice_id, person_id)
            (row,) = connection.execute(_STANDING, asked, binary=True).fetchall()
        return tuple(row)

    def _find(self, key: _Key, figures: _Figures) -> Progress | None:
        oldest_us = self._clock.now_us() - KEPT_US_MAX
        with self._lock:
            while self._kept and next(iter(self._kept.values())).since_us < oldest_us:
                self._kept.popitem(last=False)
            kept = self._kept.get(key)
        return kept.progress if kept is not None and kept.figures == figures else None

    def _keep(self, key: _Key, kept: _Kept) -> None:
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = kept
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
