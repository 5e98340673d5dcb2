"""A shredded record is gone for good, the order and the evidence are on record, proofs hold."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from aggregates.shredding import OrderShredding, ShredReason, TellShredding
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.log_session import log_session
from commands.open_practice import open_practice
from commands.opening import open_context
from commands.session import Shown
from commands.shredding import order_shredding, read_shredding, tell_shredding
from commands.sign_baa import sign_baa
from ledger.clock import SystemClock
from ledger.errors import KeyDestroyed, KeyMissing
from ledger.keys.destroyer import KeyDestroyer
from ledger.opening import check_ledger, open_destroyer, sealing
from ledger.postgres.connect import Database
from ledger.postgres.settings import Settings
from ledger.reader import Shredded
from ledger.seal_log.sealer import seal_once
from projections.replay import replay
from retention.shred import shred, sweep
from tests.aggregates.examples import entry

pytestmark = pytest.mark.postgres
REASON = ShredReason.DELETION_REQUESTED


class World:
    """A practice with two sessions, and the hand that destroys keys."""

    def __init__(self, context: Context, database: Database, settings: Settings) -> None:
        self.context = context
        self.database = database
        self.settings = settings
        self.actor = Actor(uuid4(), uuid4())
        open_practice(context, self.actor, Private("Practice"), Private("Owner"), uuid4())
        sign_baa(context, self.actor, ("1", bytes(32)), None, uuid4())
        self.kept = log_session(context, self.actor, entry(), uuid4()).stream_id
        self.gone = log_session(context, self.actor, entry(minutes="45"), uuid4()).stream_id

    def shred(self, stream_id: UUID, destroyer: KeyDestroyer) -> None:
        shred(self.context, destroyer, self.actor.practice_id, stream_id, REASON)

    def facts(self, stream_id: UUID) -> list[object]:
        practice_id = self.actor.practice_id
        told = replay(self.context.ledger, practice_id, stream_id=stream_id)
        return [event.fact for event in told]

    def root(self) -> bytes:
        seal_once(sealing(self.database, self.settings, SystemClock()))
        return check_ledger(self.database, self.settings, lambda _events: None).root


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    settings = Settings(data_dir=tmp_path)
    with open_context(database, settings) as context:
        yield World(context, database, settings)


@pytest.fixture
def destroyer(world: World) -> Iterator[KeyDestroyer]:
    with open_destroyer(world.database, world.settings, SystemClock()) as hand:
        yield hand


def test_a_shredded_session_reads_as_shredded_and_others_stay(
    world: World, destroyer: KeyDestroyer
) -> None:
    world.shred(world.gone, destroyer)
    assert all(isinstance(fact, Shredded) for fact in world.facts(world.gone))
    assert not any(isinstance(fact, Shredded) for fact in world.facts(world.kept))


def test_a_shredded_session_takes_nothing_more(world: World, destroyer: KeyDestroyer) -> None:
    world.shred(world.gone, destroyer)
    with pytest.raises(KeyDestroyed):
        correct_session(world.context, world.actor, Shown(world.gone), entry(minutes="30"), uuid4())


def test_what_was_proven_before_is_proven_after(world: World, destroyer: KeyDestroyer) -> None:
    before = world.root()
    destroyer.destroy(world.actor.practice_id, world.gone)
    assert world.root() == before


def test_shredding_twice_puts_it_on_record_once(world: World, destroyer: KeyDestroyer) -> None:
    world.shred(world.gone, destroyer)
    state = read_shredding(world.context, world.actor.practice_id)
    world.shred(world.gone, destroyer)
    assert read_shredding(world.context, world.actor.practice_id) == state
    assert len(state.destroyed) == 1


def test_a_sweep_finishes_what_a_crash_left_after_the_order(
    world: World, destroyer: KeyDestroyer
) -> None:
    order = OrderShredding(stream_id=world.gone, key_id=_key_id(world), reason=REASON)
    order_shredding(world.context, world.actor.practice_id, order)
    assert sweep(world.context, destroyer, world.actor.practice_id) == 1
    assert sweep(world.context, destroyer, world.actor.practice_id) == 0
    assert all(isinstance(fact, Shredded) for fact in world.facts(world.gone))


def test_a_sweep_finishes_what_a_crash_left_after_the_destruction(
    world: World, destroyer: KeyDestroyer
) -> None:
    order = OrderShredding(stream_id=world.gone, key_id=_key_id(world), reason=REASON)
    order_shredding(world.context, world.actor.practice_id, order)
    evidence = destroyer.destroy(world.actor.practice_id, world.gone)
    assert sweep(world.context, destroyer, world.actor.practice_id) == 1
    state = read_shredding(world.context, world.actor.practice_id)
    assert state.destroyed == {evidence.key_id}


def test_no_destruction_is_told_without_an_order(world: World) -> None:
    told = TellShredding(
        stream_id=world.gone,
        key_id=_key_id(world),
        wrapped_sha256=bytes(32),
        key_epoch=1,
        destroyed_at_us=1,
    )
    with pytest.raises(Refused) as refused:
        tell_shredding(world.context, world.actor.practice_id, told)
    assert refused.value.code is RefusalCode.SHRED_NOT_ORDERED


def test_a_stream_that_never_was_cannot_be_shredded(world: World, destroyer: KeyDestroyer) -> None:
    with pytest.raises(KeyMissing):
        world.shred(uuid4(), destroyer)


def _key_id(world: World) -> UUID:
    practice_id = world.actor.practice_id
    [event] = replay(world.context.ledger, practice_id, stream_id=world.gone)
    assert event.entry.key_id is not None
    return event.entry.key_id
