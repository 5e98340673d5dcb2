"""The log of looks on a real ledger: closed, nothing is shown; at once, it keeps count; sealed."""

import datetime as dt
import logging
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from psycopg import sql
from starlette.testclient import TestClient

from aggregates.access import RecordKind, RecordsRead
from aggregates.practice import Role
from commands.record_access import access_stream
from ledger import reader
from ledger.drift.signing import sign_catalogue
from ledger.errors import Drifted, Tampered
from ledger.opening import check_ledger, sealing
from ledger.postgres.connect import Role as Login
from ledger.seal_log.sealer import seal_once
from tests.fix_real_front import ADDRESS, NAME, SETTING, RealFront
from web.access import ROWS, Whose
from web.terminal.drift import confirm_catalogue

pytestmark = pytest.mark.postgres
WEEK = "/week/2026-03-08"
AT_ONCE, READS = 16, 50
_REVOKE = "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger FROM therapist_writer"
_GRANT = "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger TO therapist_writer"
Block = Callable[[RealFront], Generator[None]]


def access_day(recorded_at_us: int) -> dt.date:
    """Return the day (UTC) that a look belongs to."""
    return dt.datetime.fromtimestamp(recorded_at_us / 1_000_000, dt.UTC).date()


def _revoked(front: RealFront) -> Generator[None]:
    database = front.context.ledger.database
    with database.connect(Login.OWNER) as owner:
        owner.execute(_REVOKE)
    yield
    with database.connect(Login.OWNER) as owner:
        owner.execute(_GRANT)


def _quarantined(front: RealFront) -> Generator[None]:
    front.context.ledger.quarantine(Tampered("x"))
    yield


def _unguarded(front: RealFront) -> Generator[None]:
    """As a start finds it whose database lost a trigger."""
    database = front.context.ledger.database
    sign_catalogue(database, front.settings)
    with database.connect(Login.OWNER) as owner:
        owner.execute("ALTER TABLE ledger.events DISABLE TRIGGER no_change")
    confirm_catalogue(front.context.ledger, front.settings, lambda _: None)
    assert isinstance(front.context.ledger.quarantined_for, Drifted)
    yield


def _stopped(front: RealFront) -> Generator[None]:
    vars(front.context.ledger)["_writer"].stop()  # as when a bug ends its thread
    yield


def pages(front: RealFront, role: Role) -> list[str]:
    """Return an address of each page with records that a role may see."""
    session, supervisee = front.one.sessions.get(role), front.one.members[Role.THERAPIST]
    handed = front.one.rows[Role.THERAPIST]
    parts = {
        "/sign/{stream_id}": f"/sign/{handed}",
        "{person_id}": str(supervisee.person_id),
        "{day}": "2026-03-08",
        "{stream_id}": str(session),
        "{session_id}": str(front.one.sessions[Role.THERAPIST]),
        "{slot:int}": str(front.one.slot),
        "{path:path}": "checkpoint",
    }
    found: list[str] = []
    for row in ROWS:
        if row.method == "GET" and row.reads and role in row.roles:
            path = row.path
            if row.reads.whose is Whose.EMERGENCY:
                path = path.replace("{stream_id}", str(front.one.emergencies[role]))
            for part, value in parts.items():
                path = path.replace(part, value)
            found.append(f"{path}?row={handed}" if path == "/sign" else path)
    return found


BLOCKS = (_revoked, _quarantined, _unguarded, _stopped)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.__name__)
def test_when_no_event_is_taken_no_record_is_shown(real_front: RealFront, block: Block) -> None:
    """503 on each page with records, for each role; what is public goes on."""
    real_front.begin_requests()
    browsers = {role: real_front.signed_in(one) for role, one in real_front.one.members.items()}
    before = real_front.size(real_front.one.practice_id)
    with contextmanager(block)(real_front):
        for role, browser in browsers.items():
            for path in pages(real_front, role):
                answer = browser.get(path)
                assert answer.status_code == 503, (role, path)
                assert SETTING not in answer.text
                assert NAME not in answer.text
                assert browser.head(path).status_code == 503
            assert browser.get("/sign-in").status_code == 200
    assert real_front.size(real_front.one.practice_id) == before


