"""The health of the running parts: each is named when it has ended, and none while all work."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from time import monotonic, sleep
from uuid import uuid4

import pytest

from ledger.opening import sealing
from ledger.postgres.connect import Role
from ledger.seal_log.sealer import Sealer
from projections.read_models import Followers
from tests.fix_ledger import TestedLedger
from tests.fix_tsa import TimeStamping
from web.serving import askers, broken_parts

pytestmark = pytest.mark.postgres
PATIENCE_S = 20.0
SOON_S = 0.02


@pytest.fixture
def parts(ledger: TestedLedger) -> Iterator[tuple[TestedLedger, Followers, Sealer]]:
    """Start what the service starts."""
    followers = Followers(ledger.database, ledger.ledger.keys)
    sealer = Sealer(sealing(ledger.database, ledger.settings, ledger.clock), SOON_S)
    with ExitStack() as stack:
        for part in (followers, sealer):
            part.start()
            stack.callback(part.stop)
        yield ledger, followers, sealer


def becomes(names: list[str], broken: Callable[[], list[str]]) -> bool:
    """Wait until these parts and no others are broken."""
    deadline = monotonic() + PATIENCE_S
    while broken() != names:
        if monotonic() > deadline:
            return False
        sleep(SOON_S)
    return True


def test_a_part_that_has_ended_is_named(parts: tuple[TestedLedger, Followers, Sealer]) -> None:
    """One after the other, whatever ended it."""
    ledger, followers, sealer = parts

    def broken() -> list[str]:
        return broken_parts(ledger.ledger, followers, sealer)

    assert becomes([], broken)
    followers.stop()
    assert becomes(["followers"], broken)
    sealer.stop()
    assert becomes(["followers", "sealer"], broken)
    ledger.ledger.stop()
    assert becomes(["writer", "followers", "sealer"], broken)


def test_a_failing_authority_is_told_of_and_breaks_no_part(
    parts: tuple[TestedLedger, Followers, Sealer], authority: TimeStamping
) -> None:
    """Nothing waits for a stamp, so `/healthz` says ok."""
    ledger, followers, sealer = parts
    settings = replace(
        ledger.settings,
        timestamp_authority_url="http://127.0.0.1:9/",
        timestamp_certificates=authority.certificates,
    )
    ledger.append(uuid4(), ledger.event(uuid4(), 1))
    deadline = monotonic() + PATIENCE_S
    while not sealer.sealed_through and monotonic() < deadline:
        sleep(SOON_S)
    said: list[str] = []
    asking = askers(
        settings, lambda: ledger.database.connect(Role.SEALER), ledger.clock, said.append
    )
    for each in asking:
        each.start()
    while not said and monotonic() < deadline:
        sleep(SOON_S)
    for each in asking:
        each.stop()
    assert said == [
        "the time-stamping authority does not stamp: it does not answer; epochs go on without it"
    ]
    assert broken_parts(ledger.ledger, followers, sealer) == []
