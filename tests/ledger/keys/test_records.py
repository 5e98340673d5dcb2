"""A stream has one key, made once; whoever asks gets the same, in one question for many."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest

from ledger.errors import KeyDestroyed, KeyFileUnsafe, Tampered, Unavailable
from ledger.keys import vault
from ledger.keys.cache import AGE_S_MAX
from ledger.keys.epochs import EpochKeys
from ledger.keys.records import Destroyed, RecordKey
from ledger.keys.root import FileRootKey
from tests.ledger.keys.kit import (
    NOW_US,
    OTHER_PRACTICE,
    OTHER_STREAM,
    PRACTICE,
    STREAM,
    Kit,
)

pytestmark = pytest.mark.postgres


def test_a_stream_has_one_key_for_every_process(kit: Kit) -> None:
    made = kit.keys().get_or_create(PRACTICE, STREAM)
    again = kit.keys().get_or_create(PRACTICE, STREAM)
    assert (again.key_id, again.commitment) == (made.key_id, made.commitment)


def test_streams_and_practices_have_keys_of_their_own(kit: Kit) -> None:
    keys = kit.keys()
    places = [(PRACTICE, STREAM), (PRACTICE, OTHER_STREAM), (OTHER_PRACTICE, STREAM)]
    made = [keys.get_or_create(*place) for place in places]
    assert len({key.key_id for key in made}) == len({key.commitment for key in made}) == 3


def test_a_key_at_hand_costs_no_question_and_microseconds(kit: Kit) -> None:
    keys = kit.keys()
    made = keys.get_or_create(PRACTICE, STREAM)
    start_s = time.perf_counter()
    for _ in range(10_000):
        assert keys.get_or_create(PRACTICE, STREAM) is made
    assert (time.perf_counter() - start_s) / 10_000 < 20e-6


def test_many_keys_are_made_together_each_once(kit: Kit) -> None:
    streams = [(PRACTICE, uuid4()) for _ in range(50)]
    keys = kit.keys()
    first = keys.get_or_create(*streams[7])
    made = keys.prepare([*streams, streams[0]])
    assert made.keys() == set(streams)
    assert made[streams[7]] is first
    again = kit.keys().prepare(streams)
    assert {stream: key.key_id for stream, key in again.items()} == {
        stream: key.key_id for stream, key in made.items()
    }


def test_many_keys_are_read_together(kit: Kit) -> None:
    made = kit.keys().prepare([(PRACTICE, uuid4()) for _ in range(20)])
    key_ids = [key.key_id for key in made.values()]
    found = kit.keys().get_many(PRACTICE, [*key_ids, key_ids[0]])
    assert found.keys() == set(key_ids)
    for known in made.values():
        other = found[known.key_id]
        assert isinstance(known, RecordKey)
        assert isinstance(other, RecordKey)
        assert other.commitment == known.commitment


def test_a_key_id_that_never_was_one_is_left_out(kit: Kit) -> None:
    keys = kit.keys()
    key_id = keys.get_or_create(PRACTICE, STREAM).key_id
    assert kit.keys().get_many(PRACTICE, [key_id, uuid4()]).keys() == {key_id}
    assert keys.get_many(PRACTICE, []) == {}


@pytest.mark.parametrize("is_cached", [True, False])
def test_another_practice_gets_nothing_for_a_key_id(kit: Kit, *, is_cached: bool) -> None:
    keys = kit.keys()
    key_id = keys.get_or_create(PRACTICE, STREAM).key_id
    asked = keys if is_cached else kit.keys()
    assert asked.get_many(OTHER_PRACTICE, [key_id]) == {}


def test_the_vault_holds_no_secret_in_the_clear(kit: Kit) -> None:
    """What the database has opens with the epoch key and for its own place only."""
    key = kit.keys().get_or_create(PRACTICE, STREAM)
    with kit.owner() as connection:
        row = connection.execute(
            "SELECT wrapped, epoch, state, created_at_us FROM keys.record_keys"
        ).fetchone()
    assert row is not None
    assert len(row[0]) == 60
    assert row[1:] == (1, "active", NOW_US)
    assert key.commitment not in row[0]


@pytest.mark.parametrize("column", ["practice_id", "stream_id", "key_id"])
def test_a_key_moved_to_another_place_does_not_open(kit: Kit, column: str) -> None:
    """A superuser copies the wrapped bytes of one row into a row of another place."""
    kit.keys().get_or_create(PRACTICE, STREAM)
    ids = {"practice_id": PRACTICE, "stream_id": STREAM, "key_id": uuid4()}
    ids[column] = uuid4()
    with kit.owner() as connection:
        row = connection.execute("SELECT wrapped FROM keys.record_keys").fetchone()
        assert row is not None
        if column == "key_id":
            ids["stream_id"] = uuid4()
        connection.execute(
            "INSERT INTO keys.record_keys"
            " (practice_id, stream_id, key_id, epoch, state, wrapped, created_at_us)"
            " VALUES (%s, %s, %s, 1, 'active', %s, 0)",
            (ids["practice_id"], ids["stream_id"], ids["key_id"], row[0]),
        )
    with pytest.raises(Tampered):
        kit.keys().get_or_create(ids["practice_id"], ids["stream_id"])
    with pytest.raises(Tampered):
        kit.keys().get_many(ids["practice_id"], [ids["key_id"]])


def test_a_key_at_hand_is_asked_for_again_after_a_minute(kit: Kit) -> None:
    keys = kit.keys()
    made = keys.get_or_create(PRACTICE, STREAM)
    kit.destroyer().destroy(PRACTICE, STREAM)
    assert keys.get_or_create(PRACTICE, STREAM) is made, "nobody has asked the vault since"
    kit.stopwatch.seconds += AGE_S_MAX + 1
    with pytest.raises(KeyDestroyed):
        keys.get_or_create(PRACTICE, STREAM)


def test_a_refresh_forgets_what_others_destroyed(kit: Kit) -> None:
    keys = kit.keys()
    keys.get_or_create(PRACTICE, STREAM)
    other = keys.get_or_create(PRACTICE, OTHER_STREAM)
    kit.destroyer().destroy(PRACTICE, STREAM)
    keys.refresh()
    with pytest.raises(KeyDestroyed):
        keys.get_or_create(PRACTICE, STREAM)
    assert keys.get_or_create(PRACTICE, OTHER_STREAM) is other


def test_reading_many_never_gives_what_was_destroyed_before(kit: Kit) -> None:
    keys = kit.keys()
    key_id = keys.get_or_create(PRACTICE, STREAM).key_id
    evidence = kit.destroyer().destroy(PRACTICE, STREAM)
    assert keys.get_many(PRACTICE, [key_id]) == {key_id: evidence}
    assert isinstance(keys.prepare([(PRACTICE, STREAM)])[PRACTICE, STREAM], Destroyed)


def test_very_many_destructions_are_heard_of(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "DESTROYED_AT_ONCE_MAX", 2)
    keys, destroyer = kit.keys(), kit.destroyer()
    streams = [(PRACTICE, uuid4()) for _ in range(4)]
    keys.prepare(streams)
    for stream in streams[:3]:
        destroyer.destroy(*stream)
    keys.refresh()
    states = keys.prepare(streams)
    assert [isinstance(states[stream], Destroyed) for stream in streams] == [True] * 3 + [False]


class Failing:
    """Connections that are lost, before or after the question was answered, so many times."""

    def __init__(self, kit: Kit, times: int, *, is_kept: bool) -> None:
        self._kit = kit
        self.times = times
        self._is_kept = is_kept

    @contextmanager
    def __call__(self) -> Generator[vault.Vault]:
        """Lend a connection, or lose it."""
        self.times -= 1
        if self.times < 0:
            with self._kit.service() as connection:
                yield connection
        elif self._is_kept:
            with self._kit.service() as connection:
                yield connection
            raise psycopg.OperationalError
        else:
            raise psycopg.OperationalError


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_lost_connection_is_asked_again_and_makes_no_second_key(
    kit: Kit, *, is_kept: bool
) -> None:
    failing = Failing(kit, 0, is_kept=is_kept)
    keys = kit.keys(connections=failing)
    failing.times = 2
    made = keys.get_or_create(PRACTICE, STREAM)
    assert kit.keys().get_or_create(PRACTICE, STREAM).key_id == made.key_id


def test_a_vault_that_stays_away_is_unavailable(kit: Kit) -> None:
    failing = Failing(kit, 0, is_kept=False)
    keys = kit.keys(connections=failing)
    failing.times = 100
    with pytest.raises(Unavailable):
        keys.get_or_create(PRACTICE, STREAM)
    with pytest.raises(Unavailable):
        keys.refresh()


def test_a_machine_without_the_epoch_key_refuses_to_start(kit: Kit) -> None:
    kit.keys()
    (kit.data_dir / "keys" / "epochs" / "000001.key").unlink()
    with pytest.raises(KeyFileUnsafe, match="restore"):
        kit.keys()


def test_a_machine_with_another_epoch_key_refuses_to_start(kit: Kit) -> None:
    kit.keys()
    other = Kit(kit.database, kit.data_dir.with_name("other"), kit.service, kit.retention)
    EpochKeys(other.data_dir, FileRootKey.open(other.data_dir)).create(1)
    with pytest.raises(KeyFileUnsafe, match="folder"):
        other.keys()


def test_a_new_vault_beside_old_key_files_begins_a_usable_epoch(kit: Kit) -> None:
    epochs = kit.epochs
    epochs.create(1)
    epochs.destroy(1)
    made = kit.keys().get_or_create(PRACTICE, STREAM)
    assert kit.keys().get_or_create(PRACTICE, STREAM).commitment == made.commitment
    assert kit.epochs.live() == [2]


def test_errors_name_no_secret_and_no_input(kit: Kit) -> None:
    keys = kit.keys()
    keys.get_or_create(PRACTICE, UUID(int=5))
    kit.destroyer().destroy(PRACTICE, UUID(int=5))
    keys.refresh()
    with pytest.raises(KeyDestroyed) as caught:
        keys.get_or_create(PRACTICE, UUID(int=5))
    assert caught.value.code == "key-destroyed"
    assert str(UUID(int=5)) not in str(caught.value)
