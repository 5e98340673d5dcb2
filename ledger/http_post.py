"""Posts bytes to somebody outside, within limits; whatever goes wrong is one of two errors."""

from collections.abc import Mapping
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from ledger.errors import ProofInvalid, Unavailable

ANSWER_BYTES_MAX: Final = 64 * 1024


def post(
    address: str, body: bytes, timeout_s: float, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Return status and body of the answer; the address' scheme was checked by who read it.

    `timeout_s` is for each wait. Raises `Unavailable` for no answer, or one that is not HTTP or
    breaks off, `ProofInvalid` for one that is too long.
    """
    request = Request(address, body, dict(headers or {}))  # noqa: S310 -- see above
    try:
        status, raw = _answer(request, timeout_s)
    except (OSError, HTTPException, ValueError):
        raise Unavailable("it does not answer") from None
    if len(raw) > ANSWER_BYTES_MAX:
        raise ProofInvalid("its answer is too long")
    return status, raw


def _answer(request: Request, timeout_s: float) -> tuple[int, bytes]:
    try:
        with urlopen(request, timeout=timeout_s) as answer:  # noqa: S310 -- as above
            return answer.status, answer.read(ANSWER_BYTES_MAX + 1)
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read(ANSWER_BYTES_MAX + 1)
