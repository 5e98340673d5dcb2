"""No client data before the agreement: refused by the rules, and again where it is appended."""

from uuid import uuid4

import pytest

from aggregates.catalogue import SPECS
from aggregates.refusal import RefusalCode, Refused
from aggregates.session import SessionLogged
from commands.context import Actor, Context, Part
from commands.log_session import log_session
from commands.sign_baa import sign_baa
from ledger.errors import EventRefused
from ledger.ids import NIL
from tests.aggregates.examples import entry
from tests.fix_practice import DOCUMENT

pytestmark = pytest.mark.postgres


def test_no_session_is_logged_before_the_agreement_is_signed(
    context: Context, owner: Actor
) -> None:
    with pytest.raises(Refused) as refused:
        log_session(context, owner, entry(), uuid4())
    assert refused.value.code is RefusalCode.BAA_NOT_SIGNED


def test_a_path_around_the_rules_ends_at_the_database(context: Context, owner: Actor) -> None:
    logged = SessionLogged(therapist_id=owner.person_id, entry=entry())
    with pytest.raises(EventRefused):
        context.record(owner, uuid4(), [Part(uuid4(), 0, [logged])])


def test_the_same_path_is_open_once_the_agreement_is_signed(context: Context, owner: Actor) -> None:
    sign_baa(context, owner, DOCUMENT, None, uuid4())
    logged = SessionLogged(therapist_id=owner.person_id, entry=entry())
    assert context.record(owner, uuid4(), [Part(uuid4(), 0, [logged])]) > 0


def test_the_database_knows_exactly_the_events_of_the_catalogue(context: Context) -> None:
    with context.ledger.read(NIL) as connection:
        stored = {
            row[0]: (tuple(row[1]), row[2], row[3])
            for row in connection.execute(
                "SELECT type, needs, opens, closes FROM ledger.event_types"
            )
        }
    assert stored == {tag: (s.needs, s.opens, s.closes) for tag, s in SPECS.items()}
