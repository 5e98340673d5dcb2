"""A line that is cut at any append, lost or kept: after a retry one act, never half, never two."""

from collections.abc import Generator
from contextlib import contextmanager
from unittest.mock import patch
from uuid import uuid4

import msgspec
import pytest

from aggregates.hours.enrolment_entry import WeekStart
from aggregates.hours.moved_rows import Counted
from aggregates.hours.week_row import WeekAmended, WeekSigned, WeekSubmitted
from commands.context import Context
from commands.correct_session import correct_session
from commands.handle import Handled
from commands.hours.setup import state_enrolment
from commands.hours.sign_week import sign_week
from commands.hours.streams import read_enrolment_of
from commands.hours.submit_week import Submission, submit_week
from commands.log_session import log_session
from commands.session import Shown
from ledger.append.request import Appended, AppendRequest
from ledger.errors import Unavailable
from ledger.ledger import Ledger
from tests.aggregates.hours_examples import ENROLMENT
from tests.fix_hours import Supervised
from tests.fix_signing import kinds, signing
from tests.signer import Signer

pytestmark = pytest.mark.postgres


@contextmanager
def _failing_at(call: int, *, is_kept: bool) -> Generator[None]:
    """Let one append be lost, or kept and reported lost; the first is number 0."""
    calls = 0
    append = Ledger.append

    def failing(ledger: Ledger, request: AppendRequest) -> Appended:
        nonlocal calls
        calls += 1
        if calls - 1 != call:
            return append(ledger, request)
        if is_kept:
            append(ledger, request)
        raise Unavailable("a test cut the line")

    with patch.object(Ledger, "append", failing):
        yield


@pytest.mark.parametrize("is_kept", [False, True], ids=["lost", "kept but reported lost"])
@pytest.mark.parametrize("call", [0, 1], ids=["fixing the week", "signing"])
@pytest.mark.usefixtures("session")
def test_a_line_cut_at_any_append_leaves_one_signature_after_a_retry(
    context: Context, supervised: Supervised, signer: Signer, call: int, *, is_kept: bool
) -> None:
    """Never half, never two."""
    answered, command_id = signing(context, supervised, signer), uuid4()
    with _failing_at(call, is_kept=is_kept), pytest.raises(Unavailable):
        sign_week(context, signer.actor, answered, command_id)
    sign_week(context, signer.actor, answered, command_id)
    assert kinds(context, supervised) == [WeekSubmitted, WeekSigned]


@pytest.mark.parametrize("is_kept", [False, True], ids=["lost", "kept but reported lost"])
def test_a_line_cut_while_submitting_leaves_one_submission_after_a_retry(
    context: Context, supervised: Supervised, *, is_kept: bool
) -> None:
    """As for signing."""
    logged = log_session(context, supervised.person, supervised.session(), uuid4())
    submission, command_id = Submission(supervised.key, [logged.stream_id]), uuid4()
    with _failing_at(0, is_kept=is_kept), pytest.raises(Unavailable):
        submit_week(context, supervised.person, submission, command_id)
    submit_week(context, supervised.person, submission, command_id)
    assert kinds(context, supervised) == [WeekSubmitted]


@pytest.mark.parametrize("is_kept", [False, True], ids=["lost", "kept but reported lost"])
def test_a_line_cut_while_correcting_voids_all_or_nothing(
    context: Context, supervised: Supervised, signer: Signer, session: Handled, *, is_kept: bool
) -> None:
    """The correction and the opened row are one append."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    longer, command_id = supervised.session(minutes="80"), uuid4()
    shown = Shown(session.stream_id, 1)
    with _failing_at(0, is_kept=is_kept), pytest.raises(Unavailable):
        correct_session(context, supervised.person, shown, longer, command_id)
    opened = WeekAmended in kinds(context, supervised)
    practice_id = supervised.person.practice_id
    is_corrected = context.latest(practice_id, [session.stream_id])[session.stream_id].version == 2
    assert (opened, is_corrected) == (is_kept, is_kept)
    correct_session(context, supervised.person, shown, longer, command_id)
    assert kinds(context, supervised) == [WeekSubmitted, WeekSigned, WeekAmended]


@pytest.mark.parametrize("is_kept", [False, True], ids=["lost", "kept but reported lost"])
@pytest.mark.usefixtures("session")
def test_a_line_cut_while_restating_opens_all_or_nothing(
    context: Context, supervised: Supervised, signer: Signer, *, is_kept: bool
) -> None:
    """The statement and the opened row are one append."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    person, command_id = supervised.person, uuid4()
    later = msgspec.structs.replace(
        ENROLMENT, week_start=WeekStart.SUNDAY, degree_on=supervised.key.last_day
    )
    counted = {Counted(supervised.supervision_id, supervised.session().date)}
    with _failing_at(0, is_kept=is_kept), pytest.raises(Unavailable):
        state_enrolment(context, person, later, command_id, counted)
    opened = WeekAmended in kinds(context, supervised)
    stands = read_enrolment_of(context, person.practice_id, person.person_id).entry
    assert (opened, stands == later) == (is_kept, is_kept)
    state_enrolment(context, person, later, command_id, counted)
    assert kinds(context, supervised) == [WeekSubmitted, WeekSigned, WeekAmended]
