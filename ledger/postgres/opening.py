"""Opens the ledger's database as the settings say: started or reached, migrated, and checked."""

from collections.abc import Generator
from contextlib import contextmanager

from ledger.clock import Clock
from ledger.drift.signing import sign_catalogue
from ledger.postgres.connect import Database
from ledger.postgres.embedded import EmbeddedServer
from ledger.postgres.migrate import check_migrated, migrate
from ledger.postgres.production import refuse_forgetful_server, refuse_powerful_login
from ledger.postgres.say import Say, say_nothing
from ledger.postgres.settings import Environment, Settings


@contextmanager
def open_database(settings: Settings, clock: Clock, say: Say = say_nothing) -> Generator[Database]:
    """Give a migrated database for as long as the block runs; an embedded one stops after it.

    Raises what EmbeddedServer, Database, migrate and production raise.
    """
    if settings.database_url is None:
        with EmbeddedServer(settings.data_dir, say=say) as server:
            _migrate(server.database, settings, clock)
            yield server.database
        return
    database = Database.from_settings(settings)
    in_production = settings.environment is Environment.PRODUCTION
    if in_production and settings.owner_database_url is None:
        # The service's own login must not be able to migrate, so somebody else did it before.
        check_migrated(database)
    else:
        _migrate(database, settings, clock)
    if in_production:
        refuse_powerful_login(database)
        refuse_forgetful_server(database)
    yield database


@contextmanager
def reach_database(settings: Settings, say: Say = say_nothing) -> Generator[Database]:
    """Give the database as it is, for who may only ask it: nothing is migrated or checked."""
    if settings.database_url is None:
        with EmbeddedServer(settings.data_dir, say=say) as server:
            yield server.database
        return
    yield Database.from_settings(settings)


def _migrate(database: Database, settings: Settings, clock: Clock) -> None:
    if migrate(database, clock):
        sign_catalogue(database, settings)
