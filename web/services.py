"""What the pages need from the rest: a few functions, handed in, so that tests can fake them."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from aggregates.deletion import Deletion
from aggregates.practice import Role
from aggregates.session_entry import SessionEntry
from commands.context import Actor
from commands.handle import Handled
from commands.session import Shown
from ledger.audit_files import Served
from projections.look_back import LookBack, Moment
from projections.session_history import SessionHistory
from projections.therapist import WeekView
from projections.trail import TrailRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The functions the pages call; all may block, and run on worker threads.

    Each may raise Refused, FieldsRefused or a LedgerError; web/errors.py has an answer to each.
    The commands take a command id last (I10). `week` takes a Sunday; `history` returns None for
    what is not this person's; `trail` takes a position it stays below, or None, and a row limit.
    `wait` waits, bounded, until the read models hold what was handled: False when they do not yet.
    `look_back` is for compliance officers, and refuses everybody else.
    `root_log_file` takes a path in the root log, `practice_log_file` a slot, the practice that asks
    and a path; None for what is not there.
    `broken` names the parts of the service that do not work; with none of them it can serve.
    """

    log_session: Callable[[Actor, SessionEntry, UUID], Handled]
    correct_session: Callable[[Actor, Shown, SessionEntry, UUID], Handled]
    delete_session: Callable[[Actor, Shown, Deletion, UUID], Handled]
    week: Callable[[Actor, dt.date], WeekView]
    history: Callable[[Actor, UUID], SessionHistory | None]
    trail: Callable[[Actor, int | None, int], Sequence[TrailRow]]
    look_back: Callable[[Actor, Moment], LookBack]
    role: Callable[[Actor], Role | None]
    wait: Callable[[Handled], bool]
    broken: Callable[[], Sequence[str]]
    root_log_file: Callable[[str], Served | None]
    practice_log_file: Callable[[int, UUID, str], Served | None]
