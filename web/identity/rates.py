"""Bounds how often something may be asked, across all processes; a broken bound lets nobody by."""

from dataclasses import dataclass
from typing import Final

from web.identity.gate import GateConnection

_US: Final = 1_000_000

# One statement, so that the row's lock makes parallel askers count one after the other.
_TAKE: Final = """
INSERT INTO gate.rates AS r (bucket, taken_at_us, expires_at_us)
VALUES (%(bucket)b, ARRAY[%(now)b::bigint], %(expires)b)
ON CONFLICT (bucket) DO UPDATE SET
    taken_at_us = ARRAY(SELECT t FROM unnest(r.taken_at_us) t WHERE t > %(since)b)
                  || %(now)b::bigint,
    expires_at_us = excluded.expires_at_us
WHERE (SELECT count(*) FROM unnest(r.taken_at_us) t WHERE t > %(since)b) < %(limit)b
RETURNING true
"""
_SWEEP: Final = "DELETE FROM gate.rates WHERE expires_at_us <= %b"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` within any `window_s` seconds."""

    count: int
    window_s: int


LINKS_BY_ACCOUNT: Final = Limit(3, 15 * 60)
LINKS_BY_ADDRESS: Final = Limit(20, 60 * 60)
CHECKS_BY_ADDRESS: Final = Limit(60, 10 * 60)
CHANGES_BY_ACCOUNT: Final = Limit(60, 60 * 60)
STATEMENTS_BY_ACCOUNT: Final = Limit(120, 60 * 60)
RECOVERIES_BY_ACCOUNT: Final = Limit(5, 60 * 60)
CALLS_BY_TOKEN: Final = Limit(120, 60)
WRONG_TOKENS_BY_ADDRESS: Final = Limit(60, 10 * 60)


def take(connection: GateConnection, bucket: bytes, limit: Limit, now_us: int) -> bool:
    """Take one from the bucket; False when it holds none now."""
    window_us = limit.window_s * _US
    asked = {
        "bucket": bucket,
        "now": now_us,
        "since": now_us - window_us,
        "expires": now_us + window_us,
        "limit": limit.count,
    }
    return connection.execute(_TAKE, asked).fetchone() is not None


def sweep(connection: GateConnection, now_us: int) -> None:
    """Forget buckets that are full again."""
    connection.execute(_SWEEP, (now_us,))
