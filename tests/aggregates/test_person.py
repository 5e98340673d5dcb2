"""A person's stream tells which passkeys counted when, and each sign-in."""

from uuid import UUID

import pytest

from aggregates.person import (
    PERSON,
    Agent,
    ApproveRecovery,
    Passkey,
    PasskeyRegistered,
    PasskeyRevoked,
    RecoveryApproved,
    RegisterPasskey,
    RevokePasskey,
    RevokeSession,
    SessionRevoked,
    SignedIn,
    SignedOut,
    SignIn,
    SignOut,
)
from aggregates.private import Private
from tests.spec import Given

PERSON_ID = UUID(int=7)
SESSION = UUID(int=8)
ADDRESS = Private("192.0.2.7")
NOTHING = Given(PERSON)


def passkey(number: int = 1) -> Passkey:
    """Return a passkey."""
    return Passkey(
        credential_id=bytes([number]),
        public_key=b"key",
        aaguid=UUID(int=0),
        may_be_synced=True,
        is_synced=False,
    )


def registered(number: int = 1) -> PasskeyRegistered:
    """Return its registration."""
    return PasskeyRegistered(
        person_id=PERSON_ID,
        credential_id=bytes([number]),
        public_key=b"key",
        aaguid=UUID(int=0),
        may_be_synced=True,
        is_synced=False,
    )


def revoked(number: int = 1) -> PasskeyRevoked:
    """Return its revocation."""
    return PasskeyRevoked(person_id=PERSON_ID, credential_id=bytes([number]))


def sign_in(*numbers: int) -> SignIn:
    """Come in, with these passkeys counting."""
    return SignIn(
        person_id=PERSON_ID,
        session_id=SESSION,
        credential_id=b"\1",
        agent=Agent.SAFARI,
        address=ADDRESS,
        passkeys=tuple(passkey(each) for each in numbers),
    )


SIGNED_IN = SignedIn(
    person_id=PERSON_ID,
    session_id=SESSION,
    credential_id=b"\1",
    agent=Agent.SAFARI,
    address=ADDRESS,
)


def test_a_passkey_is_registered_once() -> None:
    """And never again after it was revoked."""
    register = RegisterPasskey(person_id=PERSON_ID, passkey=passkey())
    NOTHING.when(register).then(registered())
    NOTHING.given(registered()).when(register).then()
    NOTHING.given(registered(), revoked()).when(register).then()


def test_a_passkey_is_revoked_once() -> None:
    """What was never registered cannot be."""
    revoke = RevokePasskey(person_id=PERSON_ID, credential_id=b"\1")
    NOTHING.given(registered()).when(revoke).then(revoked())
    NOTHING.given(registered(), revoked()).when(revoke).then()
    NOTHING.when(revoke).then()


def test_coming_in_brings_the_log_up_to_what_counts() -> None:
    """A crash between the gate and the log leaves nothing behind for longer than that."""
    NOTHING.when(sign_in(1)).then(registered(), SIGNED_IN)
    NOTHING.given(registered()).when(sign_in(1)).then(SIGNED_IN)
    NOTHING.given(registered()).when(sign_in(1, 2)).then(registered(2), SIGNED_IN)
    NOTHING.given(registered(), registered(2)).when(sign_in(1)).then(revoked(2), SIGNED_IN)


def test_ends_and_approvals_are_told_as_they_are() -> None:
    NOTHING.when(SignOut(session_id=SESSION, address=ADDRESS)).then(
        SignedOut(session_id=SESSION, address=ADDRESS)
    )
    NOTHING.when(RevokeSession(session_id=SESSION, address=ADDRESS)).then(
        SessionRevoked(session_id=SESSION, address=ADDRESS)
    )
    approve = ApproveRecovery(person_id=PERSON_ID, approved_by=SESSION, opens_at_us=5)
    NOTHING.when(approve).then(
        RecoveryApproved(person_id=PERSON_ID, approved_by=SESSION, opens_at_us=5)
    )


@pytest.mark.parametrize(("credential", "key"), [(0, 1), (1024, 1), (1, 0), (1, 2049)])
def test_a_passkey_has_the_sizes_authenticators_give(credential: int, key: int) -> None:
    with pytest.raises(ValueError, match="bytes"):
        Passkey(
            credential_id=bytes(credential),
            public_key=bytes(key),
            aaguid=UUID(int=0),
            may_be_synced=False,
            is_synced=False,
        )
