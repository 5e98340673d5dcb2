"""Looking back shows a moment, what is around it, and of each event what an auditor would find."""

import re
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from aggregates.shredding import ShredReason
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.log_session import log_session
from commands.session import Shown
from ledger.opening import open_destroyer, sealing
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from ledger.seal_log.signer import verifier_key
from projections.as_of import fold
from projections.look_back import AROUND, PARTS, LookBack, Moment, look_back
from projections.proof_status import BodyState, ProofStatus, ProofStatuses
from projections.replay import replay
from retention.shred import shred
from tests.aggregates.examples import entry
from tests.attacks.bundles import VERIFY
from web.terminal.bundle import Wanted, write_bundle

pytestmark = pytest.mark.postgres
OPENING = 4
CLEAR = 3  # the practice's opening, the order to destroy a key, and its destruction
CANARIES = ("Z.Q.", "Zebulon", "Quartermain", "Riverside", "Owner", "Practice ")


@pytest.fixture
def gone(context: Context, settings: Settings, therapist: Actor) -> UUID:
    """Six sessions, one corrected and one shredded, all sealed; and one that is not yet."""
    for _ in range(4):
        log_session(context, therapist, entry(client="Zebulon Quartermain"), uuid4())
    shown = Shown(log_session(context, therapist, entry(), uuid4()).stream_id)
    correct_session(context, therapist, shown, entry(minutes="45"), uuid4())
    gone = log_session(context, therapist, entry(), uuid4()).stream_id
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        shred(context, destroyer, therapist.practice_id, gone, ShredReason.RETENTION_ELAPSED)
    seal_once(sealing(context.ledger.database, settings, context.clock))
    log_session(context, therapist, entry(client="Zebulon Quartermain"), uuid4())
    return gone


def looked(
    context: Context, settings: Settings, actor: Actor, moment: Moment | None = None
) -> LookBack:
    """Look back at the practice."""
    signer = verifier_key(settings.data_dir, settings.ledger_name)
    return look_back(context.ledger, actor.practice_id, moment or Moment(), signer)


def statuses(context: Context, settings: Settings, actor: Actor) -> list[ProofStatus]:
    """Return the status of every event."""
    signer = verifier_key(settings.data_dir, settings.ledger_name)
    ledger, practice_id = context.ledger, actor.practice_id
    events = list(replay(ledger, practice_id))
    with ledger.read(practice_id) as connection:
        return ProofStatuses(ledger.keys, connection, practice_id, signer).of(events)


@pytest.mark.usefixtures("gone")
def test_each_event_is_what_the_auditors_verifier_finds(
    context: Context, settings: Settings, therapist: Actor, tmp_path: Path
) -> None:
    """As many readable, sealed and shredded as it counts in a bundle; nothing is wrong."""
    found = statuses(context, settings, therapist)
    assert all(each.holds for each in found)
    sealed = [each for each in found if each.proof.sealed is not None]
    place = tmp_path / "bundle"
    wanted = Wanted(practice_id=therapist.practice_id, place=place, is_disclosed=True)
    write_bundle(context, settings, wanted, lambda _done, _of: None)
    report = VERIFY.verify(str(place), [], None, 1)
    counted = Counter(each.body.value for each in sealed)
    assert report["events"] == len(sealed) == len(found) - 1
    assert (counted["sealed"], counted["shredded"]) == (report["sealed"], report["shredded"])
    # The verifier counts bodies under keys; three are clear.
    assert counted["readable"] == report["readable"] + CLEAR


def test_a_key_that_is_gone_without_a_word_is_a_fault(
    context: Context, settings: Settings, therapist: Actor
) -> None:
    """Nobody may destroy silently."""
    gone = log_session(context, therapist, entry(), uuid4()).stream_id
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        destroyer.destroy(therapist.practice_id, gone)
    last = statuses(context, settings, therapist)[-1]
    assert (last.body, last.holds, last.proof.holds) == (BodyState.GONE, False, True)


@pytest.mark.usefixtures("gone")
def test_a_moment_is_a_position_a_time_or_now(
    context: Context, settings: Settings, therapist: Actor
) -> None:
    """Each gives the state after exactly the events up to it, whatever comes later."""
    every = list(replay(context.ledger, therapist.practice_id))
    now = looked(context, settings, therapist)
    assert (now.position, now.size, now.state) == (len(every) - 1, len(every), fold(every))
    for position in range(len(every)):
        then = looked(context, settings, therapist, Moment(position=position))
        assert (then.position, then.size) == (position, len(every))
        assert then.state == fold(every[: position + 1])
    middle_us = every[6].entry.recorded_at_us
    timed = looked(context, settings, therapist, Moment(until_us=middle_us))
    assert timed.state == fold([e for e in every if e.entry.recorded_at_us <= middle_us])
    before = looked(context, settings, therapist, Moment(until_us=0))
    assert (before.position, before.state) == (-1, fold([]))
    assert [step.position for step in before.steps] == list(range(AROUND + 1))


@pytest.mark.usefixtures("gone")
def test_the_steps_around_a_moment_come_in_order(
    context: Context, settings: Settings, therapist: Actor
) -> None:
    last = OPENING + 8 + 1
    for position in (0, 3, 6, last):
        then = looked(context, settings, therapist, Moment(position=position))
        first = max(position - AROUND, 0)
        until = min(position + AROUND, last)
        assert [step.position for step in then.steps] == list(range(first, until + 1))


@pytest.mark.usefixtures("gone")
def test_nothing_that_is_shown_names_anybody(
    context: Context, settings: Settings, therapist: Actor
) -> None:
    """No client, no setting, no member and no practice, wherever one looks."""
    for position in range(OPENING + 9):
        told = repr(looked(context, settings, therapist, Moment(position=position)))
        assert not any(canary in told for canary in CANARIES)
        assert re.search(r"Member [0-9a-f]{8} ", told)


@pytest.mark.usefixtures("gone")
def test_the_events_are_counted_by_their_time(
    context: Context, settings: Settings, therapist: Actor
) -> None:
    """Each in the part of the time it falls into."""
    times = looked(context, settings, therapist).times
    assert times is not None
    moments = [e.entry.recorded_at_us for e in replay(context.ledger, therapist.practice_id)]
    assert (times.first_us, times.last_us) == (moments[0], moments[-1])
    counted = Counter(map(times.part_of, moments))
    assert times.counts == tuple(counted[part] for part in range(PARTS))


def test_a_practice_that_is_not_there_has_no_past(context: Context, settings: Settings) -> None:
    then = looked(context, settings, Actor(uuid4(), uuid4()))
    assert (then.position, then.size, then.steps, then.times) == (-1, 0, (), None)
