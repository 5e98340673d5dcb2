"""What speaking for a practice means for keys, for pooled connections, and where it ends."""

from uuid import UUID

import psycopg
import pytest
from psycopg import Connection, errors
from psycopg.rows import TupleRow

from ledger.errors import Tampered, Unavailable
from ledger.keys import vault
from ledger.postgres.connect import Role
from ledger.postgres.lending import lending
from ledger.postgres.practice import speaking_as, speaking_for
from tests.fix_two_practices import Two, ask

pytestmark = pytest.mark.postgres


def _new(two: Two, practice: UUID, key_id: UUID) -> list[vault.NewKey]:
    return [vault.NewKey(practice, two.ledger.ids.new(), key_id, bytes(60))]


def test_a_key_is_made_for_the_practice_that_is_spoken_for(
    two: Two, service: Connection[TupleRow]
) -> None:
    """For no other one, and for none without."""
    for spoken_for in ((), (two.mine,)):
        with pytest.raises(errors.InsufficientPrivilege), speaking_for(service, *spoken_for):
            vault.create(service, _new(two, two.other, two.ledger.ids.new()), 1, 0)
    with speaking_for(service, two.mine):
        (made,) = vault.create(service, _new(two, two.mine, two.ledger.ids.new()), 1, 0)
    assert made.practice_id == two.mine


def test_a_key_of_another_is_not_given(two: Two, service: Connection[TupleRow]) -> None:
    with speaking_for(service, two.other):
        (theirs,) = ask(service, "SELECT key_id, stream_id FROM keys.record_keys LIMIT 1")
    with speaking_for(service, two.mine):
        assert vault.of_keys(service, two.other, [theirs[0]]) == []
        assert vault.of_streams(service, [(two.other, theirs[1])]) == []
    assert two.ledger.ledger.keys.get_many(two.mine, [theirs[0]]) == {}


def test_a_key_id_that_is_taken_tells_that_it_is(two: Two, service: Connection[TupleRow]) -> None:
    """All that a unique key tells: 122 random bits, which only its practice's leaves show."""
    with speaking_for(service, two.other):
        ((taken,),) = ask(service, "SELECT key_id FROM keys.record_keys LIMIT 1")
    with pytest.raises(psycopg.Error) as refused, speaking_for(service, two.mine):
        vault.create(service, _new(two, two.mine, taken), 1, 0)
    assert refused.value.sqlstate == "LG403"
    assert str(two.other) not in str(refused.value)


def test_the_setting_ends_with_its_transaction(two: Two, service: Connection[TupleRow]) -> None:
    setting = "SELECT current_setting('therapist.practice', true)"
    with speaking_for(service, two.mine):
        assert ask(service, setting) == [(str(two.mine),)]
    assert ask(service, setting) == [("",)]


def test_a_connection_that_still_speaks_for_one_is_not_used(
    two: Two, service: Connection[TupleRow]
) -> None:
    """A setting of the session would outlive the transaction it was made in."""
    service.execute("SELECT set_config('therapist.practice', %s, false)", (str(two.other),))
    with pytest.raises(Tampered), speaking_for(service, two.mine):
        pytest.fail("it must not be used")
    assert service.closed


def test_a_connection_that_still_speaks_for_one_does_not_come_back(two: Two) -> None:
    """The pool throws it away when it is returned, and lends a fresh one."""
    with two.ledger.database.pool(Role.SERVICE, 1) as pool:
        lend = lending(pool)
        with lend() as connection:
            first = connection.info.backend_pid
            asked = "SELECT set_config('therapist.practice', %s, false)"
            connection.execute(asked, (str(two.other),))
        with lend() as connection, speaking_for(connection, two.mine):
            assert connection.info.backend_pid != first


def test_a_connection_that_still_speaks_as_somebody_is_not_used(two: Two) -> None:
    """A person left behind is as bad as a practice, and either ends with its transaction."""
    person, practice = two.ledger.ids.new(), two.mine
    asked = (
        "SELECT current_setting('therapist.practice', true),"
        " current_setting('therapist.person', true)"
    )
    with two.ledger.database.connect(Role.SUPERVISOR_READER) as connection:
        with speaking_as(connection, practice, person):
            assert ask(connection, asked) == [(str(practice), str(person))]
        assert ask(connection, asked) == [("", "")]
        connection.execute("SELECT set_config('therapist.person', %s, false)", (str(person),))
        with pytest.raises(Tampered), speaking_as(connection, practice, person):
            pytest.fail("it must not be used")
        assert connection.closed


def test_a_connection_that_still_speaks_as_somebody_does_not_come_back(two: Two) -> None:
    with two.ledger.database.pool(Role.SUPERVISOR_READER, 1) as pool:
        lend = lending(pool)
        with lend() as connection:
            first = connection.info.backend_pid
            connection.execute("SELECT set_config('therapist.person', 'somebody', false)")
        with lend() as connection, speaking_as(connection, two.mine, two.ledger.ids.new()):
            assert connection.info.backend_pid != first


def test_the_ledger_lends_what_supervisors_are_shown_from_a_pool_of_its_own(two: Two) -> None:
    """In their role, made when it is first asked for, and closed with the ledger."""
    supervisors = two.ledger.ledger.supervisors
    assert two.ledger.ledger.supervisors is supervisors
    with supervisors.read(two.mine, two.ledger.ids.new()) as connection:
        assert ask(connection, "SELECT current_user") == [(Role.SUPERVISOR_READER.value,)]
    with (
        pytest.raises(Unavailable),
        supervisors.read(two.mine, two.ledger.ids.new()) as connection,
    ):
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_sql_that_can_set_the_practice_can_read_it(two: Two, service: Connection[TupleRow]) -> None:
    """The limit of a setting, stated: it stops questions that forgot, not SQL of a stranger.

    That is why our statements are static text (docs/threat-model.md); a change of the drift check
    or of this fact belongs there.
    """
    with speaking_for(service, two.mine):
        service.execute("SELECT set_config('therapist.practice', %s, true)", (str(two.other),))
        rows = ask(service, "SELECT DISTINCT practice_id FROM ledger.events")
    assert rows == [(two.other,)]
    # Bodies are sealed all the same, and nothing can be written as anybody.
    with pytest.raises(errors.InsufficientPrivilege):
        service.execute("DELETE FROM ledger.events")


def test_the_ledger_reads_the_practice_it_is_asked_for(two: Two) -> None:
    ledger = two.ledger.ledger
    with ledger.read(two.mine) as connection:
        found = ask(connection, "SELECT DISTINCT practice_id FROM ledger.events")
    assert found == [(two.mine,)]
    with pytest.raises(Unavailable), ledger.read(two.mine) as connection:
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
