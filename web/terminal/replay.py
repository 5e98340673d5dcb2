"""`therapist-os replay`: tells a practice's history or state as it was, without client identity."""

import argparse
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

import msgspec

from aggregates.access import RecordKind
from commands.context import Context
from commands.record_access import record_operator_read
from ledger.errors import SettingsInvalid
from ledger.merkle import leaf_hash
from ledger.postgres.settings import Settings
from ledger.reader import Shredded
from ledger.seal_log.signer import verifier_key
from projections.as_of import AsOf, SessionThen, fold
from projections.look_back import in_words, member
from projections.plain_words import (
    MODALITIES,
    PARTICIPANTS,
    ROLES,
    SHRED_REASONS,
    describe,
    say_day,
    say_length,
    say_minute,
)
from projections.proof_status import ProofStatus, ProofStatuses
from projections.replay import Replayed, replay

US: Final = 1_000_000
PAGE_EVENTS: Final = 500

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedReplay:
    """What was asked for: up to a time or a position, of one record or all, and how it is told."""

    practice_id: UUID
    until_us: int | None = None
    position: int | None = None
    stream_id: UUID | None = None
    is_state: bool = False
    with_proofs: bool = False
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """How many events there were, and how many of them do not hold as far as that was asked."""

    events: int
    faulty: int = 0


def add_replay_arguments(verb: argparse.ArgumentParser, practice: Callable[[str], UUID]) -> None:
    """Add what the verb takes."""
    verb.add_argument("practice", type=practice, help="id of the practice, or demo")
    until = verb.add_mutually_exclusive_group()
    until.add_argument("--at", "--as-of", type=_time_us, metavar="TIME", help="then (ISO 8601)")
    until.add_argument("--position", type=int, metavar="N", help="after the event there")
    verb.add_argument("--stream", type=UUID, metavar="ID", help="one record only")
    verb.add_argument("--state", action="store_true", help="what was then, not what happened")
    verb.add_argument("--proofs", action="store_true", help="what is proven; 1 if it does not hold")
    verb.add_argument("--json", action="store_true", help="print JSON lines")


def wanted_replay(asked: argparse.Namespace) -> WantedReplay:
    """Return what was asked for on the command line."""
    return WantedReplay(
        practice_id=asked.practice,
        until_us=asked.at,
        position=asked.position,
        stream_id=asked.stream,
        is_state=asked.state,
        with_proofs=asked.proofs,
        is_json=asked.json,
    )


def tell(context: Context, settings: Settings, wanted: WantedReplay, say: Say) -> Told:
    """Tell what was asked, line by line, after it is on record that we do (I8).

    Raises `SettingsInvalid` for what cannot be told, and what the ledger raises: nothing is told.
    """
    if wanted.is_state and (wanted.stream_id or wanted.with_proofs):
        raise SettingsInvalid("--state is of a whole practice: give neither --stream nor --proofs")
    record_operator_read(context, wanted.practice_id, RecordKind.REPLAY)
    events = replay(
        context.ledger,
        wanted.practice_id,
        until_us=wanted.until_us,
        until=wanted.position,
        stream_id=wanted.stream_id,
    )
    if wanted.is_state:
        state = fold(events)
        say(state_as_json(state) if wanted.is_json else "\n".join(state_as_words(state)))
        return Told(state.size)
    if wanted.with_proofs:
        return _tell_with_proofs(context, settings, wanted, events, say)
    told = 0
    for event in events:
        say(as_json(event) if wanted.is_json else as_words(event))
        told += 1
    return Told(told)


def _tell_with_proofs(
    context: Context, settings: Settings, wanted: WantedReplay, events: Iterator[Replayed], say: Say
) -> Told:
    told = faulty = 0
    signer = verifier_key(settings.data_dir, settings.ledger_name)
    ledger = context.ledger
    with ledger.read(wanted.practice_id) as connection:
        statuses = ProofStatuses(ledger.keys, connection, wanted.practice_id, signer)
        while page := list(islice(events, PAGE_EVENTS)):
            for event, status in zip(page, statuses.of(page), strict=True):
                say(as_json(event, status) if wanted.is_json else as_words(event, status))
                told += 1
                faulty += not status.holds
    return Told(told, faulty)


def as_words(event: Replayed, status: ProofStatus | None = None) -> str:
    """Return an event as a person reads it, its proof on a line of its own."""
    entry = event.entry
    mark = " [shredded]" if isinstance(event.fact, Shredded) else ""
    stream = f"{entry.stream_id.hex[-8:]} v{entry.version}"
    line = (
        f"{_moment(entry.recorded_at_us)}  #{entry.position:<6} {stream:<14}"
        f" {in_words(event)}{mark}"
    )
    return line if status is None else f"{line}\n    {proof_in_words(status)}"


def proof_in_words(status: ProofStatus) -> str:
    """Return one line: whether it holds, what seals it, and what is left of its body."""
    proof = status.proof
    if proof.sealed is None or proof.tile is None:
        sealed = "not yet sealed"
    else:
        epoch, time_us, checkpoint = proof.sealed
        sealed = f"sealed by epoch {epoch} at {_moment(time_us)}, checkpoint {checkpoint}"
        sealed += f", {proof.tile.path}"
    verdict = "holds" if status.holds else f"DOES NOT HOLD ({', '.join(_faults(status))})"
    return f"{verdict}: {sealed}; body {status.body.value}; leaf {proof.leaf_hash.hex()}"


