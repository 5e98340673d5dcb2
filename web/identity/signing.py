"""Signing with a passkey: the hash of what was shown is asked for, answered once, and judged."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from aggregates.hours.refusals import HoursCode
from aggregates.hours.week_row import Assertion
from aggregates.refusal import Refused
from ledger import passkey_signature
from ledger.clock import Clock
from ledger.errors import ProofInvalid
from web.identity import challenges, rates
from web.identity.accounts import Accounts
from web.identity.ceremony import (
    AuthenticationCredential,
    PasskeyRefused,
    RelyingParty,
    read_assertion,
    request_options,
)
from web.identity.gate import Gate
from web.identity.passkeys import Passkeys

STATEMENTS_MAX: Final = 60


class Signing:
    """Asks for signatures under statements, and takes each for its own statement only."""

    def __init__(
        self, gate: Gate, accounts: Accounts, clock: Clock, party: RelyingParty, passkeys: Passkeys
    ) -> None:
        self._gate = gate
        self._accounts = accounts
        self._clock = clock
        self._party = party
        self._passkeys = passkeys

    def offer(
        self, person_id: UUID, bound_to: bytes, statements: Sequence[bytes]
    ) -> list[str] | None:
        """Return for each statement's challenge the options, as JSON for the browser.

        `bound_to` is the hash of the session's token, `statements` what `statement_challenge`
        makes of what is shown. None when too many were asked for. Raises ValueError for more than
        STATEMENTS_MAX at once.
        """
        if len(statements) > STATEMENTS_MAX:
            raise ValueError("at most STATEMENTS_MAX statements are signed in one sitting")
        known = self._passkeys.of_person(person_id)
        allowed = [each.passkey.credential_id for each in known]
        now_us = self._clock.now_us()
        bucket = self._accounts.bucket("statements by account", str(person_id))
        with self._gate.transaction() as connection:
            if not rates.take(connection, bucket, rates.STATEMENTS_BY_ACCOUNT, now_us):
                return None
            for each in statements:
                challenges.offer(connection, bound_to, each, now_us)
        return [request_options(self._party, each, allowed) for each in statements]

    def check(
        self, person_id: UUID, bound_to: bytes, statement: bytes, answer_text: str
    ) -> Assertion:
        """Return the signature under this statement's challenge. Raises Refused.

        The challenge is used up whatever becomes of the answer.
        """
        # In a transaction of its own, so that it is used up also where the rest fails.
        with self._gate.transaction() as connection:
            now_us = self._clock.now_us()
            is_ours = challenges.accept(connection, bound_to, statement, now_us)
        if not is_ours:
            raise Refused(HoursCode.SIGNATURE_INVALID)
        try:
            answer = read_assertion(answer_text)
            checked = self._passkeys.judge(answer, statement, person_id)
            return _recorded(answer, checked.public_key, statement)
        except (PasskeyRefused, ProofInvalid):
            raise Refused(HoursCode.SIGNATURE_INVALID) from None


def _recorded(answer: AuthenticationCredential, public_key: bytes, statement: bytes) -> Assertion:
    """Return what goes on record, judged as its readers will judge it. Raises `ProofInvalid`."""
    told = answer.response
    passkey_signature.verify(
        public_key, told.authenticator_data, told.client_data_json, told.signature, statement
    )
    return Assertion(
        credential_id=answer.raw_id,
        authenticator_data=told.authenticator_data,
        client_data=told.client_data_json,
        signature=told.signature,
    )
