"""A week is signed by the supervisor's own passkey over its own statement, once, or not at all."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import pytest

from aggregates.hours.refusals import HoursCode
from aggregates.hours.week_statement import statement_challenge
from aggregates.refusal import Refused
from ledger import passkey_signature
from ledger.errors import ProofInvalid
from tests.aggregates.hours_examples import STATEMENT
from tests.web.identity.authenticator import UP, UV, Authenticator, b64, challenge_in
from tests.web.identity.desk import OWNER_EMAIL, THERAPIST_EMAIL, Desk
from web.identity import rates
from web.identity.ceremony import PasskeyRefused, read_assertion
from web.identity.challenges import LIFETIME_US, Purpose
from web.identity.signing import STATEMENTS_MAX
from web.identity.tokens import hash_of

pytestmark = pytest.mark.postgres

SHOWN = statement_challenge(STATEMENT.reveal())
OTHER = statement_challenge(STATEMENT.reveal().replace("750", "751"))
SESSION = hash_of("the session's token")


@pytest.fixture
def passkey(desk: Desk) -> Authenticator:
    """The therapist's passkey, used a few times."""
    made = desk.enrol(desk.browser(), THERAPIST_EMAIL)
    made.count = 10
    return made


def offer(desk: Desk, *statements: bytes) -> list[str]:
    """Offer statements to the therapist."""
    options = desk.identity.signing.offer(desk.therapist.person_id, SESSION, statements or (SHOWN,))
    assert options is not None
    return options


def refused(
    desk: Desk,
    answer: str,
    statement: bytes = SHOWN,
    bound_to: bytes = SESSION,
    person_id: UUID | None = None,
) -> bool:
    """Tell whether this answer is refused, always with the same words."""
    signer = person_id or desk.therapist.person_id
    try:
        desk.identity.signing.check(signer, bound_to, statement, answer)
    except Refused as refusal:
        return refusal.code is HoursCode.SIGNATURE_INVALID
    return False


def test_a_signature_is_what_the_passkey_answered(desk: Desk, passkey: Authenticator) -> None:
    """As it came, over the bare hash of the statement, for the signer's passkeys only."""
    (options,) = offer(desk)
    assert challenge_in(options) == SHOWN
    assert f'"id": "{b64(passkey.credential_id)}"' in options
    assert '"userVerification": "required"' in options
    answer = passkey.get(options)
    found = desk.identity.signing.check(desk.therapist.person_id, SESSION, SHOWN, answer)
    told = read_assertion(answer).response
    assert found.credential_id == passkey.credential_id
    assert found.client_data == told.client_data_json
    assert found.authenticator_data == told.authenticator_data
    assert found.signature == told.signature
    (registered,) = desk.identity.passkeys.of_person(desk.therapist.person_id)
    key = registered.passkey.public_key
    signed = (found.authenticator_data, found.client_data, found.signature)
    passkey_signature.verify(key, *signed, SHOWN)
    with pytest.raises(ProofInvalid):
        passkey_signature.verify(key, *signed, OTHER)


def test_a_sign_in_is_no_signature(desk: Desk, passkey: Authenticator) -> None:
    """What is answered to come in or to confirm is longer than a hash, and of another kind."""
    ask = desk.identity.passkeys.ask_to_check
    offer(desk)
    for purpose in (Purpose.SIGN_IN, Purpose.STEP_UP):
        options = ask(purpose, SESSION, desk.therapist.person_id, "192.0.2.1")
        assert options is not None
        challenge = challenge_in(options)
        answer = passkey.get(options)
        assert refused(desk, answer, challenge)
        assert refused(desk, answer, SHOWN)
        offer(desk)
        assert refused(desk, answer, sha256(challenge).digest())
        told = read_assertion(answer).response
        signed = (told.authenticator_data, told.client_data_json, told.signature)
        (registered,) = desk.identity.passkeys.of_person(desk.therapist.person_id)
        with pytest.raises(ValueError, match="hash"):
            passkey_signature.verify(registered.passkey.public_key, *signed, challenge)
        checked = desk.identity.passkeys.check(purpose, SESSION, answer, None)
        assert checked.person_id == desk.therapist.person_id
        passkey.count += 1


@pytest.mark.parametrize("purpose", Purpose)
def test_a_signature_lets_nobody_in(desk: Desk, passkey: Authenticator, purpose: Purpose) -> None:
    """Nor confirms or enrols anything; it is good as a signature still."""
    (options,) = offer(desk)
    answer = passkey.get(options)
    with pytest.raises(PasskeyRefused):
        desk.identity.passkeys.check(purpose, SESSION, answer, desk.therapist.person_id)
    made = Authenticator().create(
        f'{{"challenge": "{b64(SHOWN)}", "user": {{"id": "{b64(bytes(16))}"}}}}'
    )
    with pytest.raises(PasskeyRefused):
        desk.identity.passkeys.register(desk.therapist.person_id, SESSION, made, only_first=False)
    assert not refused(desk, answer)


