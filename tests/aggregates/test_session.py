"""A session is logged, corrected and deleted by its therapist, after the agreement is signed."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.deletion import DeletionReason
from aggregates.diary import Deleted, Logged, NotLogged
from aggregates.private import Private
from aggregates.refusal import FieldsRefused, Refused
from aggregates.session import (
    SESSION,
    CorrectSession,
    DeleteSession,
    LogSession,
    SessionCommand,
    SessionCorrected,
    SessionDeleted,
    SessionFact,
    SessionLogged,
)
from aggregates.session_entry import SessionEntry
from tests.aggregates.examples import COLLEAGUE, THERAPIST, entry
from tests.spec import Given

ENTRY = entry()
LONGER = entry(minutes="80")
LOGGED = SessionLogged(therapist_id=THERAPIST, entry=ENTRY)
CORRECTED = SessionCorrected(entry=LONGER)
DELETED = SessionDeleted(reason=DeletionReason.ENTERED_TWICE)


def log(said: SessionEntry = ENTRY, by: UUID = THERAPIST) -> LogSession:
    """Log a session in a practice whose agreement is signed."""
    return LogSession(entry=said, therapist_id=by, baa_signed=True)


def correct(said: SessionEntry, by: UUID = THERAPIST) -> CorrectSession:
    """Correct it."""
    return CorrectSession(entry=said, therapist_id=by, baa_signed=True)


def delete(by: UUID = THERAPIST) -> DeleteSession:
    """Delete it."""
    return DeleteSession(reason=DeletionReason.ENTERED_TWICE, therapist_id=by, baa_signed=True)


SESSIONS = Given(SESSION)


def test_a_therapist_logs_a_session() -> None:
    """The stream knows from then on whose it is."""
    SESSIONS.when(log()).then(LOGGED)


def test_a_therapist_corrects_a_session() -> None:
    """The correction holds the whole session as it now stands."""
    SESSIONS.given(LOGGED).when(correct(LONGER)).then(CORRECTED)


def test_a_therapist_deletes_a_session() -> None:
    """With a reason."""
    SESSIONS.given(LOGGED, CORRECTED).when(delete()).then(DELETED)


def test_a_remark_goes_with_the_deletion() -> None:
    """As private text."""
    command = DeleteSession(
        reason=DeletionReason.OTHER, remark=Private("r"), therapist_id=THERAPIST, baa_signed=True
    )
    SESSIONS.given(LOGGED).when(command).then(
        SessionDeleted(reason=DeletionReason.OTHER, remark=Private("r"))
    )


@pytest.mark.parametrize("command", [log(), correct(LONGER), delete()])
@pytest.mark.parametrize("facts", [(), (LOGGED,), (LOGGED, DELETED)])
def test_no_client_data_before_the_agreement_is_signed(
    command: SessionCommand, facts: tuple[SessionFact, ...]
) -> None:
    """Whatever is commanded, whatever happened before (P1)."""
    match command:
        case LogSession(entry=said):
            unsigned = LogSession(entry=said, therapist_id=THERAPIST, baa_signed=False)
        case CorrectSession(entry=said):
            unsigned = CorrectSession(entry=said, therapist_id=THERAPIST, baa_signed=False)
        case DeleteSession(reason=reason):
            unsigned = DeleteSession(reason=reason, therapist_id=THERAPIST, baa_signed=False)
    SESSIONS.given(*facts).refuses(unsigned, "baa-not-signed")


def test_a_session_is_logged_once() -> None:
    """Not again by its therapist, and not over it by another."""
    SESSIONS.given(LOGGED).refuses(log(), "session-exists")
    SESSIONS.given(LOGGED).refuses(log(by=COLLEAGUE), "session-exists")


def test_only_its_therapist_changes_a_session() -> None:
    """Not even a colleague of the same practice."""
    SESSIONS.given(LOGGED).refuses(correct(LONGER, by=COLLEAGUE), "not-yours")
    SESSIONS.given(LOGGED, CORRECTED).refuses(delete(by=COLLEAGUE), "not-yours")


def test_others_do_not_learn_that_a_session_was_deleted() -> None:
    """They hear the same as before."""
    SESSIONS.given(LOGGED, DELETED).refuses(delete(by=COLLEAGUE), "not-yours")
    SESSIONS.given(LOGGED, DELETED).refuses(correct(LONGER, by=COLLEAGUE), "not-yours")


def test_a_correction_that_changes_nothing_is_refused() -> None:
    """Against the session as it stands now, not as it was first logged."""
    SESSIONS.given(LOGGED).refuses(correct(ENTRY), "nothing-changed")
    SESSIONS.given(LOGGED, CORRECTED).refuses(correct(LONGER), "nothing-changed")
    SESSIONS.given(LOGGED, CORRECTED).when(correct(ENTRY)).then(SessionCorrected(entry=ENTRY))


def test_a_deleted_session_refuses_everything() -> None:
    """It is over."""
    for command in (log(), correct(LONGER), delete()):
        SESSIONS.given(LOGGED, DELETED).refuses(command, "session-deleted")


def test_what_was_never_logged_cannot_be_changed() -> None:
    """There is nothing to correct or delete."""
    for command in (correct(LONGER), delete()):
        SESSIONS.refuses(command, "session-unknown")


def test_no_name_gets_past_the_rules_on_any_path() -> None:
    """Not even from a caller that built the entry itself."""
    named = msgspec.structs.replace(ENTRY, alias=Private("John Doe"))
    for facts, command in (((), log(named)), ((LOGGED,), correct(named))):
        with pytest.raises(ValueError, match="read_entry"):
            SESSIONS.given(*facts).when(command)


def test_an_entry_at_fault_is_refused_beside_its_fields() -> None:
    """All of them at once."""
    wrong = msgspec.structs.replace(ENTRY, minutes=0, alias=Private("JD"))
    SESSIONS.refuses(log(wrong), "minutes-out-of-range", "client-ambiguous")
    SESSIONS.given(LOGGED).refuses(correct(wrong), "minutes-out-of-range", "client-ambiguous")


def test_history_is_followed_even_where_the_rules_are_stricter_now() -> None:
    """Evolving never refuses."""
    strange = msgspec.structs.replace(ENTRY, minutes=9999)
    facts = [SessionLogged(therapist_id=THERAPIST, entry=strange)]
    assert SESSION.replay(facts) == Logged(THERAPIST, strange)


PERSONS = st.sampled_from([THERAPIST, COLLEAGUE])
SAID = st.sampled_from([ENTRY, LONGER, entry(client="C-001")])
COMMANDS: st.SearchStrategy[SessionCommand] = st.one_of(
    st.builds(log, SAID, PERSONS), st.builds(correct, SAID, PERSONS), st.builds(delete, PERSONS)
)


@given(st.lists(COMMANDS, max_size=12))
def test_whatever_is_commanded_a_session_keeps_its_shape(commands: list[SessionCommand]) -> None:
    """Logged first and once, one therapist throughout, nothing after a deletion."""
    facts: list[SessionFact] = []
    for command in commands:
        try:
            facts += SESSION.decide(command, SESSION.replay(facts))
        except (Refused, FieldsRefused):
            continue
        assert isinstance(facts[0], SessionLogged)
        assert command.therapist_id == facts[0].therapist_id
    assert not any(isinstance(fact, SessionLogged) for fact in facts[1:])
    assert not any(isinstance(fact, SessionDeleted) for fact in facts[:-1])
    match SESSION.replay(facts):
        case NotLogged():
            assert facts == []
        case Deleted():
            assert isinstance(facts[-1], SessionDeleted)
        case Logged(entry=said):
            assert not isinstance(facts[-1], SessionDeleted)
            assert said == facts[-1].entry
