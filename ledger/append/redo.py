"""Redoes what the optimistic append did not take, under the head's lock, where answers are certain.

After a lost connection nobody knows whether the statement was committed. Every request carries a
command id that is stored in the same transaction, so under the lock the command either stands
there, and its request is answered with its place, or it never will, and the request is appended.
"""

from uuid import UUID

import psycopg

from ledger.append import statements
from ledger.append.chain import Link, Sources
from ledger.append.memory import Memory
from ledger.append.request import Appended, Ticket
from ledger.append.session import Session
from ledger.errors import Conflict, EventRefused, LedgerError, Unavailable

ATTEMPTS_MAX = 5

REFUSED = "the ledger does not take this event now: a gate it needs is not open"
CONFLICT = "the stream has moved on; load it again and decide anew"
UNKNOWN_OUTCOME = "the outcome is not known; send the same command again"
Outcomes = list[tuple[Ticket, Appended | LedgerError]]


class _TakenApart(Exception):
    """One of several requests was refused: each has to be tried alone."""


class _Overtaken(Exception):
    """A log that was not there yet, so that no lock held it, was begun by somebody else."""


class Redo:
    """Second and last try of a practice's requests. Owned by the writer's thread."""

    def __init__(self, session: Session, memory: Memory, sources: Sources) -> None:
        self._session = session
        self._memory = memory
        self._sources = sources

    def redo(self, practice_id: UUID, tickets: list[Ticket]) -> None:
        """Answer every ticket for certain, or with `Unavailable` when the database is away."""
        try:
            outcomes = self._attempt(practice_id, tickets)
        except _TakenApart:
            for ticket in tickets:
                self.redo(practice_id, [ticket])
            return
        except LedgerError as error:
            outcomes = [(ticket, error) for ticket in tickets]
        for ticket, outcome in outcomes:
            ticket.answer(outcome)

    def _attempt(self, practice_id: UUID, tickets: list[Ticket]) -> Outcomes:
        for _ in range(ATTEMPTS_MAX):
            try:
                return self._locked(practice_id, tickets)
            except psycopg.Error as error:
                # A race for a new log or a lost connection: the next look at the commands tells.
                self._session.note(error)
                self._memory.forget_all()
            except _Overtaken:
                self._memory.forget(practice_id)
        if len(tickets) > 1:
            raise _TakenApart
        raise Unavailable(UNKNOWN_OUTCOME)

    def _locked(self, practice_id: UUID, tickets: list[Ticket]) -> Outcomes:
        self._sources.refresh_keys()
        connection = self._session.connection()
        with connection.transaction():
            head = statements.lock_head(connection, practice_id)
            fresh, outcomes = self._split_repeated(connection, practice_id, tickets)
            streams = {event.stream_id for ticket in fresh for event in ticket.request.events}
            tips = statements.read_tips(connection, practice_id, streams)
            if head.frontier.size == 0 and tips:
                raise _Overtaken
            link = Link(practice_id, head, self._sources.clock.now_us())
            for ticket in fresh:
                link.add(ticket, tips, self._sources.key_of)
            outcomes += link.refused
            outcomes += [(ticket, Conflict(CONFLICT)) for ticket in link.suspects]
            is_appended = _append(connection, link)
        if is_appended:
            self._memory.remember(practice_id, link.head_after(), {**tips, **link.tips})
            outcomes += link.places()
        else:
            outcomes += [(ticket, EventRefused(REFUSED)) for ticket in link.tickets]
        return outcomes

    def _split_repeated(
        self, connection: statements.Service, practice_id: UUID, tickets: list[Ticket]
    ) -> tuple[list[Ticket], Outcomes]:
        """Set apart the requests whose command is in the log already."""
        commands = {ticket.request.command_id for ticket in tickets}
        if len(commands) < len(tickets):
            raise _TakenApart
        known = statements.read_commands(connection, practice_id, commands)
        fresh = [ticket for ticket in tickets if ticket.request.command_id not in known]
        repeated: Outcomes = [
            (ticket, Appended(*known[ticket.request.command_id], repeated=True))
            for ticket in tickets
            if ticket.request.command_id in known
        ]
        return fresh, repeated


def _append(connection: statements.Service, link: Link) -> bool:
    """Append the link under the lock; False when there is nothing to append or it is refused."""
    if not link.tickets:
        return False
    verdicts = statements.append(connection, [link])
    verdict = verdicts[0] if verdicts else statements.VERDICT_HEAD_MOVED
    if verdict == statements.VERDICT_APPENDED:
        return True
    if len(link.tickets) > 1:
        raise _TakenApart
    if verdict != statements.VERDICT_REFUSED:
        raise _Overtaken
    return False
