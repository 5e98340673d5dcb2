"""A destroyed key stays destroyed: no cache, statement, restore or race brings it back."""

from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
import pytest

from ledger.errors import KeyDestroyed, KeyMissing, Tampered
from ledger.keys.records import Destroyed, RecordKey
from tests.ledger.keys.kit import NOW_US, OTHER_STREAM, PRACTICE, STREAM, Interrupted, Kit

pytestmark = pytest.mark.postgres

COPY_IN = "COPY keys.record_keys FROM STDIN"
COPY_OUT = "COPY keys.record_keys TO STDOUT"
REPLAY = "SET session_replication_role = replica"
FALSE_EVIDENCE = (
    "SET state = 'destroyed', wrapped = NULL, wrapped_sha256 = sha256(''),"
    " destroyed_at_us = 0, destroyed_generation = 0"
)
REFUSED = "LG403"
TAKEN = "23505"


def _copy_out(kit: Kit) -> bytes:
    with kit.owner() as connection, connection.cursor().copy(COPY_OUT) as copy:
        return b"".join(bytes(part) for part in copy)


def _sqlstate(kit: Kit, act: Callable[[psycopg.Connection], object], *, is_replay: bool) -> str:
    """Act as the superuser, perhaps as a replication worker, and return what stopped it."""
    with kit.owner() as connection:
        if is_replay:
            connection.execute(REPLAY)
        try:
            act(connection)
        except psycopg.Error as error:
            return error.sqlstate or ""
    return ""


def _check_gone(kit: Kit, key_id: UUID) -> None:
    for keys in (kit.keys(), kit.keys()):
        with pytest.raises(KeyDestroyed):
            keys.get_or_create(PRACTICE, STREAM)
        assert isinstance(keys.get_many(PRACTICE, [key_id])[key_id], Destroyed)


def test_the_evidence_tells_what_was_destroyed_and_when(kit: Kit) -> None:
    key_id = kit.keys().get_or_create(PRACTICE, STREAM).key_id
    with kit.owner() as connection:
        wrapped_hash = connection.execute("SELECT sha256(wrapped) FROM keys.record_keys").fetchone()
    kit.clock.time_us += 5
    evidence = kit.destroyer().destroy(PRACTICE, STREAM)
    assert evidence == Destroyed(key_id, 1, (wrapped_hash or (b"",))[0], NOW_US + 5)


def test_destroying_twice_gives_the_same_evidence(kit: Kit) -> None:
    kit.keys().get_or_create(PRACTICE, STREAM)
    first = kit.destroyer().destroy(PRACTICE, STREAM)
    kit.clock.time_us += 1_000
    assert kit.destroyer().destroy(PRACTICE, STREAM) == first


def test_destroying_what_never_was_is_an_error_and_leaves_nothing(kit: Kit) -> None:
    keys = kit.keys()
    with pytest.raises(KeyMissing):
        kit.destroyer().destroy(PRACTICE, STREAM)
    assert keys.get_or_create(PRACTICE, STREAM)


def test_the_wrapped_bytes_are_gone_from_the_table(kit: Kit) -> None:
    kit.keys().get_or_create(PRACTICE, STREAM)
    kit.destroyer().destroy(PRACTICE, STREAM)
    with kit.owner() as connection:
        row = connection.execute("SELECT wrapped, state FROM keys.record_keys").fetchone()
    assert row == (None, "destroyed")


def test_no_process_gets_it_whatever_it_had_at_hand(kit: Kit) -> None:
    keys = kit.keys()
    key = keys.get_or_create(PRACTICE, STREAM)
    kit.destroyer().destroy(PRACTICE, STREAM)
    keys.refresh()
    with pytest.raises(KeyDestroyed):
        keys.get_or_create(PRACTICE, STREAM)
    _check_gone(kit, key.key_id)


def test_the_cache_of_the_destroying_process_is_empty_at_once(kit: Kit) -> None:
    cache = kit.cache()
    keys = kit.keys(cache)
    keys.get_or_create(PRACTICE, STREAM)
    other = keys.get_or_create(PRACTICE, OTHER_STREAM)
    kit.destroyer(cache).destroy(PRACTICE, STREAM)
    assert cache.of_stream(PRACTICE, STREAM) is None
    assert keys.get_or_create(PRACTICE, OTHER_STREAM) is other, "others stay at hand"


