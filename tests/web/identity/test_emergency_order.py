"""Between any two steps the process may die: nothing is open then, and nothing leaks."""

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import pytest
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from aggregates.emergency import (
    EmergencyApproved,
    EmergencyAsked,
    EmergencyBegun,
    EmergencyTold,
)
from commands.context import Actor, Context, Part
from ledger.errors import Unavailable
from ledger.postgres.connect import Database
from ledger.postgres.connect import Role as DatabaseRole
from tests.leak_sweep import find, sweep
from tests.web.identity.desk import Desk
from tests.web.identity.emergency_case import REMARK, Case, open_case

pytestmark = pytest.mark.postgres
TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('ledger', 'keys', 'views', 'gate', 'supervisor')
"""


@pytest.fixture
def case(desk: Desk) -> Case:
    """A practice with an owner, a therapist and an officer, each with a passkey."""
    return open_case(desk)


def test_a_crash_between_any_two_steps_opens_nothing_and_is_made_good(case: Case) -> None:
    """The approval is durable, the notice was never given: the next one gives it first."""
    stream_id = case.ask()
    real = Context.record

    def dies_before(kind: type) -> object:
        def record(self: Context, actor: Actor, command_id: UUID, parts: Sequence[Part]) -> int:
            if any(isinstance(fact, kind) for part in parts for fact in part.facts):
                raise Unavailable("the process was killed here")
            return real(self, actor, command_id, parts)

        return record

    for kind in (EmergencyApproved, EmergencyTold):
        with patch.object(Context, "record", dies_before(kind)):
            assert case.step(case.owner, "approve", stream_id) == 503
        assert case.week(case.officer, stream_id) == 404
    assert case.kinds(stream_id) == [EmergencyAsked, EmergencyApproved]
    with patch.object(Context, "record", dies_before(EmergencyTold)):
        assert case.step(case.officer, "begin", stream_id) == 503
    with patch.object(Context, "record", dies_before(EmergencyBegun)):
        assert case.step(case.officer, "begin", stream_id) == 503
    assert case.week(case.officer, stream_id) == 404
    assert case.kinds(stream_id)[2:] == [EmergencyTold]
    assert case.step(case.officer, "begin", stream_id) == 303
    assert case.week(case.officer, stream_id) == 200
    assert case.kinds(stream_id)[2:] == [EmergencyTold, EmergencyBegun]


def test_the_remark_stands_nowhere_in_the_clear(
    case: Case, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Not in a table, a file or a log; only on the pages of those it concerns."""
    case.begun()
    case.officer.get("/emergency")
    case.therapist.get("/trail")
    case.desk.identity.outbox.flush()
    said = "".join(capfd.readouterr()) + caplog.text
    assert find(said.encode() + whole(case.desk.database), [REMARK, "Kim Canary"]) == []
    assert sweep([tmp_path], [REMARK]) == []
    assert find(whole(case.desk.database), ["emergency-asked.v1"]) != [], "what is there is found"


def whole(database: Database) -> bytes:
    """Return every row of every table of ours, as text."""
    with database.connect(DatabaseRole.OWNER) as connection:
        names = connection.execute(TABLES).fetchall()
        copied = (b"".join(_rows(connection, schema, name)) for schema, name in names)
        return b"".join(copied)


def _rows(connection: Connection[TupleRow], schema: str, name: str) -> list[bytes]:
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, name))
    with connection.cursor().copy(statement) as rows:
        return [bytes(row) for row in rows]
