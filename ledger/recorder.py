"""One practice as one eventsourcing application: its recorder over our own log."""

from collections.abc import Callable, Sequence
from threading import Event
from typing import Any, Protocol
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import reader
from ledger.append.request import Appended, AppendRequest, NewEvent
from ledger.errors import Conflict
from ledger.ids import NIL, Ids
from ledger.mapper import PlainEvent

LISTEN_TIMEOUT_S = 1.0
SUBSCRIPTION_PAGE = 500


class Log(Protocol):
    """What a recorder needs of the ledger."""

    ids: Ids

    def append(self, request: AppendRequest) -> Appended:
        """Append, durable on return."""
        ...

    def read(self, practice_id: UUID) -> Any:  # noqa: ANN401 -- a context manager of a connection
        """Lend a connection that reads this practice."""
        ...

    def listen(self) -> Connection[TupleRow]:
        """Open a connection that listens for appends."""
        ...

    @property
    def keys(self) -> reader.Keys:
        """Where record keys come from."""
        ...


class StreamConflict(Conflict, IntegrityError):
    """A conflict in the ledger's words and in the library's."""


class PracticeRecorder(ApplicationRecorder):
    """Records and reads the events of one practice; notification id = log position + 1.

    `insert_events` takes `actor_id` and `command_id`, and raises `IntegrityError` when a version
    does not follow its stream.
    """

    def __init__(self, log: Log, practice_id: UUID) -> None:
        self._log = log
        self._practice_id = practice_id

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        actor_id: UUID = NIL,
        command_id: UUID | None = None,
        **_: Any,  # noqa: ANN401 -- the contract's open keywords
    ) -> Sequence[int] | None:
        """Append all of them or none; returns their notification ids.

        A command that was here before writes nothing now (I10). With another number of events it
        is a conflict: who sent it finds what it came to.
        """
        if not stored_events:
            return []
        request = AppendRequest(
            practice_id=self._practice_id,
            command_id=command_id or self._log.ids.new(),
            actor_id=actor_id,
            events=tuple(self._new_event(event) for event in stored_events),
        )
        try:
            appended = self._log.append(request)
        except Conflict as conflict:
            raise StreamConflict(str(conflict)) from conflict
        if appended.events != len(stored_events):
            # The same command, sent twice at once, whose second saw what the first had done.
            raise StreamConflict("this command was here before with other events")
        first = appended.position + 1
        return list(range(first, first + appended.events))

    def _new_event(self, event: StoredEvent) -> NewEvent:
        assert isinstance(event.originator_id, UUID)
        is_plain = isinstance(event, PlainEvent)
        return NewEvent(
            stream_id=event.originator_id,
            version=event.originator_version,
            event_id=event.event_id if is_plain else self._log.ids.new(),
            type=event.topic,
            body=event.state,
            is_clear=is_plain and event.is_clear,
        )

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return a stream's events, opened in this process, shredded ones marked."""
        assert isinstance(originator_id, UUID)
        with self._log.read(self._practice_id) as connection:
            entries = reader.stream(
                connection,
                self._practice_id,
                originator_id,
                reader.Versions(
                    after=gt or 0,
                    until=reader.NO_LIMIT if lte is None else lte,
                    limit=reader.NO_LIMIT if limit is None else limit,
                    is_backwards=desc,
                ),
            )
        return self._plain(entries)

    def _plain(self, entries: list[reader.Entry]) -> list[PlainEvent]:
        opened = reader.open_entries(entries, self._log.keys)
        return [_plain(entry, body) for entry, body in zip(entries, opened, strict=True)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return notifications of the practice in log order, of these topics or all."""
        after = -1 if start is None else start - 1 - inclusive_of_start
        until = reader.NO_LIMIT if stop is None else stop - 1
        found: list[Notification] = []
        with self._log.read(self._practice_id) as connection:
            while len(found) < limit:
                entries = reader.page(
                    connection, self._practice_id, after=after, until=until, limit=limit
                )
                kept = [entry for entry in entries if not topics or entry.type in topics]
                found += [_notification(event) for event in self._plain(kept)]
                if len(entries) < min(limit, reader.PAGE_EVENTS_MAX):
                    break
                after = entries[-1].position
        return found[:limit]

    def max_notification_id(self) -> int | None:
        """Return the last notification id, None for a log without events."""
        with self._log.read(self._practice_id) as connection:
            return reader.size(connection, self._practice_id) or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> "PracticeSubscription":
        """Return an endless iterator over notifications above `gt`; stop it from any thread."""
        return PracticeSubscription(self, self._log.listen, gt, topics)


def _plain(entry: reader.Entry, body: bytes | reader.Shredded) -> PlainEvent:
    is_shredded = isinstance(body, reader.Shredded)
    return PlainEvent(
        originator_id=entry.stream_id,
        originator_version=entry.version,
        topic=entry.type,
        state=b"" if is_shredded else body,
        event_id=entry.event_id,
        is_clear=entry.key_id is None,
        recorded_at_us=entry.recorded_at_us,
        actor_id=entry.actor_id,
        position=entry.position,
        shredded=body if is_shredded else None,
    )


def _notification(event: PlainEvent) -> Notification:
    return Notification(
        originator_id=event.originator_id,
        originator_version=event.originator_version,
        topic=event.topic,
        state=event.state,
        id=event.position + 1,
    )


class PracticeSubscription(Subscription[PracticeRecorder]):
    """Listens first, then pulls, then waits with a limit, so that it misses nothing."""

    def __init__(
        self,
        recorder: PracticeRecorder,
        listen: Callable[[], Connection[TupleRow]],
        gt: int | None,
        topics: Sequence[str],
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._listening = listen()
        self._page: list[Notification] = []
        self._stopped = Event()

    def stop(self) -> None:
        """End the iteration, at the latest after LISTEN_TIMEOUT_S."""
        super().stop()
        self._stopped.set()

    def __exit__(self, *args: object, **kwargs: Any) -> None:  # noqa: ANN401 -- the contract's
        """Stop and hang up."""
        super().__exit__(*args, **kwargs)
        self._listening.close()

    def __next__(self) -> Notification:
        """Return the next notification, waiting for it."""
        while not self._stopped.is_set():
            if self._page:
                return self._page.pop(0)
            self._pull()
        raise StopIteration

    def _pull(self) -> None:
        self._page = list(
            self._recorder.select_notifications(
                self._last_notification_id or 0,
                SUBSCRIPTION_PAGE,
                topics=self._topics,
                inclusive_of_start=False,
            )
        )
        if self._page:
            self._last_notification_id = self._page[-1].id
            return
        for _ in self._listening.notifies(timeout=LISTEN_TIMEOUT_S, stop_after=1):
            break
