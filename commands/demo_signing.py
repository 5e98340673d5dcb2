"""What becomes of a demo's submitted weeks: most are signed, one is given back, one changes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.week_content import RowKey
from aggregates.hours.week_row import ReturnReason
from aggregates.hours.week_statement import REFERENCE_BYTES
from aggregates.private import Private
from aggregates.session_entry import SessionEntry
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.demo_hours import Demo
from commands.demo_passkey import DemoPasskey, Passkeys, Randomness
from commands.demo_people import CLINIC, DEMO_PRACTICE
from commands.hours.sign_week import Signing, return_week, sign_week, statement_of
from commands.hours.streams import row_stream
from commands.hours.submit_week import Submission
from commands.session import Shown
from ledger.ids import derived

WEEKS_WAITING: Final = 3
SHORTER_MINUTES: Final = 10
REMARK: Final = "I have 45 minutes for Wednesday's supervision. Please look at it again."


@dataclass(frozen=True, slots=True)
class Fates:
    """Which rows are signed, which one is returned, which one changes after it was signed.

    The newest weeks wait, but for the one that is returned.
    """

    signed: tuple[RowKey, ...]
    returned: RowKey | None
    changed: Submission | None


@dataclass(frozen=True, slots=True)
class Signer:
    """A supervisor of the demo, and what they sign with."""

    actor: Actor
    passkey: DemoPasskey

    @classmethod
    def of(cls, demo: Demo, passkeys: Passkeys, key: RowKey) -> "Signer":
        """Return who signs a row."""
        actor = demo.supervisor_of(key.supervision_id)
        return cls(actor, passkeys[actor])


def fates(demo: Demo, submissions: Sequence[Submission]) -> Fates:
    """Return what becomes of the rows, the same whatever order they come in."""
    rows = sorted(submissions, key=_order)
    waiting = set(sorted({row.key.first_day for row in rows})[-WEEKS_WAITING:])
    clinic = demo.supervision(CLINIC)
    at_clinic = [row for row in rows if row.key.supervision_id == clinic]
    return Fates(
        signed=tuple(row.key for row in rows if row.key.first_day not in waiting),
        returned=next((row.key for row in at_clinic if row.key.first_day in waiting), None),
        changed=next((row for row in at_clinic[::-1] if row.key.first_day not in waiting), None),
    )


def sign(context: Context, signer: Signer, randomness: Randomness, key: RowKey) -> None:
    """Sign one row as its supervisor, the way the page does; nothing when it was signed before."""
    stream_id = row_stream(DEMO_PRACTICE, key)
    command_id = _command("sign", stream_id)
    if context.ledger.find_command(DEMO_PRACTICE, command_id) is not None:
        return
    at_us, reference = context.clock.now_us(), randomness(REFERENCE_BYTES)
    statement = statement_of(context, signer.actor, stream_id, at_us, reference)
    signing = Signing(
        stream_id=stream_id,
        at_us=at_us,
        reference=reference,
        assertion=signer.passkey.sign(statement.reveal()),
    )
    sign_week(context, signer.actor, signing, command_id)


def end(
    context: Context,
    demo: Demo,
    fates: Fates,
    logged: Mapping[UUID, SessionEntry | ActivityEntry],
) -> None:
    """Return one row with a reason, and correct a session of one that is signed."""
    if fates.returned is not None:
        stream_id = row_stream(DEMO_PRACTICE, fates.returned)
        supervisor = demo.supervisor_of(fates.returned.supervision_id)
        reason = (ReturnReason.HOURS_DIFFER, Private(REMARK))
        return_week(context, supervisor, stream_id, reason, _command("return", stream_id))
    if fates.changed is not None:
        stream_id, entry = _first_session(fates.changed, logged)
        corrected = msgspec.structs.replace(entry, minutes=entry.minutes - SHORTER_MINUTES)
        command_id = _command("change", stream_id)
        correct_session(context, demo.person, Shown(stream_id), corrected, command_id)


def _first_session(
    submission: Submission, logged: Mapping[UUID, SessionEntry | ActivityEntry]
) -> tuple[UUID, SessionEntry]:
    sessions = [
        (stream_id, entry)
        for stream_id in submission.entries
        if isinstance(entry := logged[stream_id], SessionEntry)
    ]
    return min(sessions, key=lambda each: (each[1].date, each[1].start_minute))


def _order(row: Submission) -> tuple[dt.date, int]:
    return row.key.first_day, row.key.supervision_id.int


def _command(act: str, stream_id: UUID) -> UUID:
    return derived(f"demo: {act}", DEMO_PRACTICE, stream_id)