def test_it_is_shown_again_once_events_are_taken(real_front: RealFront) -> None:
    browser = real_front.signed_in(real_front.one.members[Role.THERAPIST])
    with contextmanager(_revoked)(real_front):
        assert browser.get(WEEK).status_code == 503
    answer = browser.get(WEEK)
    assert (answer.status_code, SETTING in answer.text) == (200, True)


def test_fifty_looks_at_once_are_fifty_events_without_a_gap(real_front: RealFront) -> None:
    """Of one reader; none is a conflict, and the whole ledger checks."""
    actor = real_front.one.members[Role.THERAPIST]
    with ExitStack() as stack:
        browsers = [real_front.signed_in(actor) for _ in range(AT_ONCE)]
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))

        def look(place: int) -> int:
            browser: TestClient = browsers[place % AT_ONCE]
            return browser.get(WEEK).status_code

        assert list(pool.map(look, range(READS))) == [200] * READS
    context, practice = real_front.context, real_front.one.practice_id
    looks = real_front.looks(practice)
    assert len(looks) == READS
    assert all(isinstance(each, RecordsRead) for each in looks)
    versions: list[int] = []
    with context.ledger.read(practice) as connection:
        found = reader.page(connection, practice, after=-1, limit=1_000)
    for day in {access_day(each.recorded_at_us) for each in found}:
        stream = access_stream(actor, day)
        versions = [each.version for each in found if each.stream_id == stream]
        assert versions == list(range(1, len(versions) + 1))
    assert sum(each.type == "records-read.v1" for each in found) == READS
    seal_once(sealing(context.ledger.database, real_front.settings, context.clock))
    assert check_ledger(context.ledger.database, real_front.settings, lambda _: None).events > READS


def test_where_somebody_looked_from_is_nowhere_in_the_clear(
    real_front: RealFront, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in a table of the ledger or of a read model, a log, an error, or another's page."""
    caplog.set_level(logging.DEBUG)
    one = real_front.one
    officer = real_front.signed_in(one.members[Role.COMPLIANCE_OFFICER])
    therapist = real_front.signed_in(one.members[Role.THERAPIST])
    shown = [officer.get(path).text for path in ("/replay", "/access", "/nothing")]
    shown += [therapist.get(path).text for path in ("/trail?show=others", "/trail?show=own", WEEK)]
    stored = "\n".join(rows(real_front))
    for canary in (ADDRESS, ADDRESS.encode().hex(), NAME, NAME.encode().hex()):
        assert canary not in stored
        assert canary not in caplog.text
        assert [page for page in shown if canary in page] == []
    assert [
        look.kind for look in real_front.looks(one.practice_id) if isinstance(look, RecordsRead)
    ]


def rows(front: RealFront) -> Iterator[str]:
    """Yield every row of every table of ours, as text."""
    with front.context.ledger.database.connect(Login.OWNER) as owner:
        tables = owner.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname IN ('ledger', 'views', 'keys')"
        ).fetchall()
        for table in tables:
            text = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(*table))
            for row in owner.execute(text).fetchall():
                yield str(row[0])


def test_a_look_stands_in_the_trail_of_whom_it_concerns(real_front: RealFront) -> None:
    """An officer's look at the practice concerns everybody; a refused try, whose session it was."""
    one = real_front.one
    officer = real_front.signed_in(one.members[Role.COMPLIANCE_OFFICER])
    owner = real_front.signed_in(one.members[Role.OWNER])
    officer.get("/replay")
    assert owner.get(f"/session/{one.sessions[Role.THERAPIST]}").status_code == 404
    browser = real_front.signed_in(one.members[Role.THERAPIST])
    trail = until(browser, "asked for your session and was refused")
    assert "A compliance officer (member " in trail
    assert "looked at the whole practice as it was" in trail
    others = real_front.signed_in(one.members[Role.SUPERVISOR]).get("/trail?show=others").text
    assert "looked at the whole practice" in others
    assert "was refused" not in others
    assert f"{NAME}, a compliance officer, looked" in owner.get("/trail?show=others").text
    kinds = officer.get("/access").text
    assert "A session that is not theirs" in kinds
    assert RecordKind.REPLAY.value not in kinds.replace("/replay", "")


def until(browser: TestClient, words: str) -> str:
    """Ask for the looks by others until the words are there."""
    pages = (browser.get("/trail?show=others").text for _ in range(500))
    return next(page for page in pages if words in page)
