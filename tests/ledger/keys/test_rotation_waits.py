"""A rotation waits for the keys that are being made under the old epoch, and takes them along."""

import threading
import time
from uuid import uuid4

import pytest

from ledger.errors import LedgerError
from ledger.keys import vault
from ledger.keys.epochs import RecordPlace
from ledger.keys.rotation import Rotation
from ledger.keys.vault import NewKey
from ledger.postgres.connect import Role
from ledger.postgres.practice import speaking_for
from ledger.sealing import RecordKey
from tests.ledger.keys.kit import NOW_US, PRACTICE, STREAM, Kit
from tests.ledger.keys.rotating import check_keys, silent

pytestmark = pytest.mark.postgres

SECRET = bytes(range(32))
WAIT_S = 9.0  # less than a role waits for a lock
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def test_a_key_made_but_not_yet_committed_is_not_lost(kit: Kit) -> None:
    """Without the wait its row would come in after the old epoch key is gone."""
    kit.keys()
    place = RecordPlace(PRACTICE, STREAM, uuid4())
    wrapped = kit.epochs.load(1).wrap(place, SECRET)
    done: list[Rotation | LedgerError] = []

    def rotate() -> None:
        try:
            done.append(kit.destroyer().rotate_epoch(silent))
        except LedgerError as error:
            done.append(error)

    thread = threading.Thread(target=rotate)
    with kit.database.vault.connect(Role.SERVICE) as creating, kit.owner() as owner:
        with speaking_for(creating, PRACTICE):
            new = NewKey(PRACTICE, STREAM, place.key_id, wrapped)
            vault.create(creating, [new], 1, NOW_US)
            thread.start()
            deadline_s = time.monotonic() + WAIT_S
            while not done and owner.execute(WAITING).fetchone() == (0,):
                assert time.monotonic() < deadline_s
                time.sleep(0.01)
            assert done == [], "the rotation waits"
        thread.join()
    assert [each.keys_rewrapped for each in done if isinstance(each, Rotation)] == [1]
    check_keys(kit, {(PRACTICE, STREAM): RecordKey.of(place.key_id, SECRET).commitment})
