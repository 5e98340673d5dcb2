"""The demo's passkey in software signs for the demo's supervisors, and for nobody else."""

from secrets import token_bytes
from uuid import uuid4

import pytest

from aggregates.hours.week_statement import statement_challenge
from commands.context import Actor
from commands.demo_passkey import DemoPasskey
from commands.demo_people import (
    DEMO_OFFICER,
    DEMO_OWNER,
    DEMO_PRACTICE,
    DEMO_SUPERVISORS,
    DEMO_THERAPIST,
)
from ledger.errors import ProofInvalid
from ledger.passkey_signature import verify

SUPERVISOR = next(iter(DEMO_SUPERVISORS.values()))
STATEMENT = "therapist-os weekly log\nWeek: 2026-03-08 to 2026-03-14\n"


@pytest.mark.parametrize(
    "actor",
    [
        Actor(uuid4(), SUPERVISOR.person_id),
        Actor(DEMO_PRACTICE, uuid4()),
        DEMO_THERAPIST,
        DEMO_OWNER,
        DEMO_OFFICER,
    ],
)
def test_nobody_else_is_given_one(actor: Actor) -> None:
    """Neither the demo's supervisor in another practice nor somebody else in the demo's."""
    with pytest.raises(ValueError, match="only the demo's supervisors"):
        DemoPasskey(actor, token_bytes)


def test_what_it_signs_is_verified_like_any_signature() -> None:
    """And holds for this statement only, and for this key."""
    one, other = DemoPasskey(SUPERVISOR, token_bytes), DemoPasskey(SUPERVISOR, token_bytes)
    said = one.sign(STATEMENT)
    answer = (said.authenticator_data, said.client_data, said.signature)
    verify(one.passkey.public_key, *answer, statement_challenge(STATEMENT))
    with pytest.raises(ProofInvalid):
        verify(one.passkey.public_key, *answer, statement_challenge(STATEMENT + "."))
    with pytest.raises(ProofInvalid):
        verify(other.passkey.public_key, *answer, statement_challenge(STATEMENT))
    assert said.credential_id == one.passkey.credential_id != other.passkey.credential_id


@pytest.mark.parametrize("drawn", [bytes(40), b"\xff" * 40])
def test_any_random_bytes_make_a_key(drawn: bytes) -> None:
    """The key follows from what was drawn, within its bounds."""
    keys = {
        DemoPasskey(SUPERVISOR, lambda length: drawn[:length]).passkey.public_key for _ in range(2)
    }
    assert len(keys) == 1
