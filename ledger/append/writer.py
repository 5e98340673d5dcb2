"""The one writer of a process: gathers concurrent requests and commits them together.

The asking threads put tickets into a bounded queue; one thread takes what is there, builds it on
the heads it remembers and commits it as one statement. Whatever that statement does not take, for
whatever reason, is redone once under the head's lock (ledger/append/redo.py), where the answer is
certain, before anybody is told "conflict".
"""

from collections.abc import Callable, Iterable
from threading import Thread
from uuid import UUID

import psycopg

from ledger.append import statements
from ledger.append.chain import Head, Link, Sources
from ledger.append.inbox import Inbox
from ledger.append.memory import Memory
from ledger.append.redo import Redo
from ledger.append.request import Appended, AppendRequest, Ticket
from ledger.append.session import Session
from ledger.errors import Busy, LedgerError, Unavailable

BATCH_EVENTS_MAX = 2_000
BATCH_BYTES_MAX = 16 << 20
APPEND_TIMEOUT_S = 30.0
ATTEMPTS_MAX = 2

STOPPED = "the writer has stopped; send the same command again"


class Writer:
    """Appends events in commit order, gapless, each request whole.

    `connect` opens a connection of the writer's role.
    """

    def __init__(self, connect: Callable[[], statements.Service], sources: Sources) -> None:
        self._sources = sources
        self._inbox = Inbox()
        self._session = Session(connect)
        self._memory = Memory()  # the writer thread's own, like the session
        self._redo = Redo(self._session, self._memory, sources)
        self._is_stopping = False
        self._has_ended = False
        self._thread = Thread(target=self._run, name="ledger-writer", daemon=True)

    def start(self) -> None:
        """Start the writer's thread."""
        self._thread.start()

    def stop(self) -> None:
        """Commit what is in the queue, answer everybody and end the thread."""
        self._is_stopping = True
        self._inbox.close()
        self._thread.join()
        self._session.close()

    @property
    def is_alive(self) -> bool:
        """Whether there is a thread that writes."""
        return self._thread.is_alive()

    def append(self, request: AppendRequest, timeout_s: float = APPEND_TIMEOUT_S) -> Appended:
        """Append a request's events, durable when this returns.

        Raises `Busy` when the queue is full (nothing was written), `Conflict` when a version does
        not follow its stream, `EventRefused` when a gate is not open, `KeyDestroyed` for a shredded
        stream, `Unavailable` when the outcome is not known: the same command id may be sent again.
        """
        return self.submit(request).wait(timeout_s)

    def submit(self, request: AppendRequest) -> Ticket:
        """Queue a request and return its ticket without waiting.

        Raises `Busy`, `Unavailable`, and what `AppendRequest.check` does.
        """
        request.check()
        if self._is_stopping:
            raise Unavailable(STOPPED)
        if self._inbox.is_full:
            raise Busy("too many requests at once; nothing was written, try again in a moment")
        ticket = Ticket(request)
        self._inbox.put(ticket)
        if self._has_ended:
            # It came in after the thread had looked for the last time.
            self._answer_rest()
        return ticket

    def _run(self) -> None:
        tickets: list[Ticket] = []
        try:
            while self._inbox.wait(len(tickets)):
                tickets = self._take()
                self._commit(tickets)
        finally:
            # Also when a bug ends this thread: nobody is left waiting, and nobody is let in.
            self._is_stopping = self._has_ended = True
            for ticket in tickets:
                ticket.answer(Unavailable(STOPPED))
            self._answer_rest()

    def _take(self) -> list[Ticket]:
        """Take what is queued, up to what one statement carries."""
        tickets: list[Ticket] = []
        events = body_bytes = 0
        while events < BATCH_EVENTS_MAX and body_bytes < BATCH_BYTES_MAX:
            ticket = self._inbox.take()
            if ticket is None:
                break
            tickets.append(ticket)
            events += len(ticket.request.events)
            body_bytes += ticket.request.body_bytes
        return tickets

    def _answer_rest(self) -> None:
        while ticket := self._inbox.take():
            ticket.answer(Unavailable(STOPPED))

    def _commit(self, tickets: list[Ticket]) -> None:
        by_practice: dict[UUID, list[Ticket]] = {}
        for ticket in tickets:
            by_practice.setdefault(ticket.request.practice_id, []).append(ticket)
        doubtful = by_practice
        try:
            doubtful = self._commit_on_remembered_heads(by_practice)
        except psycopg.Error as error:
            self._session.note(error)
            self._memory.forget_all()
        except LedgerError:
            self._memory.forget_all()
        for practice_id, doubted in doubtful.items():
            self._redo.redo(practice_id, doubted)

    def _commit_on_remembered_heads(
        self, by_practice: dict[UUID, list[Ticket]]
    ) -> dict[UUID, list[Ticket]]:
        """Commit optimistically; returns the tickets that have to be redone under the lock."""
        links, verdicts = self._send_with_live_keys(by_practice)
        doubtful: dict[UUID, list[Ticket]] = {}
        for link in links:
            verdict = verdicts.get(link.practice_id, statements.VERDICT_APPENDED)
            if verdict == statements.VERDICT_APPENDED:
                self._memory.remember(link.practice_id, link.head_after(), link.tips)
                for ticket, appended in link.places():
                    ticket.answer(appended)
                doubted = link.suspects
            else:
                self._memory.forget(link.practice_id)
                doubted = link.tickets + link.suspects
            for ticket, error in link.refused:
                ticket.answer(error)
            if doubted:
                doubtful[link.practice_id] = doubted
        return doubtful

    def _send_with_live_keys(
        self, by_practice: dict[UUID, list[Ticket]]
    ) -> tuple[list[Link], dict[UUID, int]]:
        """Build and send; anew when a key was destroyed of which this process had not heard."""
        links: list[Link] = []
        generation_of = self._sources.key_generation
        for _ in range(ATTEMPTS_MAX):
            if generation_of is None:
                self._sources.refresh_keys()
            generation = generation_of() if generation_of else None
            links = self._build(by_practice)
            verdicts = self._send([link for link in links if link.tickets], generation)
            if verdicts is not None:
                return links, verdicts
            self._sources.refresh_keys()
        return links, {link.practice_id: statements.VERDICT_HEAD_MOVED for link in links}

    def _send(self, links: list[Link], generation: int | None) -> dict[UUID, int] | None:
        if not links:
            return {}
        verdicts = statements.append(self._session.connection(), links, generation)
        if verdicts is None:
            return None
        return {link.practice_id: verdict for link, verdict in zip(links, verdicts, strict=True)}

    def _build(self, by_practice: dict[UUID, list[Ticket]]) -> list[Link]:
        now_us = self._sources.clock.now_us()
        heads = self._heads(by_practice.keys())
        links: list[Link] = []
        for practice_id, tickets in by_practice.items():
            link = Link(practice_id, heads[practice_id], now_us)
            streams = {e.stream_id for t in tickets for e in t.request.events}
            tips = self._memory.tips(practice_id, streams)
            # A stream not remembered may be anywhere, unless it is only now begun.
            begun = {e.stream_id for t in tickets for e in t.request.events if e.version == 1}
            unknown = streams - tips.keys() - begun
            if unknown:
                connection = self._session.connection()
                tips.update(statements.read_tips(connection, practice_id, unknown))
            for ticket in tickets:
                link.add(ticket, tips, self._sources.key_of)
            links.append(link)
        return links

    def _heads(self, practice_ids: Iterable[UUID]) -> dict[UUID, Head]:
        heads = {practice_id: self._memory.head(practice_id) for practice_id in practice_ids}
        unknown = [practice_id for practice_id, head in heads.items() if head is None]
        if unknown:
            heads.update(statements.read_heads(self._session.connection(), unknown))
        return {practice_id: head or Head.empty() for practice_id, head in heads.items()}
