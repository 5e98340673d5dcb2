"""A practice that came when there were epochs already shows the one that lacked it."""

from pathlib import Path
from uuid import uuid4

import pytest

from aggregates.private import Private
from commands.context import Actor, Context
from commands.log_session import log_session
from commands.open_practice import open_practice
from ledger.opening import sealing
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from tests.aggregates.examples import entry
from tests.attacks.bundles import Files, of_folder, verdict
from web.terminal.bundle import Wanted, write_bundle

pytestmark = pytest.mark.postgres


@pytest.fixture
def later(context: Context, settings: Settings, therapist: Actor, tmp_path: Path) -> Files:
    """The bundle of a practice that was opened after an epoch, and before two others."""
    practice = Actor(uuid4(), uuid4())
    for number in range(4):
        log_session(context, therapist, entry(), uuid4())
        if number == 1:
            name = Private("Later")
            open_practice(context, practice, name, Private("Owner"), uuid4())
        seal_once(sealing(context.ledger.database, settings, context.clock))
    wanted = Wanted(practice_id=practice.practice_id, place=tmp_path / "bundle")
    write_bundle(context, settings, wanted, lambda _done, _of: None)
    return of_folder(wanted.place)


def test_the_epoch_before_its_first_stands_there_with_its_record_alone(later: Files) -> None:
    """After it comes the first one that holds the practice, then the last one."""
    absent, first, last, end = later["epochs"].split(b"\n\n")
    assert [block.count(b"\nslot ") for block in (absent, first, last)] == [0, 1, 1]
    assert absent.count(b"\n") == 1
    assert end == b""
    assert verdict(later) == "valid"


def test_it_cannot_be_left_out(later: Files) -> None:
    """Else what was recorded then could be dated back as far as one likes."""
    _, first, last, _ = later["epochs"].split(b"\n\n")
    without = b"".join(block + b"\n\n" for block in (first, last))
    assert verdict(later | {"epochs": without}) == "epoch-left-out"
