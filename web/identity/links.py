"""Magic links: one use, ten minutes, for the browser that asked; elsewhere with a compare code."""

import hmac
from dataclasses import dataclass
from enum import Enum
from typing import Final
from uuid import UUID

from aggregates.private import Private
from ledger.clock import Clock
from web.identity import rates
from web.identity.accounts import Accounts, network_of
from web.identity.gate import Gate, GateConnection
from web.identity.tokens import hash_of, hash_within, new_compare_code, new_token

LIFETIME_US: Final = 10 * 60 * 1_000_000
TRIES_MAX: Final = 5

# The same statement whether somebody has the address or not.
_ASK: Final = """
INSERT INTO gate.links (token_sha256, person_id, browser_sha256, code_sha256, expires_at_us)
VALUES (%b, (SELECT person_id FROM gate.accounts WHERE email_index = %b), %b, %b, %b)
RETURNING person_id
"""
_TRY: Final = """
UPDATE gate.links SET tries = tries + %b
WHERE token_sha256 = %b AND expires_at_us > %b AND tries < %b AND person_id IS NOT NULL
RETURNING browser_sha256, code_sha256
"""
_USE: Final = "DELETE FROM gate.links WHERE token_sha256 = %b RETURNING person_id"
_SWEEP: Final = "DELETE FROM gate.links WHERE expires_at_us <= %b"


@dataclass(frozen=True, slots=True)
class Asked:
    """A link as it was asked for: `token` is for the mail, the others for the asking browser.

    `is_known` tells whether there is anybody to write to; nothing that is shown depends on it.
    """

    token: str
    browser: str
    compare_code: str
    is_known: bool

    def __repr__(self) -> str:
        return "<Asked>"


class NotRedeemed(Enum):
    """Why a link lets nobody in."""

    INVALID = "invalid"  # unknown, used, too old, or tried too often
    OTHER_BROWSER = "other-browser"  # and without a compare code
    WRONG_CODE = "wrong-code"


class Links:
    """Makes links and takes them back."""

    def __init__(self, gate: Gate, accounts: Accounts, clock: Clock) -> None:
        self._gate = gate
        self._accounts = accounts
        self._clock = clock

    def ask(self, email: Private, address: str) -> Asked | None:
        """Return a fresh link, None when too many were asked for; raises `Unavailable`.

        What it does, and how long it takes, is the same for an address that nobody has.
        """
        token, browser, code = new_token(), new_token(), new_compare_code()
        index, now_us = self._accounts.index(email), self._clock.now_us()
        place = self._accounts.bucket("links by address", network_of(address))
        account = self._accounts.bucket("links by account", index)
        with self._gate.transaction() as connection:
            if not (
                rates.take(connection, place, rates.LINKS_BY_ADDRESS, now_us)
                and rates.take(connection, account, rates.LINKS_BY_ACCOUNT, now_us)
            ):
                return None
            _sweep(connection, now_us)
            hashes = (hash_of(token), index, hash_of(browser), hash_within(token, code))
            row = connection.execute(_ASK, (*hashes, now_us + LIFETIME_US)).fetchone()
        assert row is not None
        return Asked(token, browser, code, row[0] is not None)

    def redeem(self, token: str, browser: str | None, compare_code: str) -> UUID | NotRedeemed:
        """Return whom the link lets in, once; `browser` is the asking browser's cookie.

        A try with a compare code counts, right or wrong; after TRIES_MAX of them the link is dead.
        """
        key, now_us = hash_of(token), self._clock.now_us()
        is_try = bool(compare_code)
        with self._gate.transaction() as connection:
            tried = connection.execute(_TRY, (int(is_try), key, now_us, TRIES_MAX)).fetchone()
            if tried is None:
                return NotRedeemed.INVALID
            is_same = browser is not None and hmac.compare_digest(hash_of(browser), tried[0])
            is_right = hmac.compare_digest(hash_within(token, compare_code), tried[1])
            if not is_same and not is_right:
                return NotRedeemed.WRONG_CODE if is_try else NotRedeemed.OTHER_BROWSER
            used = connection.execute(_USE, (key,)).fetchone()
        return NotRedeemed.INVALID if used is None else used[0]


def _sweep(connection: GateConnection, now_us: int) -> None:
    connection.execute(_SWEEP, (now_us,))
    rates.sweep(connection, now_us)
