"""A row is signed by its supervisor's own passkey over exactly what stands in the ledger, once."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import msgspec
import pytest

from aggregates.hours.enrolment_entry import WeekStart
from aggregates.hours.week_row import ReturnReason, WeekAmended, WeekSigned, WeekSubmitted
from aggregates.private import Private
from aggregates.refusal import Refused
from aggregates.session import SessionCorrected
from commands.context import Actor, Context, Part
from commands.correct_session import correct_session
from commands.handle import Handled
from commands.hours.setup import state_enrolment
from commands.hours.sign_week import Signing, return_week, sign_week, statement_of
from commands.hours.streams import read_enrolment_of
from commands.hours.submit_week import take_back_week
from commands.session import Shown
from tests.aggregates.hours_examples import ENROLMENT
from tests.fix_hours import Supervised
from tests.fix_signing import REFERENCE, facts, kinds, signing, submit
from tests.signer import Signer

pytestmark = pytest.mark.postgres

MINUTES_5_US = 5 * 60 * 1_000_000


def refused(context: Context, actor: Actor, what: Signing) -> str:
    """Return the code with which signing is refused."""
    with pytest.raises(Refused) as caught:
        sign_week(context, actor, what, uuid4())
    return caught.value.code.value


@pytest.mark.usefixtures("session")
def test_it_is_signed_as_it_was_shown(
    context: Context, supervised: Supervised, signer: Signer
) -> None:
    """Statement, time, reference, assertion and address are on record."""
    answered = signing(context, supervised, signer)
    sign_week(context, signer.actor, answered, uuid4())
    submitted, signed = facts(context, supervised)
    assert isinstance(submitted, WeekSubmitted)
    assert isinstance(signed, WeekSigned)
    assert signed.assertion == answered.assertion
    assert signed.entries_sha256 == submitted.content.entries_sha256
    assert (signed.at_us, signed.reference) == (answered.at_us, REFERENCE)
    assert signed.ip_address == Private("192.0.2.7")
    assert "Signer: Dana Roe\n" in signed.statement.reveal()
    stated = read_enrolment_of(context, signer.actor.practice_id, supervised.person.person_id)
    assert stated.is_week_start_fixed


@pytest.mark.usefixtures("session")
def test_the_same_command_signs_once(
    context: Context, supervised: Supervised, signer: Signer
) -> None:
    """From ten threads at once; and another command finds it signed."""
    answered, command_id = signing(context, supervised, signer), uuid4()
    with ThreadPoolExecutor(10) as pool:
        sent = [
            pool.submit(sign_week, context, signer.actor, answered, command_id) for _ in range(10)
        ]
        assert len({each.result().position for each in sent}) == 1
    assert refused(context, signer.actor, answered) == "week-not-submitted"
    assert kinds(context, supervised) == [WeekSubmitted, WeekSigned]


@pytest.mark.usefixtures("session")
def test_only_a_passkey_of_the_supervisors_own_signs(
    context: Context, supervised: Supervised, signer: Signer
) -> None:
    """Not the supervisee's, not a stranger's, not one that was revoked, not one never on record."""
    answered = signing(context, supervised, signer)
    statement = statement_of(
        context, signer.actor, supervised.row, answered.at_us, REFERENCE
    ).reveal()
    own = Signer(context, supervised.person)
    theirs = dataclasses.replace(answered, assertion=own.sign(statement))
    assert refused(context, signer.actor, theirs) == "signature-invalid"
    assert refused(context, supervised.person, theirs) == "week-not-yours"
    signer.revoke()
    assert refused(context, signer.actor, answered) == "signature-invalid"
    assert kinds(context, supervised) == [WeekSubmitted]


@pytest.mark.usefixtures("session")
def test_an_assertion_over_anything_else_signs_nothing(
    context: Context, supervised: Supervised, signer: Signer
) -> None:
    """A sign-in, another statement, another type, another time, a broken signature."""
    answered = signing(context, supervised, signer)
    asked = [
        signer.answer(b"therapist-os/sign-in/v1\n" + bytes(32)),
        signer.answer(bytes(32)),
        signer.sign("another statement\n"),
        msgspec.structs.replace(answered.assertion, signature=bytes(70)),
        msgspec.structs.replace(answered.assertion, client_data=b"{}"),
    ]
    for assertion in asked:
        other = dataclasses.replace(answered, assertion=assertion)
        assert refused(context, signer.actor, other) == "signature-invalid"
    for changed in ({"at_us": answered.at_us - 1}, {"reference": bytes(16)}):
        other = dataclasses.replace(answered, **changed)  # type: ignore[arg-type] -- by name
        assert refused(context, signer.actor, other) == "signature-invalid"
    assert kinds(context, supervised) == [WeekSubmitted]


@pytest.mark.usefixtures("session")
def test_a_statement_that_is_old_or_of_the_future_is_not_signed(
    context: Context, supervised: Supervised, signer: Signer
) -> None:
    """Five minutes, by the clock of the service."""
    now_us = context.clock.now_us()
    for at_us in (now_us - MINUTES_5_US - 1_000_000, now_us + 60_000_000):
        shown = statement_of(context, signer.actor, supervised.row, at_us, REFERENCE).reveal()
        old = Signing(
            stream_id=supervised.row,
            at_us=at_us,
            reference=REFERENCE,
            assertion=signer.sign(shown),
        )
        assert refused(context, signer.actor, old) == "week-changed"


def test_a_row_that_was_changed_since_it_was_shown_is_not_signed(
    context: Context, supervised: Supervised, signer: Signer, session: Handled
) -> None:
    """The change opened it; submitted anew, the old answer does not fit either."""
    answered = signing(context, supervised, signer)
    longer = supervised.session(minutes="80")
    correct_session(context, supervised.person, Shown(session.stream_id), longer, uuid4())
    assert refused(context, signer.actor, answered) == "week-not-submitted"
    submit(context, supervised, session.stream_id)
    assert refused(context, signer.actor, answered) == "signature-invalid"


def test_a_change_that_did_not_see_the_submission_is_found_when_signing(
    context: Context, supervised: Supervised, signer: Signer, session: Handled
) -> None:
    """Two at once: the correction read the row before it was submitted, and opened nothing."""
    answered = signing(context, supervised, signer)
    corrected = SessionCorrected(entry=supervised.session(minutes="80"))
    part = Part(session.stream_id, session.version, [corrected])
    context.record(supervised.person, uuid4(), [part])
    assert kinds(context, supervised) == [WeekSubmitted]
    assert refused(context, signer.actor, answered) == "week-changed"


def test_a_change_voids_a_signature_and_a_new_one_is_asked_for(
    context: Context, supervised: Supervised, signer: Signer, session: Handled
) -> None:
    """Both stay on record."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    longer = supervised.session(minutes="80")
    correct_session(context, supervised.person, Shown(session.stream_id), longer, uuid4())
    submit(context, supervised, session.stream_id)
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    assert kinds(context, supervised) == [
        WeekSubmitted,
        WeekSigned,
        WeekAmended,
        WeekSubmitted,
        WeekSigned,
    ]


