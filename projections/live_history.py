"""One person's history in memory, brought up to date by the rows that changed since."""

from threading import Lock
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from aggregates.bbs.history import History, Recorded, Signature
from aggregates.private import Private
from aggregates.session_entry import SessionEntry
from ledger.reader import Reading
from projections import setup, therapist, weeks
from projections.sealed_rows import keys_of
from projections.signatures import RowStanding, row_standing, signatures
from projections.source import Source
from projections.therapist import LiveEntry

_NOBODY: Final = Private("")
# A stream's version only grows and rows are never removed, so equal figures are equal rows. The
# models' own positions would not do: they move with every look, also the one that asks.
_FIGURES = """
SELECT e.*, s.*, w.* FROM
  (SELECT coalesce(max(position), -1), count(sealed),
          coalesce(sum(version) FILTER (WHERE sealed IS NOT NULL), 0)::bigint,
          count(*), coalesce(sum(version), 0)::bigint
   FROM views.therapist_entries WHERE practice_id = %b AND person_id = %b) e,
  (SELECT count(*), coalesce(sum(version), 0)::bigint, count(stated), count(noticed)
   FROM views.setups WHERE practice_id = %b AND person_id = %b) s,
  (SELECT coalesce(max(position), -1), count(*), coalesce(sum(version), 0)::bigint,
          count(submission), count(reply)
   FROM views.week_rows WHERE practice_id = %b AND person_id = %b) w
"""


class _Figures(NamedTuple):
    """What the rows of a person add up to, and the last positions that made one."""

    entries_until: int
    entries_sealed: int
    entries_versions: int  # of those
    entries_all: int
    entries_all_versions: int
    setups: int
    setups_versions: int
    setups_stated: int
    setups_noticed: int
    weeks_until: int
    weeks: int
    weeks_versions: int
    weeks_submitted: int
    weeks_returned: int


class LiveHistory:
    """The history of one person, without the personal text of entries: no rule asks for it.

    Any thread may call; `_lock` guards everything.
    """

    def __init__(self, practice_id: UUID, person_id: UUID) -> None:
        self._place = practice_id, person_id
        self._lock = Lock()
        self._figures: _Figures | None = None  # what `_history` is of
        self._generation = 0  # of the vault, when the keys were asked for
        self._history: History | None = None
        # By the integers of ids, whose hashes are computed in C.
        self._live: dict[int, LiveEntry] = {}
        self._rows: dict[UUID, RowStanding] = {}
        self._recorded: dict[int, Recorded] = {}

    def current(self, source: Source) -> History | None:
        """Return it as it now stands, the same object while nothing has changed.

        None while the person has stated no enrolment, or it is shredded. What is deleted or
        shredded is left out; after any destruction of keys everything is read again. The read
        models may stand at different positions: then a signature is told as void, or not yet,
        never as more than it is. Raises `Tampered` for a row that was not sealed for its place.
        """
        with self._lock:
            if not self._take(source, self._figures):
                self._figures = None
                self._take(source, None)
            return self._history

    def _take(self, source: Source, since: _Figures | None) -> bool:
        """Read what changed, or everything; tell whether that accounts for all there is."""
        practice_id, person_id = self._place
        if since is None:
            self._live, self._rows = {}, {}
        with source.read(practice_id) as connection:
            # Read first: the rows may be newer than they say, and never older.
            figures = _select_figures(connection, self._place)
            if figures == since and source.keys.generation() == self._generation:
                return True
            logged = therapist.select_entries(
                connection, practice_id, person_id, since.entries_until if since else -1
            )
            submitted = weeks.select_weeks(
                connection, practice_id, person_id, since.weeks_until if since else -1
            )
            stated = setup.select_setup(connection, practice_id, person_id)
        sealed = [row.sealed for row in logged]
        sealed += setup.sealed_of(stated) + weeks.sealed_of(submitted)
        keys = keys_of(source.keys, practice_id, sealed)
        generation = source.keys.generation()
        if since is not None and generation != self._generation:
            return False
        for row in logged:
            self._live.pop(row.stream_id.int, None)
        for each in therapist.open_entries(keys, practice_id, logged):
            self._live[each.stream_id.int] = _bare(each)
        for row in weeks.open_weeks(keys, practice_id, submitted):
            self._rows[row.stream_id] = row_standing(row)
        is_all = self._is_all(figures)
        if since is not None and not is_all:
            return False
        self._history = self._of(setup.open_setup(keys, practice_id, stated))
        self._generation = generation
        self._figures = figures if is_all else None
        return True

    def _is_all(self, figures: _Figures) -> bool:
        """Tell whether what is known is what the rows add up to."""
        return (
            len(self._live) == figures.entries_sealed
            and sum(each.version for each in self._live.values()) == figures.entries_versions
            and len(self._rows) == figures.weeks
            and sum(row.version for row in self._rows.values()) == figures.weeks_versions
            and sum(row.key is not None for row in self._rows.values()) == figures.weeks_submitted
        )

    def _of(self, known: setup.Setup) -> History | None:
        if known.enrolment is None:
            self._recorded = {}
            return None
        signed = signatures(known.enrolment, self._live.values(), self._rows.values())
        self._recorded = {
            number: self._record(number, each, signed.get(number, Signature.NONE))
            for number, each in self._live.items()
        }
        return History(
            enrolment=known.enrolment,
            settings=known.settings,
            supervisions=known.supervisions,
            entries=tuple(self._recorded.values()),
        )

    def _record(self, number: int, live: LiveEntry, signature: Signature) -> Recorded:
        earlier = self._recorded.get(number)
        if earlier is not None and earlier.entry is live.entry and earlier.signature is signature:
            return earlier
        return Recorded(live.stream_id, live.entry, signature)


def _select_figures(connection: Reading, place: tuple[UUID, UUID]) -> _Figures:
    (row,) = connection.execute(_FIGURES, 3 * place, binary=True).fetchall()
    return _Figures(*row)


def _bare(live: LiveEntry) -> LiveEntry:
    """Return an entry without what a person wrote."""
    said = live.entry
    if isinstance(said, SessionEntry):
        bare = msgspec.structs.replace(said, alias=_NOBODY, setting=_NOBODY)
        return LiveEntry(live.stream_id, live.version, bare, live.logged_at_us)
    bare = msgspec.structs.replace(said, title=None)
    return LiveEntry(live.stream_id, live.version, bare, live.logged_at_us)
