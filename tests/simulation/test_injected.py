"""Five hundred times something fails with a person's words in its arguments: nobody sees them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

import pytest
from httpx2 import Response
from psycopg import sql
from starlette.testclient import TestClient

from aggregates.practice import Role
from ledger.opening import check_ledger
from ledger.postgres.connect import Database
from ledger.postgres.connect import Role as Login
from tests.fix_practice import no_progress
from tests.fix_real_front import RealFront
from tests.injector import injecting
from tests.leak_sweep import find

pytestmark = [
    pytest.mark.postgres,
    # Failing also where a generator is thrown away, of which only the interpreter's hook hears;
    # tests/web/test_last_resort.py shows what ours says then.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PLANTED: Final = "Persephone Canarywhistle"
NAME: Final = "Zebulon Quixotefield"
SETTING: Final = "Canary Meadow Clinic 8371"
REMARK: Final = "remark-canary-55821 was written"
EMAIL: Final = "hippolyta.canary-mail@sealed.example"
TYPED: Final = (PLANTED, "Canarywhistle", NAME, "Quixotefield", SETTING, REMARK, EMAIL)
FAILURES_MIN: Final = 500
SERVER_ERROR: Final = 500

Act = Callable[[], Response]


@dataclass
class Seen:
    """What came out, and where things failed."""

    leaks: list[str] = field(default_factory=list[str])
    failed_in: set[str] = field(default_factory=set[str])
    failures: int = 0
    statuses: set[int] = field(default_factory=set[int])

    def look(self, answer: Response) -> None:
        """Look through what a person, or anybody on the way, could read of an answer."""
        self.statuses.add(answer.status_code)
        headers = repr(answer.headers.multi_items()).encode()
        self.leaks += find(headers, TYPED)
        # A form that is shown again holds what its own sender typed, but for a client's name.
        hidden = TYPED if answer.status_code == SERVER_ERROR else TYPED[:4]
        self.leaks += find(answer.content, hidden)


def entry_form(**changes: str) -> dict[str, str]:
    """Return a session's form with planted texts."""
    fields = {
        "command_id": str(uuid4()),
        "date": "2026-03-09",
        "start": "09:00",
        "minutes": "50",
        "setting": SETTING,
        "client": NAME,
        "modality": "video",
        "participants": "individual",
    }
    return fields | changes


def acts(front: RealFront) -> list[Act]:
    """Return what people do, again and again: look, log, correct, delete, invite, fail."""
    therapist = front.signed_in(front.one.members[Role.THERAPIST])
    owner = front.signed_in(front.one.members[Role.OWNER])
    officer = front.signed_in(front.one.members[Role.COMPLIANCE_OFFICER])
    session = f"/session/{front.one.sessions[Role.THERAPIST]}"
    stranger = TestClient(
        front.app,
        "https://localhost:8443",
        follow_redirects=False,
        headers={"sec-fetch-site": "same-origin"},
        raise_server_exceptions=False,
    )

    def remark() -> dict[str, str]:
        told = {"reason": "other", "remark": REMARK, "version": "99"}
        return told | {"command_id": str(uuid4())}

    return [
        lambda: therapist.get("/week/2026-03-08"),
        lambda: therapist.post("/week/2026-03-08", data=entry_form()),
        lambda: therapist.post("/week/2026-03-08", data=entry_form(client=NAME + " & " + NAME)),
        lambda: therapist.get(session),
        lambda: therapist.post(session, data=entry_form(version="1", minutes="45")),
        lambda: therapist.post(f"{session}/delete", data=remark()),
        lambda: therapist.get("/trail"),
        lambda: owner.get("/members"),
        lambda: owner.post("/members/invite", data={"email": EMAIL, "role": "supervisor"}),
        lambda: officer.get("/replay"),
        lambda: officer.get("/access"),
        lambda: stranger.post("/sign-in/link", data={"email": EMAIL}),
        lambda: stranger.get("/week/2026-03-08"),
    ]


def fail_everywhere(act: Act, times: int, seen: Seen) -> None:
    """Let an act fail at this many calls, spread over all that it makes."""
    with injecting(PLANTED, None) as counting:
        act()
    for place in range(times):
        with injecting(PLANTED, place * counting.calls // times) as injected:
            answer = act()
        if injected.fired_at is not None:
            seen.failures += 1
            seen.failed_in.add(injected.fired_at)
        seen.look(answer)


def stored(database: Database) -> list[str]:
    """Return what is found in any row of any table, as its owner reads it."""
    found: list[str] = []
    with database.connect(Login.OWNER) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for table in tables:
            asked = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(*table))
            with connection.cursor().copy(asked) as copy:
                content = b"".join(bytes(block) for block in copy)
            found += [f"{table}: {each}" for each in find(content, TYPED)]
    return found


def test_no_failure_tells_what_it_was_about(
    real_front: RealFront,
    database: Database,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In no answer, header, log line, or row; and afterwards everything works and is whole."""
    seen, everything = Seen(), acts(real_front)
    times = FAILURES_MIN // len(everything) + 8
    for act in everything:
        fail_everywhere(act, times, seen)
    told = capfd.readouterr()
    spoken = f"{told.out}{told.err}{caplog.text}".encode()
    # In development the console is the mailbox: who asked for a link is told where it goes.
    spoken = spoken.replace(EMAIL.encode(), b"")
    assert seen.failures >= FAILURES_MIN
    assert len(seen.failed_in) > len(everything)
    assert {200, 303, 500} <= seen.statuses
    assert seen.leaks == []
    assert find(spoken, TYPED) == []
    assert stored(database) == []
    assert [act().status_code for act in everything[:2]] == [200, 303]
    assert check_ledger(database, real_front.settings, no_progress).events > seen.failures // 10
