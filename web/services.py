"""What the pages need from the rest: a few functions, handed in, so that tests can fake them."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from aggregates.access import AccessCommand
from aggregates.deletion import Deletion
from aggregates.session_entry import SessionEntry
from commands.context import Actor
from commands.handle import Handled
from commands.practice import Standing
from commands.session import Shown
from ledger.audit_files import Served
from projections.emergencies import Person, Request
from projections.holds import HoldOn
from projections.look_back import LookBack, Moment
from projections.session_history import SessionHistory
from projections.therapist import WeekView
from projections.trail_days import Accesses, DayCount, Span
from projections.trail_rows import Asked, TrailRow
from web.emergency import EmergencyServices
from web.hours import HoursCommands, HoursRecords
from web.reviewing import ReviewRecords
from web.supervising import SupervisedRecords, Supervising


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The functions that read records; a page gets them from the guard (web/guard.py), only there.

    `week` takes the first of seven days; `history` returns None for what is not this person's.
    `look_back`, `accesses`, `requests`, `people` and `holds` show the whole practice.
    `practice_log_file` takes a slot and a path; None for what is not there.
    """

    week: Callable[[Actor, dt.date], WeekView]
    history: Callable[[Actor, UUID], SessionHistory | None]
    trail: Callable[[Actor, Asked], Sequence[TrailRow]]
    trail_days: Callable[[Actor, Span], Sequence[DayCount]]
    look_back: Callable[[Actor, Moment], LookBack]
    accesses: Callable[[Actor, Span], Sequence[Accesses]]
    practice_log_file: Callable[[Actor, int, str], Served | None]
    hours: HoursRecords
    supervised: SupervisedRecords
    reviews: ReviewRecords
    requests: Callable[[Actor], Sequence[Request]]
    people: Callable[[Actor], Sequence[Person]]
    holds: Callable[[Actor], Sequence[HoldOn]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The functions the pages call; all may block, and run on worker threads.

    Each may raise Refused, FieldsRefused or a LedgerError; web/errors.py has an answer to each.
    The commands take a command id last (I10); `was_handled` tells whether one is in the log. `wait`
    waits, bounded, until the read models hold what was handled: False when they do not yet.
    `standing`, `session_owner` (who began a stream, also one of hours), `slot`, `supervising` and
    `logs_hours` (whether a person does in this practice) are what the guard asks before it decides,
    and `record_access` is durable when it returns.
    `broken` names the parts of the service that do not work; with none of them it can serve.
    """

    records: Records
    emergency: EmergencyServices
    record_access: Callable[[Actor, AccessCommand], None]
    standing: Callable[[Actor], Standing | None]
    session_owner: Callable[[Actor, UUID], UUID | None]
    slot: Callable[[Actor], int | None]
    supervising: Supervising
    logs_hours: Callable[[Actor, UUID], bool]
    log_session: Callable[[Actor, SessionEntry, UUID], Handled]
    correct_session: Callable[[Actor, Shown, SessionEntry, UUID], Handled]
    delete_session: Callable[[Actor, Shown, Deletion, UUID], Handled]
    hours: HoursCommands
    was_handled: Callable[[Actor, UUID], bool]
    wait: Callable[[Handled], bool]
    broken: Callable[[], Sequence[str]]
    root_log_file: Callable[[str], Served | None]