FORGED: dict[str, Callable[[Authenticator], Authenticator]] = {
    "another page's": lambda p: replace(p, origin="https://localhost:8444"),
    "a look-alike page's": lambda p: replace(p, origin="https://localhost.evil.example"),
    "another host's": lambda p: replace(p, host="evil.example"),
    "without verification": lambda p: replace(p, flags=UP),
    "without presence": lambda p: replace(p, flags=UV),
    "from a frame": lambda p: replace(p, cross_origin=True),
    "another key's": lambda p: replace(Authenticator(), credential_id=p.credential_id, count=99),
    "an unknown passkey's": lambda p: replace(p, credential_id=b"unknown" * 4),
    "another person's": lambda p: replace(p, user_handle=bytes(16)),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=list(FORGED))
def test_a_forged_signature_is_none(
    desk: Desk, passkey: Authenticator, forge: Callable[[Authenticator], Authenticator]
) -> None:
    """The same passkey, used as it should be, signs."""
    (options,) = offer(desk)
    assert refused(desk, forge(passkey).get(options))
    (options,) = offer(desk)
    assert not refused(desk, passkey.get(options))


@pytest.mark.parametrize("count", [10, 9, 0])
def test_a_copied_passkey_signs_nothing(desk: Desk, passkey: Authenticator, count: int) -> None:
    """Its count does not grow, in signing as in signing in."""
    (options,) = offer(desk)
    assert not refused(desk, passkey.get(options))
    (options,) = offer(desk)
    assert refused(desk, replace(passkey, count=count).get(options))


def test_a_creation_is_no_signature(desk: Desk, passkey: Authenticator) -> None:
    (options,) = offer(desk)
    assert refused(desk, passkey.get(options, type="webauthn.create"))


@pytest.mark.parametrize("garbage", ["", "{}", "[]", "x", '{"id": 1}', "[" * 5_000, "9" * 12_500])
def test_garbage_is_refused_like_a_forgery(desk: Desk, garbage: str) -> None:
    offer(desk)
    assert refused(desk, garbage)


def test_a_statement_is_signed_once(desk: Desk, passkey: Authenticator) -> None:
    """Whether the answer was right or wrong."""
    (options,) = offer(desk)
    assert refused(desk, replace(passkey, flags=UP).get(options))
    assert refused(desk, passkey.get(options))
    (options,) = offer(desk)
    assert not refused(desk, passkey.get(options))
    passkey.count += 1
    assert refused(desk, passkey.get(options))


def test_an_offer_is_good_for_five_minutes(desk: Desk, passkey: Authenticator) -> None:
    (options,) = offer(desk)
    desk.clock.us += LIFETIME_US
    assert refused(desk, passkey.get(options))


def test_an_offer_is_for_the_session_that_got_it(desk: Desk, passkey: Authenticator) -> None:
    """What was not offered is not taken, however true its hash."""
    (options,) = offer(desk)
    assert refused(desk, passkey.get(options), bound_to=hash_of("another session's"))
    assert refused(desk, passkey.get(f'{{"challenge": "{b64(OTHER)}"}}'), OTHER)
    assert not refused(desk, passkey.get(options))


def test_nobody_signs_with_somebody_elses_passkey(desk: Desk, passkey: Authenticator) -> None:
    """Nor with a revoked one of their own."""
    desk.enrol(desk.browser(), OWNER_EMAIL)
    (options,) = offer(desk)
    answer = replace(passkey, user_handle=None).get(options)
    assert refused(desk, answer, person_id=desk.owner.person_id)
    second = Authenticator()
    person, passkeys = desk.therapist.person_id, desk.identity.passkeys
    made = second.create(passkeys.ask_to_create(person, SESSION))
    passkeys.register(person, SESSION, made, only_first=False)
    assert passkeys.revoke(person, second.credential_id)
    (options,) = offer(desk)
    assert b64(second.credential_id) not in options
    assert refused(desk, second.get(options))


def test_of_several_weeks_each_is_signed_for_itself(desk: Desk, passkey: Authenticator) -> None:
    """The answer for one is none for another, and the others can still be signed."""
    first, second = offer(desk, SHOWN, OTHER)
    assert (challenge_in(first), challenge_in(second)) == (SHOWN, OTHER)
    third = statement_challenge("a third")
    offer(desk, third)
    assert refused(desk, passkey.get(first), third)
    assert not refused(desk, passkey.get(second), OTHER)
    passkey.count += 1
    assert not refused(desk, passkey.get(first), SHOWN)


def test_offers_are_bounded(desk: Desk) -> None:
    """By how many at once, and by how many an hour."""
    with pytest.raises(ValueError, match="STATEMENTS_MAX"):
        offer(desk, *[bytes(32)] * (STATEMENTS_MAX + 1))
    with pytest.raises(ValueError, match="hash"):
        offer(desk, b"therapist-os/sign-in/v1\n" + bytes(32))
    person = desk.therapist.person_id
    offered = [
        desk.identity.signing.offer(person, SESSION, [SHOWN])
        for _ in range(rates.STATEMENTS_BY_ACCOUNT.count + 1)
    ]
    assert None not in offered[:-1]
    assert offered[-1] is None
