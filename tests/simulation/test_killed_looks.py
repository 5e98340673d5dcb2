"""Pages killed between event and answer, again and again: what was shown is always on record."""

import datetime as dt
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from itertools import count
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from aggregates.access import RecordsRead
from aggregates.private import Private
from commands.context import CODEC, Actor
from commands.open_practice import open_practice
from commands.opening import open_context
from commands.sign_baa import sign_baa
from ledger import reader
from ledger.clock import SystemClock
from ledger.opening import check_ledger, sealing
from ledger.postgres.embedded import EmbeddedServer
from ledger.postgres.migrate import migrate
from ledger.postgres.settings import Settings
from ledger.reader import Shredded, open_entries
from ledger.seal_log.sealer import seal_once
from tests.fix_postgres import remove_server_files
from tests.fix_practice import DOCUMENT
from tests.web.running import free_port

pytestmark = pytest.mark.postgres
PROJECT = Path(__file__).resolve().parents[2]
THREADS = 6
START_S_MAX, LIFE_S_MAX = 60, 0.7
FIRST_SUNDAY = dt.date(2000, 1, 2)
WEEKS = 5_000
SHOWN = 200
TLS = ssl.create_default_context()
TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE


@dataclass
class Visits:
    """Each asks for a week that nobody asked for before, so a look is known by its Sunday."""

    shown: set[dt.date] = field(default_factory=set[dt.date])
    asked: Iterator[int] = field(default_factory=count)
    lock: Lock = field(default_factory=Lock)
    stopping: Event = field(default_factory=Event)

    def run(self, port: int, cookie: str) -> None:
        """Look at week after week until the pages are gone."""
        with closing(HTTPSConnection("localhost", port, timeout=20, context=TLS)) as connection:
            while not self.stopping.is_set():
                with self.lock:
                    number = next(self.asked)
                sunday = FIRST_SUNDAY + dt.timedelta(weeks=number)
                if number >= WEEKS or not self._look(connection, sunday, cookie):
                    return

    def _look(self, connection: HTTPSConnection, sunday: dt.date, cookie: str) -> bool:
        """Look at one week; False when the pages are gone."""
        try:
            connection.request("GET", f"/week/{sunday}", headers={"cookie": cookie})
            answer = connection.getresponse()
            with closing(answer):
                if answer.status == SHOWN:
                    self.shown.add(sunday)  # the first byte is here, whatever becomes of the rest
                answer.read()
        except (OSError, HTTPException):
            return False
        return True


class Pages:
    """The pages' process, started and killed."""

    def __init__(self, server: EmbeddedServer, settings: Settings, actor: Actor) -> None:
        self.port = free_port()
        program = [sys.executable, "-m", "tests.simulation.pages_program", server.base]
        program += [str(settings.data_dir), str(actor.practice_id), str(actor.person_id)]
        self.process = subprocess.Popen(  # noqa: S603 -- our own program
            [*program, str(self.port)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        code = self.process.stdout.readline().strip()
        assert code, "the pages did not come up"
        self.cookie = self._sign_in(code)

    def kill(self) -> None:
        """Kill it, with whatever it is about to send."""
        self.process.kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(START_S_MAX)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _sign_in(self, code: str) -> str:
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
        }
        with closing(HTTPSConnection("localhost", self.port, timeout=20, context=TLS)) as asked:
            asked.request("POST", "/sign-in", urlencode({"code": code}), headers)
            return asked.getresponse().headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("kills", [8, pytest.param(80, marks=pytest.mark.slow)])
def test_nothing_was_shown_that_is_not_on_record(tmp_path: Path, kills: int) -> None:
    """On a PostgreSQL that forgets nothing it has confirmed; and the ledger checks."""
    settings, chance = Settings(tmp_path / "data"), Random(kills)
    actor, visits = Actor(uuid4(), uuid4()), Visits()
    with EmbeddedServer(settings.data_dir, catch_signals=False) as server:
        migrate(server.database, SystemClock())
        with open_context(server.database, settings) as context:
            open_practice(context, actor, Private("Practice"), Private("Owner"), uuid4())
            sign_baa(context, actor, DOCUMENT, None, uuid4())
        for _ in range(kills):
            live_once(Pages(server, settings, actor), visits, chance)
        on_record = looks(server, settings, actor)
        seal_once(sealing(server.database, settings, SystemClock()))
        check_ledger(server.database, settings, lambda _events: None)
    remove_server_files(server)
    assert len(visits.shown) > kills, "the pages answered between the kills"
    assert visits.shown - on_record == set()
    assert on_record - visits.shown, "some kill fell between event and answer"


def live_once(pages: Pages, visits: Visits, chance: Random) -> None:
    """Visit the pages with many threads, and kill them at some moment."""
    threads = [Thread(target=visits.run, args=(pages.port, pages.cookie)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    time.sleep(chance.uniform(0.2, LIFE_S_MAX))
    pages.kill()
    for thread in threads:
        thread.join(START_S_MAX)


def looks(server: EmbeddedServer, settings: Settings, actor: Actor) -> set[dt.date]:
    """Return the Sundays of the weeks that were looked at, as the log has them."""
    found: set[dt.date] = set()
    with (
        open_context(server.database, settings) as context,
        context.ledger.read(actor.practice_id) as connection,
    ):
        entries = reader.page(connection, actor.practice_id, after=-1, limit=10_000)
        bodies = open_entries(entries, context.ledger.keys)
        for each, body in zip(entries, bodies, strict=True):
            assert not isinstance(body, Shredded)
            fact = CODEC.decode(each.type, body)
            if isinstance(fact, RecordsRead) and fact.day is not None:
                found.add(fact.day)
    return found
