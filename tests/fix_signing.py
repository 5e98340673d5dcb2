"""A supervisor with a passkey, a row that is with them, and what they would answer."""

from uuid import UUID, uuid4

import pytest

from aggregates.hours.week_row import WeekFact
from aggregates.private import Private
from commands.context import Actor, Context
from commands.handle import Handled, facts_of
from commands.hours.sign_week import Signing, sign_week, statement_of
from commands.hours.streams import WEEK_RULES
from commands.hours.submit_week import Submission, submit_week
from commands.log_session import log_session
from tests.fix_hours import Supervised
from tests.signer import Signer

REFERENCE = bytes(range(16))


@pytest.fixture
def signer(context: Context, supervised: Supervised) -> Signer:
    """The supervisor, with a passkey."""
    return Signer(context, supervised.supervisor)


@pytest.fixture
def session(context: Context, supervised: Supervised) -> Handled:
    """A session in a row that is with the supervisor."""
    logged = log_session(context, supervised.person, supervised.session(), uuid4())
    submit(context, supervised, logged.stream_id)
    return logged


def submit(context: Context, supervised: Supervised, *entries: UUID) -> Handled:
    """Submit the row of these entries."""
    return submit_week(context, supervised.person, Submission(supervised.key, entries), uuid4())


def sign_row(context: Context, signer: Signer, submission: Submission, person: Actor) -> Handled:
    """Submit any row of the person's, and let the supervisor sign it."""
    row = submit_week(context, person, submission, uuid4()).stream_id
    return sign_week(context, signer.actor, answer(context, row, signer), uuid4())


def signing(context: Context, supervised: Supervised, signer: Signer) -> Signing:
    """Return what the supervisor answers who is shown the row now."""
    return answer(context, supervised.row, signer)


def answer(context: Context, row: UUID, signer: Signer) -> Signing:
    """Return the same of any row."""
    at_us = context.clock.now_us()
    shown = statement_of(context, signer.actor, row, at_us, REFERENCE)
    return Signing(
        stream_id=row,
        at_us=at_us,
        reference=REFERENCE,
        assertion=signer.sign(shown.reveal()),
        ip_address=Private("192.0.2.7"),
    )


def facts(context: Context, supervised: Supervised) -> list[WeekFact]:
    """Return what happened to the row."""
    history = context.history(supervised.person.practice_id, supervised.row)
    return facts_of(WEEK_RULES, history)


def kinds(context: Context, supervised: Supervised) -> list[type[WeekFact]]:
    """Return it by kind only."""
    return [type(fact) for fact in facts(context, supervised)]
