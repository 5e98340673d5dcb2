"""What both foreign verifiers are shown: an honest bundle, and one that a practice exported."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from commands.context import Actor, Context
from commands.log_session import log_session
from ledger.opening import sealing
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from tests.aggregates.examples import entry
from tests.attacks.bundles import Files, of_folder
from tests.attacks.forge import Event, Lie, events, forged, told
from tests.attacks.rich import rich
from web.terminal.bundle import Wanted, write_bundle

Export = Callable[[int], Files]


@pytest.fixture(scope="module")
def bundle() -> Files:
    """An honest bundle of more than one tile, with a disclosed key."""
    many = [*events(), *(Event(100 + number % 40) for number in range(300))]
    return forged(told(many), Lie(disclosed=(2,)))


@pytest.fixture(scope="module")
def rich_bundle() -> Files:
    """An honest bundle of everything: stamped, cosigned, of a range, over more than one tile."""
    return rich()


@pytest.fixture
def export(context: Context, settings: Settings, therapist: Actor, tmp_path: Path) -> Export:
    """Log so many more sessions, seal them, and export the practice with its weeks."""

    def exported(sessions: int) -> Files:
        for _ in range(sessions):
            log_session(context, therapist, entry(), uuid4())
        seal_once(sealing(context.ledger.database, settings, context.clock))
        place = tmp_path / uuid4().hex
        wanted = Wanted(practice_id=therapist.practice_id, place=place, is_disclosed=True)
        write_bundle(context, settings, wanted, lambda _done, _of: None)
        return of_folder(place)

    return exported


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Files], Path]:
    """Write a bundle as a folder."""

    def written(files: Files) -> Path:
        place = tmp_path / uuid4().hex
        for name, content in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        return place

    return written
