"""Whatever a superuser changes, deletes, inserts, swaps or cuts off, fsck finds and names."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from psycopg import sql

from ledger.fsck.difference import Difference, Name
from ledger.ids import RandomIds
from ledger.opening import open_ledger
from ledger.postgres.connect import Database
from ledger.postgres.settings import Settings
from tests.fix_ledger import LEDGER_NAME, CountingClock, TestedLedger, free_types
from tests.fix_postgres import copy_of, drop
from tests.ledger.fsck.tampered import COLUMNS, Tampered, changed, fill, tampering

pytestmark = pytest.mark.postgres
PLACES = [(table, column) for table, columns in COLUMNS.items() for column in columns]
INSERTED = ("events", "commands", "tiles", "slots", "slot_signatures", "epochs", "gates")


@pytest.fixture(scope="module")
def tampered(
    server_base: Database, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tampered]:
    """One ledger for all of these tests: each undoes what it changes."""
    database = copy_of(server_base, template_database)
    free_types(database)
    settings = Settings(tmp_path_factory.mktemp("tampered") / "data", ledger_name=LEDGER_NAME)
    with _filled(database, settings) as ledger, tampering(ledger) as connection:
        yield connection
    drop(server_base, database.name)


@contextmanager
def _filled(database: Database, settings: Settings) -> Generator[TestedLedger]:
    clock = CountingClock()
    with open_ledger(database, settings, clock, RandomIds(clock)) as opened:
        ledger = TestedLedger(database, settings, opened, clock, RandomIds(clock))
        fill(ledger)
        ledger.check()
        yield ledger


@contextmanager
def _found(tampered: Tampered) -> Generator[None]:
    """Expect that fsck finds what the block changes, and says where."""
    with tampered.undone():
        yield
        with pytest.raises(Difference) as found:
            tampered.check()
        assert found.value.place
    assert isinstance(found.value.name, Name)


def test_an_untouched_ledger_has_no_difference(tampered: Tampered) -> None:
    tampered.check()


@given(st.sampled_from(PLACES), st.data())
def test_a_changed_value_is_found(
    tampered: Tampered, place: tuple[str, str], data: st.DataObject
) -> None:
    table, column = place
    row = data.draw(st.sampled_from(tampered.rows(table)))
    value = tampered.value(table, column, row)
    assume(value != b"")
    new = changed(value, data.draw(st.integers(0, 8_191)), data.draw(st.integers(1, 255)))
    with tampered.undone():
        try:
            tampered.put(table, column, row, new)
        except (psycopg.IntegrityError, psycopg.DataError):
            return  # the table itself does not hold such a value
        with pytest.raises(Difference):
            tampered.check()


@given(st.sampled_from(list(COLUMNS)), st.data())
def test_a_deleted_row_is_found(tampered: Tampered, table: str, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(tampered.rows(table)))
    with _found(tampered):
        tampered.delete(table, row)


@given(st.sampled_from(list(COLUMNS)), st.integers(1, 40))
def test_a_cut_off_tail_is_found(tampered: Tampered, table: str, count: int) -> None:
    with _found(tampered):
        for row in tampered.rows(table)[-count:]:
            tampered.delete(table, row)


@pytest.mark.parametrize("table", COLUMNS)
def test_an_emptied_table_is_found(tampered: Tampered, table: str) -> None:
    with _found(tampered):
        statement = sql.SQL("DELETE FROM ledger.{}").format(sql.Identifier(table))
        tampered.connection.execute(statement)


@given(st.sampled_from([p for p in PLACES if p[0] not in {"identity", "gates"}]), st.data())
def test_values_of_two_rows_swapped_are_found(
    tampered: Tampered, place: tuple[str, str], data: st.DataObject
) -> None:
    table, column = place
    rows = tampered.rows(table)
    first = data.draw(st.sampled_from(rows))
    second = data.draw(st.sampled_from(rows))
    ours, theirs = tampered.value(table, column, first), tampered.value(table, column, second)
    assume(ours != theirs)
    with tampered.undone():
        try:
            tampered.put(table, column, first, theirs)
            tampered.put(table, column, second, ours)
        except psycopg.IntegrityError:
            return
        with pytest.raises(Difference):
            tampered.check()


@given(st.sampled_from(INSERTED), st.data())
def test_an_inserted_row_is_found(tampered: Tampered, table: str, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(tampered.rows(table)))
    values = [tampered.value(table, column, row) for column in COLUMNS[table]]
    place = data.draw(st.integers(0, len(values) - 1))
    values[place] = changed(values[place], 3, data.draw(st.integers(1, 100)))
    names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table]))
    marks = sql.SQL(", ").join(sql.Placeholder() * len(values))
    statement = sql.SQL("INSERT INTO ledger.{} ({}) VALUES ({})")
    with tampered.undone():
        try:
            tampered.connection.execute(
                statement.format(sql.Identifier(table), names, marks), values
            )
        except (psycopg.IntegrityError, psycopg.DataError):
            return
        with pytest.raises(Difference):
            tampered.check()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("events", "leaf"),
        ("events", "body"),
        ("heads", "root"),
        ("heads", "frontier"),
        ("tiles", "hashes"),
        ("edges", "hashes"),
        ("slots", "salt"),
        ("slot_signatures", "signature"),
        ("epochs", "record"),
        ("checkpoints", "note"),
    ],
)
def test_every_byte_of_a_stored_value_counts(tampered: Tampered, table: str, column: str) -> None:
    row = tampered.rows(table)[-1]
    value = tampered.value(table, column, row)
    assert isinstance(value, bytes)
    for place in range(0, len(value), max(1, len(value) // 100)):
        with _found(tampered):
            tampered.put(table, column, row, changed(value, place, 1))


def test_a_key_the_vault_does_not_know_is_found(tampered: Tampered) -> None:
    with tampered.undone():
        tampered.connection.execute("ALTER TABLE keys.record_keys DISABLE TRIGGER ALL")
        tampered.connection.execute(
            "DELETE FROM keys.record_keys WHERE ctid = (SELECT min(ctid) FROM keys.record_keys)"
        )
        inside = Tampered(tampered.connection, tampered.connection, tampered.signed)
        with pytest.raises(Difference) as found:
            inside.check()
    assert found.value.name is Name.KEY_UNKNOWN


FLIPPED = """
UPDATE ledger.slot_signatures SET signature = set_byte(signature, 0, get_byte(signature, 0) # 1)
WHERE epoch = 1
"""
ONE_MORE = """
INSERT INTO ledger.slot_signatures SELECT slot, epoch + 999, signature FROM ledger.slot_signatures
"""
GONE = "DELETE FROM ledger.slot_signatures WHERE epoch = 1"


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        (Name.SIGNATURE_DIFFERS, FLIPPED),
        (Name.SIGNATURE_DIFFERS, ONE_MORE),
        (Name.SIGNATURE_MISSING, GONE),
    ],
)
def test_a_signature_that_is_not_of_its_slot_is_named(
    tampered: Tampered, name: Name, statement: str
) -> None:
    """Altered, one too many, or none: slots and logs themselves are as they were."""
    with tampered.undone():
        assert tampered.connection.execute(statement.encode()).rowcount > 0
        with pytest.raises(Difference) as found:
            tampered.check()
    assert found.value.name is name