def test_destroying_moves_the_generation_once_and_tells(kit: Kit) -> None:
    kit.keys().get_or_create(PRACTICE, STREAM)
    with kit.owner() as connection:
        connection.execute("LISTEN keys")
        kit.destroyer().destroy(PRACTICE, STREAM)
        kit.destroyer().destroy(PRACTICE, STREAM)
        told = list(connection.notifies(timeout=2, stop_after=1))
        row = connection.execute("SELECT generation FROM keys.generation").fetchone()
    assert [notice.payload for notice in told] == ["1"]
    assert row == (1,)


@pytest.mark.parametrize("is_replay", [False, True])
def test_a_copy_of_the_row_from_before_cannot_be_restored(kit: Kit, *, is_replay: bool) -> None:
    """As pg_restore would: COPY the row as it was, as the superuser."""
    key = kit.keys().get_or_create(PRACTICE, STREAM)
    dump = _copy_out(kit)
    kit.destroyer().destroy(PRACTICE, STREAM)

    def restore(connection: psycopg.Connection) -> None:
        with connection.cursor().copy(COPY_IN) as copy:
            copy.write(dump)

    assert _sqlstate(kit, restore, is_replay=is_replay) == TAKEN
    _check_gone(kit, key.key_id)


CHANGES = {
    "back to active": "UPDATE keys.record_keys SET state = 'active', wrapped = %(wrapped)s,"
    " wrapped_sha256 = NULL, destroyed_at_us = NULL, destroyed_generation = NULL",
    "another time": "UPDATE keys.record_keys SET destroyed_at_us = 0",
    "another stream": "UPDATE keys.record_keys SET stream_id = gen_random_uuid()",
    "another key id": "UPDATE keys.record_keys SET key_id = gen_random_uuid()",
    "delete": "DELETE FROM keys.record_keys",
    "truncate": "TRUNCATE keys.record_keys",
    "generation back": "UPDATE keys.generation SET generation = 0",
    "generation gone": "DELETE FROM keys.generation",
    "epoch back": "UPDATE keys.epochs SET commitment = sha256('')",
    "epoch gone": "DELETE FROM keys.epochs",
    "upsert": "INSERT INTO keys.record_keys AS k (practice_id, stream_id, key_id, epoch, state,"
    " wrapped, created_at_us) VALUES (%(practice)s, %(stream)s, %(key)s, 1, 'active',"
    " %(wrapped)s, 0) ON CONFLICT (key_id) DO UPDATE SET state = 'active',"
    " wrapped = EXCLUDED.wrapped, wrapped_sha256 = NULL, destroyed_at_us = NULL,"
    " destroyed_generation = NULL",
}


