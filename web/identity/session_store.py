"""Where sessions are kept, by the hash of their token: in PostgreSQL, so that they survive us."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from aggregates.person import Agent
from web.assurance import Assurance
from web.identity.gate import Gate

KEPT_US: Final = 24 * 60 * 60 * 1_000_000

_COLUMNS: Final = (
    "session_id, person_id, practice_id, credential_id, assurance, agent,"
    " opened_at_us, seen_at_us, stepped_up_at_us, ends_at_us"
)
_INSERT: Final = """
INSERT INTO gate.sessions (token_sha256, session_id, person_id, practice_id, credential_id,
                           assurance, agent, opened_at_us, seen_at_us, stepped_up_at_us,
                           ends_at_us)
VALUES (%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)
"""
_FIND: Final = f"""
SELECT {_COLUMNS} FROM gate.sessions WHERE token_sha256 = %b AND revoked_at_us IS NULL
"""  # noqa: S608 -- fixed names
_TOUCH: Final = """
UPDATE gate.sessions SET seen_at_us = greatest(seen_at_us, %b) WHERE token_sha256 = %b
"""
_MOVE: Final = """
UPDATE gate.sessions SET token_sha256 = %b, stepped_up_at_us = %b, seen_at_us = %b
WHERE token_sha256 = %b AND revoked_at_us IS NULL
"""
_END: Final = """
UPDATE gate.sessions SET revoked_at_us = %b WHERE token_sha256 = %b AND revoked_at_us IS NULL
"""
_END_ONE: Final = """
UPDATE gate.sessions SET revoked_at_us = %b
WHERE person_id = %b AND session_id = ANY (%b::uuid[]) AND revoked_at_us IS NULL
RETURNING session_id
"""
_OF_PERSON: Final = f"""
SELECT {_COLUMNS} FROM gate.sessions
WHERE person_id = %b AND revoked_at_us IS NULL AND ends_at_us > %b
ORDER BY seen_at_us DESC, session_id LIMIT %b
"""  # noqa: S608 -- fixed names
_SWEEP: Final = "DELETE FROM gate.sessions WHERE ends_at_us <= %b"
LISTED_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session as it is kept; `practice_id` is None until one is chosen.

    It ends at `ends_at_us` at the latest: after twelve hours, or with an auditor's term.
    """

    session_id: UUID
    person_id: UUID
    practice_id: UUID | None
    credential_id: bytes | None
    assurance: Assurance
    agent: Agent
    opened_at_us: int
    seen_at_us: int
    stepped_up_at_us: int
    ends_at_us: int


class SessionStore(Protocol):
    """Keeps sessions under keys, the hashes of their tokens; any thread may ask.

    All may raise `Unavailable`: nobody passes then.
    """

    def insert(self, key: bytes, session: KeptSession) -> None:
        """Keep a session."""
        ...

    def find(self, key: bytes) -> KeptSession | None:
        """Return a session unless it was ended; whether its time is over is the caller's matter."""
        ...

    def touch(self, key: bytes, seen_at_us: int) -> None:
        """Note that the session was seen."""
        ...

    def move(self, key: bytes, new_key: bytes, at_us: int) -> bool:
        """Keep it under a new key, stepped up now; False when it was ended meanwhile."""
        ...

    def end(self, key: bytes, at_us: int) -> None:
        """End a session; nothing when there is none."""
        ...

    def end_some(self, person_id: UUID, session_ids: Sequence[UUID], at_us: int) -> list[UUID]:
        """End these sessions of this person; returns those that were not ended yet."""
        ...

    def of_person(self, person_id: UUID, at_us: int) -> list[KeptSession]:
        """Return a person's sessions that were not ended, latest seen first, LISTED_MAX at most."""
        ...


class GateSessions:
    """Sessions in the schema `gate`."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def insert(self, key: bytes, session: KeptSession) -> None:
        """Keep a session, and forget those that ended long ago."""
        with self._gate.transaction() as connection:
            connection.execute(_SWEEP, (session.opened_at_us - KEPT_US,))
            connection.execute(
                _INSERT,
                (
                    key,
                    session.session_id,
                    session.person_id,
                    session.practice_id,
                    session.credential_id,
                    session.assurance.value,
                    session.agent.value,
                    session.opened_at_us,
                    session.seen_at_us,
                    session.stepped_up_at_us,
                    session.ends_at_us,
                ),
            )

    def find(self, key: bytes) -> KeptSession | None:
        """Return a session unless it was ended."""
        with self._gate.transaction() as connection:
            row = connection.execute(_FIND, (key,), binary=True).fetchone()
        return None if row is None else _session(row)

    def touch(self, key: bytes, seen_at_us: int) -> None:
        """Note that the session was seen."""
        with self._gate.transaction() as connection:
            connection.execute(_TOUCH, (seen_at_us, key))

    def move(self, key: bytes, new_key: bytes, at_us: int) -> bool:
        """Keep it under a new key."""
        with self._gate.transaction() as connection:
            return connection.execute(_MOVE, (new_key, at_us, at_us, key)).rowcount == 1

    def end(self, key: bytes, at_us: int) -> None:
        """End a session."""
        with self._gate.transaction() as connection:
            connection.execute(_END, (at_us, key))

    def end_some(self, person_id: UUID, session_ids: Sequence[UUID], at_us: int) -> list[UUID]:
        """End these sessions of this person."""
        with self._gate.transaction() as connection:
            asked = (at_us, person_id, list(session_ids))
            return [row[0] for row in connection.execute(_END_ONE, asked, binary=True).fetchall()]

    def of_person(self, person_id: UUID, at_us: int) -> list[KeptSession]:
        """Return a person's sessions that were not ended."""
        with self._gate.transaction() as connection:
            asked = (person_id, at_us, LISTED_MAX)
            rows = connection.execute(_OF_PERSON, asked, binary=True).fetchall()
        return [_session(row) for row in rows]


_Row = tuple[UUID, UUID, UUID | None, bytes | None, str, str, int, int, int, int]


def _session(row: _Row) -> KeptSession:
    session_id, person_id, practice_id, credential_id, assurance, agent, *times = row
    kinds = Assurance(assurance), Agent(agent)
    return KeptSession(session_id, person_id, practice_id, credential_id, *kinds, *times)
