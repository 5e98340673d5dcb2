"""What one declaration of a route says: who may, what is sent, what is answered, what is called."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from starlette.requests import Request

from aggregates.access import Purpose, RecordKind
from aggregates.api_token import TokenPurpose
from commands.context import Actor
from commands.handle import Handled
from commands.practice import Standing
from web.access_rows import LOGGERS, MEMBERS, OFFICERS, OWNERS, SUPERVISORS, Reads, Row, Whose
from web.api.structs import StrictStruct
from web.assurance import Assurance
from web.bearer import TokenSession
from web.guard import records_of
from web.parts import Parts, parts_of
from web.services import Records

__all__ = ["LOGGERS", "MEMBERS", "OFFICERS", "OWNERS", "SUPERVISORS"]

PREFIX: Final = "/api/v1"
DELETE: Final = frozenset({TokenPurpose.DELETE_SESSIONS})
SUBMIT: Final = frozenset({TokenPurpose.SUBMIT_WEEKS})
LOG: Final = frozenset({TokenPurpose.LOG_SESSIONS}) | DELETE | SUBMIT
READ_OWN: Final = frozenset({TokenPurpose.READ_OWN}) | LOG
SUPERVISE: Final = frozenset({TokenPurpose.SUPERVISE})
MANAGE: Final = frozenset({TokenPurpose.MEMBERS})
REVIEW: Final = frozenset({TokenPurpose.COMPLIANCE_REVIEW})
ANY: Final = frozenset(TokenPurpose)

OWN_WEEK: Final = Reads(RecordKind.WEEK, Whose.OWN, Purpose.OWN_RECORD)
OWN_SESSION: Final = Reads(RecordKind.SESSION, Whose.SESSION, Purpose.OWN_RECORD)
# Nothing of it is answered; but asking to change another's is refused, and written down.
OWN_SESSION_CHANGED: Final = replace(OWN_SESSION, is_answer_only=True)
OWN_ACTIVITY: Final = Reads(RecordKind.ACTIVITY, Whose.SESSION, Purpose.OWN_RECORD)
OWN_ACTIVITY_CHANGED: Final = replace(OWN_ACTIVITY, is_answer_only=True)
OWN_LOG: Final = Reads(RecordKind.WEEKLY_LOG, Whose.OWN, Purpose.OWN_RECORD)
OWN_PROGRESS: Final = Reads(RecordKind.PROGRESS, Whose.OWN, Purpose.OWN_RECORD)
OWN_SETUP: Final = Reads(RecordKind.SETUP, Whose.OWN, Purpose.OWN_RECORD)
SUPERVISED: Final = Reads(RecordKind.SUPERVISED, Whose.SUPERVISED, Purpose.SUPERVISION)
SUPERVISEE: Final = Reads(RecordKind.SUPERVISED, Whose.SUPERVISEE, Purpose.SUPERVISION)
OWN_TRAIL: Final = Reads(RecordKind.TRAIL, Whose.OWN, Purpose.OWN_RECORD)
WHOLE_PRACTICE: Final = Reads(RecordKind.REPLAY, Whose.PRACTICE, Purpose.COMPLIANCE_REVIEW)

B = TypeVar("B", bound=StrictStruct)
Q = TypeVar("Q", bound=StrictStruct)


class Nothing(StrictStruct, frozen=True, kw_only=True):
    """No body, or no query: what is sent all the same is refused or not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[B, Q]):
    """A call that was let in and read; a handler may block, and runs on a worker thread.

    `command_id` follows from person, practice and idempotency key, so the same call happens once
    (I10); it is NIL where nothing changes. `version` is what If-Match names.
    """

    request: Request
    session: TokenSession
    standing: Standing
    body: B
    query: Q
    command_id: UUID
    version: int | None = None

    @property
    def parts(self) -> Parts:
        """The parts of the front."""
        return parts_of(self.request)

    @property
    def actor(self) -> Actor:
        """Whom the program acts for."""
        return self.session.actor

    def records(self) -> Records:
        """Return the way to records, open once the look is on record (I8)."""
        return records_of(self.request)

    def settle(self, handled: Handled) -> None:
        """Wait, bounded, until the read models hold what was done: people read their writes."""
        self.parts.services.wait(handled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered; `version` becomes the entity tag, `location` is of what was made."""

    value: StrictStruct | None = None
    version: int | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[B, Q]):
    """One route of the API, whole: its row for the guard, its types, its handler, its words.

    `codes` are what it may answer beside what every operation may; `status` is that of success,
    which carries an entity tag where it `is_tagged`.
    """

    row: Row
    name: str
    summary: str
    handler: Callable[[Call[B, Q]], Reply]
    answer: type[StrictStruct] | None
    body: type[B]
    query: type[Q]
    status: int = 200
    needs_version: bool = False
    is_tagged: bool = False
    codes: tuple[str, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether it changes something, and so takes an idempotency key."""
        return self.row.method != "GET"


AnyOperation: TypeAlias = Operation[Any, Any]


def row(  # noqa: PLR0913 -- a row has as many columns
    method: str,
    path: str,
    who: frozenset[Any],
    tokens: frozenset[TokenPurpose],
    *,
    reads: Reads | None = None,
    why_none: str = "",
    baa: bool = False,
) -> Row:
    """Return the row of the table in web/access.py for a route that only programs have."""
    return Row(
        method=method,
        path=PREFIX + path,
        roles=who,
        assurance=Assurance.PASSKEY,
        baa=baa,
        tokens=tokens,
        reads=reads,
        why_none=why_none,
    )
