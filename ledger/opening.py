"""Opens a ledger as the settings say: its database, its keys, its writer; closes it after use."""

from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic
from uuid import UUID

from ledger.clock import Clock
from ledger.errors import SettingsInvalid
from ledger.fsck.check import Progress, Report, Stores, check
from ledger.fsck.epochs import Signed
from ledger.ids import Ids
from ledger.keys.cache import KeyCache
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.epochs import EpochKeys
from ledger.keys.records import RecordKeys
from ledger.keys.root import FileRootKey
from ledger.ledger import Ledger
from ledger.postgres.connect import Database, Role
from ledger.postgres.lending import Lend, lending
from ledger.postgres.settings import Settings
from ledger.reader import practices
from ledger.seal_log.sealer import Sealing
from ledger.seal_log.signer import last_checkpoint, verifier_key

KEY_CONNECTIONS_MAX = 8
SEALER_CONNECTIONS_MAX = 2


@contextmanager
def open_ledger(
    database: Database, settings: Settings, clock: Clock, ids: Ids
) -> Generator[Ledger]:
    """Give a started ledger on a migrated database for as long as the block runs.

    Raises `SettingsInvalid` when the database belongs to a ledger of another name, and what opening
    the keys raises.
    """
    _confirm_name(database, settings.ledger_name)
    epochs = EpochKeys(settings.data_dir, FileRootKey.open(settings.data_dir))
    pool = database.vault.pool(Role.SERVICE, KEY_CONNECTIONS_MAX)
    try:
        keys = RecordKeys(lending(pool), epochs, KeyCache(monotonic), clock, ids)
        keys.start()
        ledger = Ledger(database, keys, clock, ids)
        ledger.start()
        try:
            yield ledger
        finally:
            ledger.stop()
    finally:
        pool.close()


@contextmanager
def open_destroyer(database: Database, settings: Settings, clock: Clock) -> Generator[KeyDestroyer]:
    """Give the retention role's hand on the keys; it can read no events."""
    epochs = EpochKeys(settings.data_dir, FileRootKey.open(settings.data_dir))
    pool = database.vault.pool(Role.RETENTION, 2)
    try:
        yield KeyDestroyer(lending(pool), epochs, clock, None)
    finally:
        pool.close()


@contextmanager
def lending_sealer(database: Database) -> Generator[Lend]:
    """Give what lends connections to those who store what others say of checkpoints."""
    with database.pool(Role.SEALER, SEALER_CONNECTIONS_MAX) as pool:
        yield lending(pool)


def practices_of(database: Database) -> list[UUID]:
    """Return the practices that have a log, by slot."""
    with database.connect(Role.CHECKER) as connection:
        return [practice_id for practice_id, _slot, _size in practices(connection)]


def sealing(database: Database, settings: Settings, clock: Clock) -> Sealing:
    """Return where the epochs of this ledger are made."""
    return Sealing(
        connect=lambda: database.connect(Role.SEALER),
        data_dir=settings.data_dir,
        ledger_name=settings.ledger_name,
        clock=clock,
    )


def check_ledger(database: Database, settings: Settings, progress: Progress) -> Report:
    """Check the whole ledger against what the signer knows. Raises `Difference`, `Tampered`."""
    key = verifier_key(settings.data_dir, settings.ledger_name)
    last = None if key is None else last_checkpoint(settings.data_dir, key)
    signed = Signed(settings.ledger_name, key, last)
    with (
        database.connect(Role.CHECKER) as connection,
        database.vault.connect(Role.CHECKER) as vault,
    ):
        return check(Stores(connection, vault), signed, progress)


def _confirm_name(database: Database, name: str) -> None:
    with database.connect(Role.SEALER) as connection:
        row = connection.execute("SELECT ledger.name_ledger(%b)", (name,)).fetchone()
    if row is None or row[0] != name:
        raise SettingsInvalid(
            "LEDGER_NAME is not the name this ledger was begun with: set it back, it never changes"
        )