def as_json(event: Replayed, status: ProofStatus | None = None) -> str:
    """Return an event as a line of JSON."""
    entry = event.entry
    is_shredded = isinstance(event.fact, Shredded)
    fields: dict[str, object] = {
        "position": entry.position,
        "recorded_at_us": entry.recorded_at_us,
        "type": entry.type,
        "stream_id": entry.stream_id,
        "version": entry.version,
        "event_id": entry.event_id,
        "actor_id": entry.actor_id,
        "leaf_hash": leaf_hash(entry.leaf).hex(),
        "state": "shredded" if is_shredded else "readable",
        "summary": None if isinstance(event.fact, Shredded) else describe(event.fact, reveal=False),
    }
    if status is not None:
        fields["proof"] = _proof_fields(status)
    return msgspec.json.encode(fields).decode()


def _proof_fields(status: ProofStatus) -> dict[str, object]:
    proof = status.proof
    sealed = proof.sealed
    return {
        "holds": status.holds,
        "faults": _faults(status),
        "body": status.body.value,
        "tile": None if proof.tile is None else proof.tile.path,
        "epoch": None if sealed is None else sealed.epoch,
        "sealed_at_us": None if sealed is None else sealed.time_us,
        "checkpoint": None if sealed is None else sealed.checkpoint,
    }


def _faults(status: ProofStatus) -> list[str]:
    faults = [fault.value for fault in status.proof.faults]
    return faults if status.holds or faults else ["key-gone"]


def state_as_words(state: AsOf) -> Iterator[str]:
    """Yield the lines of a state."""
    if state.recorded_at_us is None:
        yield "Nothing was on record yet."
        return
    moment = _moment(state.recorded_at_us)
    yield f"After {_count(state.size, 'event')}, the last one #{state.size - 1} of {moment}"
    yield f"\n{_count(len(state.members), 'member')}"
    for each in state.members:
        yield f"  {member(each.person_id)}  {ROLES[each.role]} since {_moment(each.joined_at_us)}"
    if state.unreadable:
        yield f"  {_count(state.unreadable, 'event')} of the practice can be read by nobody now"
    yield f"\n{_count(len(state.signatures), 'signature')}"
    for each in state.signatures:
        yield (
            f"  {member(each.signer_id)}  the Business Associate Agreement, version"
            f" {each.document_version}, {_moment(each.signed_at_us)},"
            f" SHA-256 {each.document_sha256.hex()}"
        )
    yield from _weeks(state)
    yield f"\n{_count(len(state.destructions), 'record')} destroyed or to be destroyed"
    for each in state.destructions:
        done_us = each.destroyed_at_us
        done = "not done yet" if done_us is None else f"done {_moment(done_us)}"
        yield (
            f"  {each.stream_id.hex[-8:]}  ordered {_moment(each.ordered_at_us)}, {done}:"
            f" {SHRED_REASONS[each.reason]}"
        )


def _weeks(state: AsOf) -> Iterator[str]:
    weeks = state.weeks()
    yield f"\n{_count(len(weeks), 'week')}"
    for week in weeks:
        counted = sum(session.counts for session in week.sessions)
        yield f"  from {say_day(week.first_day)}: {_count(counted, 'session')}, {week.minutes} min"
        yield from (f"    {session_in_words(session)}" for session in week.sessions)


def session_in_words(session: SessionThen) -> str:
    """Return a session in one line, without client and setting."""
    by = f"{member(session.therapist_id)}  {session.stream_id.hex[-8:]}"
    marks = _marks(session)
    said = session.said
    if said is None:
        return f"{by}  nobody can read what it said{marks}"
    parts = (
        say_day(said.date),
        say_minute(said.start_minute),
        say_length(said.minutes),
        MODALITIES[said.modality],
        PARTICIPANTS[said.participants],
    )
    return f"{by}  {', '.join(parts)}{marks}"


def _marks(session: SessionThen) -> str:
    marks = ["deleted"] if session.is_deleted else []
    if session.corrections:
        marks.append(f"corrected {session.corrections}x")
    return f" [{', '.join(marks)}]" if marks else ""


def state_as_json(state: AsOf) -> str:
    """Return a state as one line of JSON; hashes are hexadecimal."""
    fields = {
        "size": state.size,
        "recorded_at_us": state.recorded_at_us,
        "is_open": state.is_open,
        "unreadable": state.unreadable,
        "members": state.members,
        "signatures": [
            {**msgspec.to_builtins(each), "document_sha256": each.document_sha256.hex()}
            for each in state.signatures
        ],
        "weeks": [
            {"first_day": week.first_day, "minutes": week.minutes, "sessions": week.sessions}
            for week in state.weeks()
        ],
        "destructions": state.destructions,
    }
    return msgspec.json.encode(fields).decode()


def _time_us(text: str) -> int:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return int(moment.timestamp() * US)


def _moment(time_us: int) -> str:
    moment = dt.datetime.fromtimestamp(time_us / US, dt.UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
