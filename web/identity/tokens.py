"""Random tokens for links, cookies and recovery, and the one hash under which each is kept."""

import secrets
from hashlib import sha256
from typing import Final

TOKEN_BYTES: Final = 32
COMPARE_DIGITS: Final = 6


def new_token() -> str:
    """Return 256 random bits, in characters an address and a cookie may hold."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_compare_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**COMPARE_DIGITS):0{COMPARE_DIGITS}}"


def hash_of(token: str) -> bytes:
    """Return the SHA-256 of a token; it has so many bits that nobody can try them."""
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def hash_within(token: str, code: str) -> bytes:
    """Return the hash of a short code: the token, which is kept nowhere, keeps it from guesses."""
    return sha256(token.encode("utf-8", "surrogateescape") + b"\0" + code.encode()).digest()
