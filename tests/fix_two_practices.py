"""Two practices on one ledger, with rows of both in every relation."""

from collections.abc import Iterator
from typing import Final, NamedTuple
from uuid import UUID

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.postgres.connect import Role
from projections import definitions
from projections.notices_table import NOTICES
from projections.read_model import live
from projections.setup_table import SETUP
from projections.supervised_table import SUPERVISED
from projections.therapist import THERAPIST
from projections.trail import TRAIL
from projections.weeks_table import WEEKS
from tests.fix_ledger import TestedLedger

EVENTS: Final = 300


class Two(NamedTuple):
    """A ledger with two practices, each with rows in every relation."""

    ledger: TestedLedger
    mine: UUID
    other: UUID


@pytest.fixture
def two(ledger: TestedLedger) -> Two:
    """Two practices with events, keys, trees, epochs and views."""
    practices = [ledger.ids.new(), ledger.ids.new()]
    for practice in practices:
        ledger.tell(practice, practice, tag="practice-opened.v1", is_clear=True)
        stream = ledger.ids.new()
        ledger.append(practice, *[ledger.event(stream, n) for n in range(1, EVENTS)])
    ledger.seal()
    _fill_views(ledger, practices)
    return Two(ledger, *practices)


def _fill_views(ledger: TestedLedger, practices: list[UUID]) -> None:
    with ledger.database.connect(Role.PROJECTOR) as connection:
        for read_model in (THERAPIST, TRAIL, SETUP, WEEKS, SUPERVISED, NOTICES):
            definitions.create(connection, live(read_model))
        for practice in practices:
            connection.execute(
                "INSERT INTO views.therapist_entries VALUES"
                " (%s, gen_random_uuid(), gen_random_uuid(), NULL, 1, 1, 0, false, false, '')",
                (practice,),
            )
            connection.execute(
                "INSERT INTO views.setups VALUES"
                " (%s, gen_random_uuid(), gen_random_uuid(), 'setting', 1, 1, false)",
                (practice,),
            )
            connection.execute(
                "INSERT INTO views.week_rows VALUES"
                " (%s, gen_random_uuid(), gen_random_uuid(), NULL, 1, 1, 'signed', true)",
                (practice,),
            )
            connection.execute(
                "INSERT INTO views.trail VALUES"
                " (%s, gen_random_uuid(), 1, 0, gen_random_uuid(), 1, 'x', gen_random_uuid(),"
                " false)",
                (practice,),
            )
            connection.execute("INSERT INTO views.tracking VALUES ('x', %s, 1)", (practice,))
            connection.execute("INSERT INTO views.parked VALUES ('x', %s, 1, '')", (practice,))


@pytest.fixture
def service(two: Two) -> Iterator[Connection[TupleRow]]:
    """A connection of the service's role."""
    with two.ledger.database.connect(Role.SERVICE) as connection:
        yield connection


def ask(connection: Connection[TupleRow], statement: str, *parameters: object) -> list[TupleRow]:
    """Return the rows of an answer."""
    return connection.execute(statement.encode(), parameters or None).fetchall()
