"""A look back in the words of its page: the moment, its event and proof, the state, a plot."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from aggregates.week import week_of
from ledger.event_proof import Fault
from projections.as_of import AsOf, Destruction, SessionThen, WeekThen
from projections.look_back import LookBack, Step, member
from projections.plain_words import MODALITIES, PARTICIPANTS, ROLES, SHRED_REASONS
from projections.proof_status import BodyState, ProofStatus
from web import calendar
from web.pages.officer.replay_plot import Plot, plot

WEEKS_LISTED_MAX: Final = 104
ID_LETTERS: Final = 8

FAULTS: Final[Mapping[Fault, str]] = MappingProxyType(
    {
        Fault.BODY_DIFFERS: "its stored body is not the one the event commits to",
        Fault.CHAIN_BROKEN: "it does not follow its record's previous event",
        Fault.TILE_DIFFERS: "its hash is not the one in the practice's tree",
        Fault.ROOT_DIFFERS: "the tree does not lead to the root that the epoch holds",
        Fault.EPOCH_NOT_IN_ROOT_LOG: "the epoch is not in the root log under the checkpoint",
        Fault.SIGNATURE_INVALID: "the checkpoint is not signed by this ledger's key",
        Fault.POSTDATED: "it is dated after the epoch that holds it",
    }
)
BODIES: Final[Mapping[BodyState, str]] = MappingProxyType(
    {
        BodyState.READABLE: "Readable: it can be shown to an auditor",
        BodyState.SEALED: "Sealed: it is whole, and no auditor is shown what it says",
        BodyState.SHREDDED: "Shredded: its key was destroyed on record, nobody can read it",
        BodyState.GONE: "Its key is gone, and no destruction of it is on record",
    }
)


@dataclass(frozen=True, slots=True)
class Shown:
    """How the page is to be shown: where, which week is open, which link led here."""

    zone: dt.tzinfo
    week: dt.date | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One of the events around the moment."""

    position: int
    moment: str
    time: str
    sentence: str
    place: str
    verdict: str


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as it then was."""

    day: str
    what: str
    by: str
    tags: tuple[str, ...]
    counts: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A week, opened or only named."""

    first: str
    words: str
    count: int
    length: str
    sessions: tuple[SessionLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayInWords:
    """Everything the page shows; nothing of it names a client."""

    position: int
    size: int
    step: str
    moment: str
    field: str
    lines: tuple[Line, ...]
    proof: tuple[tuple[str, str], ...]
    is_sound: bool
    plot: Plot | None
    members: tuple[tuple[str, str], ...]
    signatures: tuple[tuple[str, str], ...]
    unreadable: int
    destructions: tuple[tuple[str, str], ...]
    week: WeekLine | None
    earlier_week: str | None
    later_week: str | None
    weeks: tuple[WeekLine, ...]
    totals: str


def replay_in_words(found: LookBack, shown: Shown) -> ReplayInWords:
    """Return the page of a look back."""
    state, zone = found.state, shown.zone
    current = next((step for step in found.steps if step.position == found.position), None)
    weeks = state.weeks()
    place = _place_of_week(weeks, _wanted_week(state, current, shown.week))
    at = None if state.recorded_at_us is None else calendar.local_time(state.recorded_at_us, zone)
    return ReplayInWords(
        position=found.position,
        size=found.size,
        step=shown.step,
        moment=""
        if at is None
        else f"{calendar.day_with_year(at.date())}, {calendar.clock_with_seconds(at)}",
        field="" if at is None else f"{at:%Y-%m-%dT%H:%M:%S}",
        lines=tuple(_line(step, found.position, zone) for step in found.steps),
        proof=() if current is None else _proof(current, zone),
        is_sound=current is None or current.status.holds,
        plot=None if found.times is None else plot(found.times, state, zone),
        members=tuple((member(m.person_id), ROLES[m.role]) for m in state.members),
        signatures=_signatures(state, zone),
        unreadable=state.unreadable,
        destructions=tuple(_destruction(each, zone) for each in state.destructions),
        week=None if place is None else _open_week(weeks[place], current),
        earlier_week=None if place is None else _first_day(weeks, place + 1),
        later_week=None if place is None else _first_day(weeks, place - 1),
        weeks=tuple(_week(week) for week in weeks[:WEEKS_LISTED_MAX]),
        totals=_totals(weeks),
    )


def _line(step: Step, now: int, zone: dt.tzinfo) -> Line:
    at = calendar.local_time(step.recorded_at_us, zone)
    place = "now" if step.position == now else "after" if step.position > now else "before"
    return Line(
        step.position,
        at.isoformat(timespec="seconds"),
        calendar.day_and_time(step.recorded_at_us, zone),
        step.sentence,
        place,
        _verdict(step.status),
    )


def _verdict(status: ProofStatus) -> str:
    if not status.holds:
        return "does not hold"
    return "not yet sealed" if status.proof.sealed is None else "proven"


def _proof(step: Step, zone: dt.tzinfo) -> tuple[tuple[str, str], ...]:
    """Return what is proven of an event, as terms and what they are."""
    proof = step.status.proof
    faults = [FAULTS[fault] for fault in proof.faults]
    checked = "It follows its record's previous event, and its body is the one it commits to"
    rows = [("Checked", "; ".join(faults).capitalize() if faults else checked)]
    if proof.sealed is None or proof.tile is None:
        rows.append(("Sealed by", "No epoch yet: the next one comes within minutes"))
    else:
        epoch, time_us, checkpoint = proof.sealed
        count = f"{checkpoint:,} {'epoch' if checkpoint == 1 else 'epochs'}"
        rows.append(("Sealed by", f"Epoch {epoch} of {calendar.day_and_time(time_us, zone)}"))
        rows.append(("Signed in", f"The checkpoint of {count}"))
        rows.append(("In tile", proof.tile.path))
    rows.append(("Body", BODIES[step.status.body]))
    rows.append(("Leaf hash", proof.leaf_hash.hex()))
    rows.append(("Record", f"{step.stream_id.hex[-ID_LETTERS:]}, version {step.version}"))
    rows.append(("Kind", step.type))
    return tuple(rows)


def _signatures(state: AsOf, zone: dt.tzinfo) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            f"Business Associate Agreement, version {each.document_version}",
            f"signed by {member(each.signer_id)}, {calendar.day_and_time(each.signed_at_us, zone)}",
        )
        for each in state.signatures
    )