@pytest.mark.usefixtures("session")
def test_a_returned_row_is_not_signed(
    context: Context, supervised: Supervised, signer: Signer
) -> None:
    """Nor one that was taken back."""
    answered = signing(context, supervised, signer)
    take_back_week(context, supervised.person, supervised.key, uuid4())
    assert refused(context, signer.actor, answered) == "week-not-submitted"
    with pytest.raises(Refused):
        return_week(context, signer.actor, supervised.row, (ReturnReason.OTHER, None), uuid4())


def test_one_answer_signs_once(
    context: Context, supervised: Supervised, signer: Signer, session: Handled
) -> None:
    """Not again, when the row was taken back and submitted as it was within the five minutes."""
    answered = signing(context, supervised, signer)
    sign_week(context, signer.actor, answered, uuid4())
    take_back_week(context, supervised.person, supervised.key, uuid4())
    submit(context, supervised, session.stream_id)
    assert refused(context, signer.actor, answered) == "week-changed"
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())


@pytest.mark.usefixtures("session")
def test_no_signed_week_begins_on_another_day_than_the_others(
    context: Context, supervised: Supervised, signer: Signer
) -> None:
    """The day is fixed before the row is compared with it."""
    answered = signing(context, supervised, signer)
    state_enrolment(context, supervised.person, ENROLMENT, uuid4())  # weeks from Monday
    assert refused(context, signer.actor, answered) == "week-start-other"
    sundays = msgspec.structs.replace(ENROLMENT, week_start=WeekStart.SUNDAY)
    with pytest.raises(Refused) as caught:
        state_enrolment(context, supervised.person, sundays, uuid4())
    assert caught.value.code.value == "week-start-fixed"


@pytest.mark.usefixtures("session")
def test_a_row_of_the_other_side_of_the_degree_is_not_signed(
    context: Context, supervised: Supervised, signer: Signer
) -> None:
    """Where the degree was restated in the moment in which the row was submitted."""
    answered = signing(context, supervised, signer)
    later = msgspec.structs.replace(
        ENROLMENT, week_start=WeekStart.SUNDAY, degree_on=supervised.key.last_day
    )
    state_enrolment(context, supervised.person, later, uuid4())
    assert refused(context, signer.actor, answered) == "week-changed"
    assert kinds(context, supervised) == [WeekSubmitted]
