"""A vault that was restored from before a shredding loses the key again before anything opens."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from aggregates.private import Private
from aggregates.shredding import ShredReason
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.log_session import log_session
from commands.open_practice import open_practice
from commands.opening import open_context
from commands.session import Shown
from commands.sign_baa import sign_baa
from ledger.errors import KeyDestroyed, LedgerError, Unavailable
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.tombstones import Tombstones
from ledger.opening import check_ledger, open_destroyer
from ledger.postgres.connect import Database
from ledger.postgres.settings import Settings
from ledger.reader import Shredded
from projections.replay import replay
from retention.after_restore import destroy_again
from retention.shred import shred
from tests.aggregates.examples import entry
from tests.fix_postgres import MakeDatabase, copy_of, drop
from tests.fix_practice import no_progress

pytestmark = pytest.mark.postgres


@dataclass(frozen=True)
class Restored:
    """A ledger whose vault, apart, was put back to what it was before a session was shredded."""

    database: Database
    settings: Settings
    actor: Actor
    gone: UUID

    @contextmanager
    def destroyer(self) -> Generator[KeyDestroyer]:
        """Open the retention role's hand on the keys."""
        with (
            open_context(self.database, self.settings) as context,
            open_destroyer(self.database, self.settings, context.clock) as hand,
        ):
            yield hand

    def is_shredded(self, context: Context) -> bool:
        """Tell whether nothing of the session can be read."""
        told = replay(context.ledger, self.actor.practice_id, stream_id=self.gone)
        return all(isinstance(event.fact, Shredded) for event in told)


@pytest.fixture(params=["before the shredding", "before the session"])
def restored(
    make_database: MakeDatabase, settings: Settings, request: pytest.FixtureRequest
) -> Iterator[Restored]:
    """Shred with one vault, then go on with a copy of it from before."""
    ledger, vault = make_database(), make_database()
    database = ledger.with_vault(vault)
    actor = Actor(uuid4(), uuid4())
    backups: list[Database] = []
    with open_context(database, settings) as context:
        open_practice(context, actor, Private("Practice"), Private("Owner"), uuid4())
        sign_baa(context, actor, ("1", bytes(32)), None, uuid4())
    backups.append(copy_of(vault, vault.name))
    with open_context(database, settings) as context:
        gone = log_session(context, actor, entry(), uuid4()).stream_id
    backups.append(copy_of(vault, vault.name))
    with (
        open_context(database, settings) as context,
        open_destroyer(database, settings, context.clock) as destroyer,
    ):
        shred(context, destroyer, actor.practice_id, gone, ShredReason.DELETION_REQUESTED)
    before_session, before_shredding = backups
    is_old: bool = request.param == "before the session"
    vault = before_session if is_old else before_shredding
    yield Restored(ledger.with_vault(vault), settings, actor, gone)
    for backup in backups:
        drop(ledger, backup.name)


def test_what_was_shredded_is_shredded_again(restored: Restored) -> None:
    """Once; the second time there is nothing to do, and fsck agrees with both."""
    with open_context(restored.database, restored.settings) as context:
        assert destroy_again(context, (), restored.destroyer) == 1
        assert restored.is_shredded(context)
        assert destroy_again(context, (), restored.destroyer) == 0
        shown = Shown(restored.gone)
        with pytest.raises(KeyDestroyed):
            correct_session(context, restored.actor, shown, entry(minutes="30"), uuid4())
    check_ledger(restored.database, restored.settings, no_progress)


def test_a_key_that_this_process_had_read_is_forgotten(restored: Restored) -> None:
    """Reading it first puts it into the cache, where a restored vault has it."""
    with open_context(restored.database, restored.settings) as context:
        try:
            was_shredded = restored.is_shredded(context)
        except LedgerError:
            was_shredded = False
        assert not was_shredded
        destroy_again(context, (), restored.destroyer)
        assert restored.is_shredded(context)


def test_it_does_not_open_when_the_key_cannot_be_destroyed(restored: Restored) -> None:
    """It says what to set."""

    @contextmanager
    def refused() -> Generator[KeyDestroyer]:
        with restored.destroyer():
            raise Unavailable("the database refused")
        yield

    with (
        open_context(restored.database, restored.settings) as context,
        pytest.raises(Unavailable, match="RETENTION_DATABASE_URL"),
    ):
        destroy_again(context, (), refused)


def test_a_database_restored_whole_does_not_bring_a_key_back(
    make_database: MakeDatabase, settings: Settings
) -> None:
    """The log has forgotten that it ended; DATA_DIR has not."""
    database = make_database()
    actor = Actor(uuid4(), uuid4())
    with open_context(database, settings) as context:
        open_practice(context, actor, Private("Practice"), Private("Owner"), uuid4())
        sign_baa(context, actor, ("1", bytes(32)), None, uuid4())
        gone = log_session(context, actor, entry(), uuid4()).stream_id
    backup = copy_of(database, database.name)
    with (
        open_context(database, settings) as context,
        open_destroyer(database, settings, context.clock) as destroyer,
    ):
        shred(context, destroyer, actor.practice_id, gone, ShredReason.DELETION_REQUESTED)
    restored = Restored(backup, settings, actor, gone)
    remembered = Tombstones(settings.data_dir)
    with open_context(backup, settings) as context:
        assert destroy_again(context, (), restored.destroyer) == 0
        assert not restored.is_shredded(context)
        assert destroy_again(context, remembered, restored.destroyer) == 1
        assert restored.is_shredded(context)
        assert destroy_again(context, remembered, restored.destroyer) == 0
    check_ledger(backup, settings, no_progress)
    drop(database, backup.name)


def test_a_vault_that_was_not_restored_has_nothing_to_destroy(
    context: Context, therapist: Actor
) -> None:
    """And nobody asks for the retention role's hand then."""
    log_session(context, therapist, entry(), uuid4())

    def never() -> None:
        raise AssertionError

    assert destroy_again(context, (), never) == 0  # pyright: ignore[reportArgumentType] -- never called
