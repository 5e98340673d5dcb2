"""What a row of the table of access says: who asks, how surely, and what is written down."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from aggregates.access import Purpose, RecordKind
from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from web.assurance import Assurance

OFFICERS: Final = frozenset({Role.COMPLIANCE_OFFICER})
GUARDIANS: Final = frozenset({Role.OWNER, Role.COMPLIANCE_OFFICER})
OWNERS: Final = frozenset({Role.OWNER})
LOGGERS: Final = frozenset({Role.THERAPIST, Role.OWNER})
SUPERVISORS: Final = frozenset({Role.SUPERVISOR})
MEMBERS: Final = frozenset(Role)


class Whose(Enum):
    """Whose records an address names, and how the guard finds out."""

    OWN = auto()
    SESSION = auto()  # of who began the stream in the address
    PRACTICE = auto()
    SLOT = auto()  # of the practice whose log has the slot in the address
    SUPERVISED = auto()  # of everybody whose weeks were submitted to who asks
    SUPERVISEE = auto()  # of the person in the address, if any was
    REVIEWED = auto()  # of the person in the address, if they log hours in this practice
    ROW = auto()  # of whose week the address names, if it was
    ROWS = auto()  # of whose weeks the query names, if all were
    EMERGENCY = auto()  # of whom the request in the address opens to who asked, and only now


@dataclass(frozen=True, slots=True)
class Reads:
    """What a page shows; the event is written before the page is made.

    Where `is_answer_only`, only some answers show records (a form that has to be corrected): the
    event is written before the first of them is read, and not at all for the others.
    """

    kind: RecordKind
    whose: Whose
    purpose: Purpose
    is_answer_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one route asks for, and what it writes down; with no `reads`, `why_none` says why.

    `roles` is empty where nobody has to be a member: then `assurance` says whether they have to be
    signed in. `step_up` asks for a fresh check of a passkey; whoever a link is enough for has none.
    With `tokens`, the purposes of those that may ask, it is for programs and not for browsers.
    """

    method: str
    path: str
    roles: frozenset[Role] = frozenset()
    assurance: Assurance = Assurance.NONE
    step_up: bool = False
    baa: bool = False
    tokens: frozenset[TokenPurpose] = frozenset()
    reads: Reads | None = None
    why_none: str = ""

    @property
    def is_public(self) -> bool:
        """Whether nobody has to be signed in."""
        return not self.roles and self.assurance is Assurance.NONE


def own_row(method: str, path: str, reads: Reads, *, step_up: bool = False) -> Row:
    """Return a row of somebody's own diary, which needs the agreement to be changed."""
    return Row(
        method=method,
        path=path,
        roles=LOGGERS,
        assurance=Assurance.PASSKEY,
        step_up=step_up,
        baa=method != "GET",
        reads=reads,
    )
