"""The library's read model like ours: a projection, a tracking recorder, and its runner."""

from collections.abc import Callable
from contextlib import closing
from threading import Event
from time import perf_counter
from typing import Any, Final, cast
from uuid import UUID, uuid4

import msgspec
from eventsourcing.cipher import AESCipher
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import Environment
from psycopg import sql

from aggregates.week import week_of
from ledger.postgres.connect import Database, Role
from tests.benchmarks import library
from tests.benchmarks.library import SessionNoted, Sessions

CONNECTIONS: Final = 4
FOLLOW_S_MAX: Final = 300.0

_MAKE = """
CREATE TABLE IF NOT EXISTS public.session_rows (
    stream_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    week      date,
    position  bigint NOT NULL,
    version   bigint NOT NULL,
    sealed    bytea
)
"""
_PUT = """
INSERT INTO public.session_rows VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (stream_id) DO UPDATE SET week = excluded.week, position = excluded.position,
    version = excluded.version, sealed = excluded.sealed
"""
_RESET = "TRUNCATE public.session_rows"
_FORGET = "DELETE FROM public.sessionrows_tracking WHERE application_name = 'Sessions'"


class RowsView(PostgresTrackingRecorder):
    """Rows and position, committed together, an event at a time: the runner hands out one."""

    def __init__(self, datastore: PostgresDatastore, **options: Any) -> None:  # noqa: ANN401 -- the library's own signature
        super().__init__(datastore, **options)
        self.sql_create_statements.append(sql.SQL(_MAKE).format())

    def put(self, row: tuple[object, ...], tracking: Tracking) -> None:
        """Write a row as an event left it."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(_PUT, row, prepare=True)


class SessionRows(Projection[RowsView]):
    """One row a session, its content sealed anew, as in our therapist view."""

    def __init__(self, view: RowsView) -> None:
        super().__init__(view)
        self._cipher = AESCipher(Environment("rows", {"CIPHER_KEY": AESCipher.create_key(32)}))
        self.last_id = 0
        self.is_done = Event()
        self.times_s: list[float] = []

    def process_event(  # pyright: ignore[reportIncompatibleVariableOverride, reportIncompatibleMethodOverride] -- one kind
        self, domain_event: SessionNoted, tracking: Tracking
    ) -> None:
        """Write the row, and note when it was written."""
        fields = {name: getattr(domain_event, name) for name in _CONTENT}
        row = (
            domain_event.originator_id,
            UUID(domain_event.therapist_id),
            week_of(library.day_of(domain_event)),
            tracking.notification_id,
            domain_event.originator_version,
            self._cipher.encrypt(msgspec.msgpack.encode(fields)),
        )
        self.view.put(row, tracking)
        self.times_s.append(perf_counter())
        if tracking.notification_id == self.last_id:
            self.is_done.set()


_CONTENT: Final = ("date", "start_minute", "minutes", "setting", "alias", "modality")


def prepared(database: Database, events: int) -> Callable[[], float]:
    """Record sessions of one event each; returns what follows them and tells events a second."""
    environment = library.environment(database, CONNECTIONS)
    with closing(Sessions(environment)) as application:
        last_id = library.fill(application, [uuid4() for _ in range(events)])
    _run(environment, last_id)  # makes the tables

    def run() -> float:
        with database.connect(Role.OWNER) as owner:
            owner.execute(_RESET)
            owner.execute(_FORGET)
        return _run(environment, last_id)

    return run


def _run(environment: dict[str, str], last_id: int) -> float:
    """Return the rate from the first row written to the last: starting up is left out."""
    with ProjectionRunner(
        application_class=Sessions,
        projection_class=SessionRows,
        view_class=RowsView,
        env=environment,
    ) as runner:
        projection = cast("SessionRows", runner.projection)
        projection.last_id = last_id
        assert projection.is_done.wait(FOLLOW_S_MAX), "the library's projection has stopped"
        times_s = projection.times_s
    return (len(times_s) - 1) / (times_s[-1] - times_s[0])