def _destruction(each: Destruction, zone: dt.tzinfo) -> tuple[str, str]:
    done_us = each.destroyed_at_us
    done = "not done yet" if done_us is None else f"done {calendar.day_and_time(done_us, zone)}"
    ordered = calendar.day_and_time(each.ordered_at_us, zone)
    words = f"{SHRED_REASONS[each.reason]}; ordered {ordered}, {done}"
    return f"Record {each.stream_id.hex[-ID_LETTERS:]}", words


def _wanted_week(state: AsOf, current: Step | None, asked: dt.date | None) -> dt.date | None:
    """Return the week asked for, or that of the event's own session, or none in particular."""
    if asked is not None:
        return week_of(asked)
    if current is None:
        return None
    return next((s.week for s in state.sessions if s.stream_id == current.stream_id), None)


def _place_of_week(weeks: tuple[WeekThen, ...], wanted: dt.date | None) -> int | None:
    places = [place for place, week in enumerate(weeks) if week.first_day == wanted]
    return places[0] if places else 0 if weeks else None


def _first_day(weeks: tuple[WeekThen, ...], place: int) -> str | None:
    return weeks[place].first_day.isoformat() if 0 <= place < len(weeks) else None


def _week(week: WeekThen, sessions: tuple[SessionLine, ...] = ()) -> WeekLine:
    return WeekLine(
        week.first_day.isoformat(),
        calendar.week_in_words(week.first_day),
        sum(session.counts for session in week.sessions),
        calendar.length(week.minutes),
        sessions,
    )


def _open_week(week: WeekThen, current: Step | None) -> WeekLine:
    now_id = None if current is None else current.stream_id
    return _week(
        week, tuple(_session(each, is_now=each.stream_id == now_id) for each in week.sessions)
    )


def _session(session: SessionThen, *, is_now: bool) -> SessionLine:
    said = session.said
    tags = {
        "deleted": session.is_deleted,
        "corrected": session.corrections > 0,
        "shredded": said is None,
    }
    day, what = "", "Nobody can read what it said"
    if said is not None:
        day = calendar.day_in_words(said.date)
        start, length = calendar.time_of_day(said.start_minute), calendar.length(said.minutes)
        how = f"{MODALITIES[said.modality]} · {PARTICIPANTS[said.participants]}"
        what = f"{start}, {length} · {how}"
    return SessionLine(
        day=day,
        what=what,
        by=f"{member(session.therapist_id)} · record {session.stream_id.hex[-ID_LETTERS:]}",
        tags=tuple(tag for tag, is_so in tags.items() if is_so),
        counts=session.counts,
        is_now=is_now,
    )


def _totals(weeks: tuple[WeekThen, ...]) -> str:
    if not weeks:
        return "None yet"
    sessions = sum(session.counts for week in weeks for session in week.sessions)
    counted = f"{sessions:,} {'session' if sessions == 1 else 'sessions'}"
    length = calendar.length(sum(week.minutes for week in weeks))
    return f"{counted}, {length}, in {len(weeks)} {'week' if len(weeks) == 1 else 'weeks'}"
