"""Writes the manifest of the database's catalogue from a fresh migration: part of `make docs`."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ledger.clock import SystemClock
from ledger.drift import manifest
from ledger.drift.catalogue import read_facts
from ledger.drift.manifest import Layout
from ledger.postgres.connect import Database, Role
from ledger.postgres.embedded import EmbeddedServer
from ledger.postgres.migrate import migrate
from projections import definitions
from projections.read_model import live
from projections.supervised_table import SUPERVISED
from projections.therapist import THERAPIST


def made_anew(make: Callable[[], Database]) -> Iterator[tuple[Layout, str]]:
    """Yield the text of each manifest, from databases that `make` makes empty."""
    whole = make()
    apart = make().with_vault(make())
    for database in (whole, apart):
        migrate(database, SystemClock())
        with database.connect(Role.PROJECTOR) as connection:
            for read_model in (THERAPIST, SUPERVISED):
                definitions.create(connection, live(read_model))
        for layout, place in manifest.databases(database):
            with place.connect(Role.CHECKER) as connection:
                yield layout, manifest.encode(read_facts(connection))


def main() -> None:
    """Rewrite the manifests that are out of date, and name them."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "data", durable=False)
        with server:
            names = iter(("one", "two", "three"))

            def make() -> Database:
                name = next(names)
                with server.database.connect(Role.OWNER) as connection:
                    connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
                return server.database.named(name)

            for layout, text in made_anew(make):
                path = manifest.path_of(layout)
                if not path.exists() or path.read_text() != text:
                    path.write_text(text)
                    print(path.name)  # noqa: T201 -- the command says what it changed
        if server.place.home != server.place.control:
            shutil.rmtree(server.place.home)


if __name__ == "__main__":
    main()
