"""The library's contestant: its application, PostgreSQL recorder, mapper and AES cipher."""

import datetime as dt
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Final
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.cipher import AESCipher
from eventsourcing.domain import DomainEvent

from ledger.postgres.connect import Database, Role
from tests.benchmarks import facts
from tests.benchmarks.clients import Step

BATCH_EVENTS: Final = 500


@dataclass(frozen=True)
class SessionNoted(DomainEvent):
    """A session with the fields of ours, as the library would have it written."""

    therapist_id: str
    date: str
    start_minute: int
    minutes: int
    setting: str
    alias: str
    modality: str
    participants: str


class Sessions(Application[UUID]):
    """The application: one notification log, encrypted under one key."""


def environment(database: Database, connections: int) -> dict[str, str]:
    """Return the settings of an application on a database, with its cipher and a new key."""
    parameters = database.parameters[Role.OWNER]
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": database.name,
        "POSTGRES_HOST": parameters["host"],
        "POSTGRES_PORT": parameters["port"],
        "POSTGRES_USER": parameters["user"],
        "POSTGRES_PASSWORD": "none: the kernel vouches for us",
        "POSTGRES_POOL_SIZE": str(connections),
        "POSTGRES_MAX_OVERFLOW": "2",
        "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
        "CIPHER_KEY": AESCipher.create_key(32),
    }


@contextmanager
def clients(database: Database, number: int) -> Generator[list[Step]]:
    """Give this many clients of one application, with a connection and a stream for each."""
    with closing(Sessions(environment(database, number))) as application:
        yield [_client(application) for _ in range(number)]


def _client(application: Sessions) -> Step:
    recorder, mapper = application.recorder, application.mapper
    stream_id, person_id = uuid4(), str(uuid4())
    versions = count(1)

    def step() -> object:
        noted = _noted(stream_id, next(versions), person_id)
        return recorder.insert_events([mapper.to_stored_event(noted)])

    return step


def fill(application: Sessions, streams: Sequence[UUID]) -> int:
    """Record a session in each stream, in large batches; returns the last notification's id."""
    person_id = str(uuid4())
    stored = [
        application.mapper.to_stored_event(_noted(stream_id, 1, person_id)) for stream_id in streams
    ]
    for start in range(0, len(stored), BATCH_EVENTS):
        application.recorder.insert_events(stored[start : start + BATCH_EVENTS])
    return application.recorder.max_notification_id() or 0


def _noted(stream_id: UUID, version: int, person_id: str) -> SessionNoted:
    entry = facts.entry(version)
    return SessionNoted(
        originator_id=stream_id,
        originator_version=version,
        timestamp=SessionNoted.create_timestamp(),
        therapist_id=person_id,
        date=entry.date.isoformat(),
        start_minute=entry.start_minute,
        minutes=entry.minutes,
        setting=entry.setting.reveal(),
        alias=entry.alias.reveal(),
        modality=entry.modality.value,
        participants=entry.participants.value,
    )


def day_of(noted: SessionNoted) -> dt.date:
    """Return the day of a session."""
    return dt.date.fromisoformat(noted.date)