@pytest.mark.parametrize("is_replay", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_no_statement_undoes_a_destruction(kit: Kit, change: str, *, is_replay: bool) -> None:
    """The triggers bind the superuser and replication replay."""
    key = kit.keys().get_or_create(PRACTICE, STREAM)
    with kit.owner() as connection:
        row = connection.execute("SELECT wrapped FROM keys.record_keys").fetchone()
    kit.destroyer().destroy(PRACTICE, STREAM)
    values = {"wrapped": (row or (b"",))[0], "practice": PRACTICE, "stream": STREAM}

    def act(connection: psycopg.Connection) -> None:
        connection.execute(CHANGES[change].encode(), {**values, "key": key.key_id})

    assert _sqlstate(kit, act, is_replay=is_replay) == REFUSED
    _check_gone(kit, key.key_id)


@pytest.mark.parametrize("same", ["stream", "key"])
def test_neither_stream_nor_key_id_is_used_again(kit: Kit, same: str) -> None:
    key = kit.keys().get_or_create(PRACTICE, STREAM)
    kit.destroyer().destroy(PRACTICE, STREAM)
    stream_id = STREAM if same == "stream" else uuid4()
    key_id = key.key_id if same == "key" else uuid4()

    def act(connection: psycopg.Connection) -> None:
        connection.execute(
            "INSERT INTO keys.record_keys"
            " (practice_id, stream_id, key_id, epoch, state, wrapped, created_at_us)"
            " VALUES (%s, %s, %s, 1, 'active', %s, 0)",
            (PRACTICE, stream_id, key_id, bytes(60)),
        )

    assert _sqlstate(kit, act, is_replay=False) == TAKEN


def test_a_live_key_changes_only_by_destruction_or_rewrapping(kit: Kit) -> None:
    kit.keys().get_or_create(PRACTICE, STREAM)
    for change in (
        "SET wrapped = sha256('') || sha256('')",
        "SET epoch = 1, wrapped = wrapped",
        "SET epoch = 2, key_id = gen_random_uuid()",
        "SET created_at_us = 0",
        "SET state = 'destroyed', wrapped = NULL, wrapped_sha256 = sha256('')",
        FALSE_EVIDENCE,
    ):
        statement = f"UPDATE keys.record_keys {change}".encode()
        state = _sqlstate(kit, lambda c, s=statement: c.execute(s), is_replay=False)
        assert state in {REFUSED, "23514"}, change
    assert isinstance(kit.keys().get_or_create(PRACTICE, STREAM), RecordKey)


@pytest.mark.parametrize("does_reader_hear", [True, False])
def test_a_read_in_flight_cannot_bring_the_key_back(kit: Kit, *, does_reader_hear: bool) -> None:
    """The answer is on its way when the key is destroyed, and is put away afterwards."""
    kit.keys().get_or_create(PRACTICE, STREAM)
    cache = kit.cache()
    neighbour = kit.keys(cache)
    interrupted = Interrupted(kit.service)
    reader = kit.keys(cache, interrupted)

    def destroy() -> None:
        kit.destroyer().destroy(PRACTICE, STREAM)
        if does_reader_hear:
            neighbour.refresh()

    interrupted.before_leaving = destroy
    in_flight = reader.prepare([(PRACTICE, STREAM)])[PRACTICE, STREAM]
    assert isinstance(in_flight, RecordKey), "the read was answered before the destruction"
    assert (cache.of_stream(PRACTICE, STREAM) is None) == does_reader_hear
    assert isinstance(reader.get_many(PRACTICE, [in_flight.key_id])[in_flight.key_id], Destroyed)
    for keys in (reader, neighbour):
        keys.refresh()
        with pytest.raises(KeyDestroyed):
            keys.get_or_create(PRACTICE, STREAM)


def test_a_read_in_flight_in_the_destroying_process_leaves_nothing(kit: Kit) -> None:
    kit.keys().get_or_create(PRACTICE, STREAM)
    cache = kit.cache()
    interrupted = Interrupted(kit.service)
    reader = kit.keys(cache, interrupted)
    interrupted.before_leaving = lambda: kit.destroyer(cache).destroy(PRACTICE, STREAM)
    reader.prepare([(PRACTICE, STREAM)])
    assert cache.of_stream(PRACTICE, STREAM) is None
    with pytest.raises(KeyDestroyed):
        reader.get_or_create(PRACTICE, STREAM)


def test_a_creation_in_flight_finds_the_fence(kit: Kit) -> None:
    """Nothing was there when it looked; made and destroyed by others before it creates."""
    interrupted = Interrupted(kit.service)
    late = kit.keys(connections=interrupted)

    def make_and_destroy() -> None:
        kit.keys().get_or_create(PRACTICE, STREAM)
        kit.destroyer().destroy(PRACTICE, STREAM)

    interrupted.before_leaving = make_and_destroy
    with pytest.raises(KeyDestroyed):
        late.get_or_create(PRACTICE, STREAM)


@pytest.mark.parametrize("is_known", [True, False])
def test_after_a_restore_the_log_destroys_again(kit: Kit, *, is_known: bool) -> None:
    """The restored vault holds the key still, or is older than the key."""
    if is_known:
        evidence = Destroyed(kit.keys().get_or_create(PRACTICE, STREAM).key_id, 1, bytes(32), 7)
    else:
        kit.keys()
        evidence = Destroyed(uuid4(), 9, bytes(32), 7)
    destroyer = kit.destroyer()
    fenced = destroyer.fence(PRACTICE, STREAM, evidence)
    assert (fenced.key_id, fenced.destroyed_at_us) == (evidence.key_id, 7)
    assert destroyer.fence(PRACTICE, STREAM, evidence) == fenced
    _check_gone(kit, evidence.key_id)


def test_a_log_that_names_another_key_is_not_believed(kit: Kit) -> None:
    keys = kit.keys()
    key = keys.get_or_create(PRACTICE, STREAM)
    with pytest.raises(Tampered):
        kit.destroyer().fence(PRACTICE, STREAM, Destroyed(uuid4(), 1, bytes(32), 7))
    assert keys.get_many(PRACTICE, [key.key_id])[key.key_id] is key
