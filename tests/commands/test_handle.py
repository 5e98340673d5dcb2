"""A command happens once, whole, on what its sender saw, and only where it belongs."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from aggregates.deletion import Deletion, DeletionReason
from aggregates.refusal import RefusalCode, Refused
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.delete_session import delete_session
from commands.log_session import log_session
from commands.session import Shown
from ledger.errors import Conflict
from tests.aggregates.examples import entry
from tests.fix_practice import other_person

pytestmark = pytest.mark.postgres


def _size(context: Context, actor: Actor) -> int:
    with context.ledger.read(actor.practice_id) as connection:
        row = connection.execute(
            "SELECT size FROM ledger.heads WHERE practice_id = %s", (actor.practice_id,)
        ).fetchone()
    assert row is not None
    return row[0]


def test_a_form_sent_twice_logs_one_session(context: Context, therapist: Actor) -> None:
    command_id = uuid4()
    first = log_session(context, therapist, entry(), command_id)
    size = _size(context, therapist)
    second = log_session(context, therapist, entry(), command_id)
    assert second.is_repeated
    assert (second.stream_id, second.position) == (first.stream_id, first.position)
    assert _size(context, therapist) == size


def test_a_form_sent_from_many_threads_at_once_logs_one_session(
    context: Context, therapist: Actor
) -> None:
    command_id = uuid4()
    size = _size(context, therapist)
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(log_session, context, therapist, entry(), command_id) for _ in range(8)]
        positions = {each.result().position for each in sent}
    assert positions == {size}
    assert _size(context, therapist) == size + 1


def test_a_correction_sent_from_many_threads_at_once_is_no_conflict_with_itself(
    context: Context, therapist: Actor
) -> None:
    """Each of them insists on the version it was shown."""
    logged = log_session(context, therapist, entry(), uuid4())
    shown, command_id = Shown(logged.stream_id, logged.version), uuid4()
    changed = entry(minutes="45")
    with ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(correct_session, context, therapist, shown, changed, command_id)
            for _ in range(8)
        ]
        versions = {each.result().version for each in sent}
    assert versions == {logged.version + 1}


def test_a_correction_of_what_was_changed_meanwhile_is_a_conflict(
    context: Context, therapist: Actor
) -> None:
    logged = log_session(context, therapist, entry(), uuid4())
    shown = Shown(logged.stream_id, logged.version)
    correct_session(context, therapist, shown, entry(minutes="45"), uuid4())
    with pytest.raises(Conflict):
        correct_session(context, therapist, shown, entry(minutes="40"), uuid4())


def test_corrections_at_once_all_happen_when_none_insists_on_what_it_saw(
    context: Context, therapist: Actor
) -> None:
    logged = log_session(context, therapist, entry(), uuid4())
    shown = Shown(logged.stream_id)
    with ThreadPoolExecutor(4) as pool:
        sent = [
            pool.submit(
                correct_session, context, therapist, shown, entry(minutes=str(minutes)), uuid4()
            )
            for minutes in (31, 32, 33, 34)
        ]
        versions = sorted(each.result().version for each in sent)
    assert versions == [2, 3, 4, 5]


def test_a_deleted_session_refuses_everything_more(context: Context, therapist: Actor) -> None:
    logged = log_session(context, therapist, entry(), uuid4())
    shown = Shown(logged.stream_id)
    deletion = Deletion(reason=DeletionReason.DID_NOT_HAPPEN)
    delete_session(context, therapist, shown, deletion, uuid4())
    with pytest.raises(Refused) as refused:
        correct_session(context, therapist, shown, entry(minutes="45"), uuid4())
    assert refused.value.code is RefusalCode.SESSION_DELETED


def test_the_practice_itself_is_no_session_to_correct(context: Context, therapist: Actor) -> None:
    shown = Shown(therapist.practice_id)
    with pytest.raises(Refused) as refused:
        correct_session(context, therapist, shown, entry(), uuid4())
    assert refused.value.code is RefusalCode.SESSION_UNKNOWN


def test_a_stranger_to_the_practice_can_log_nothing(context: Context, therapist: Actor) -> None:
    with pytest.raises(Refused) as refused:
        log_session(context, other_person(therapist), entry(), uuid4())
    assert refused.value.code is RefusalCode.PRACTICE_UNKNOWN


def test_a_session_is_not_to_be_had_in_another_practice(context: Context, therapist: Actor) -> None:
    logged = log_session(context, therapist, entry(), uuid4())
    elsewhere = Actor(uuid4(), therapist.person_id)
    with pytest.raises(Refused):
        correct_session(context, elsewhere, Shown(logged.stream_id), entry(), uuid4())
