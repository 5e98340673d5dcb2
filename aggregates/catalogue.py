"""Every fact there is: its tag, whether it is sealed, what must be signed first, and its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final, TypeAlias, cast, get_args

import msgspec

from aggregates.access import AccessFact, AccessRefused, OperatorRead, RecordsRead
from aggregates.api_token import ApiTokenCreated, ApiTokenRevoked
from aggregates.emergency import (
    EmergencyApproved,
    EmergencyAsked,
    EmergencyBegun,
    EmergencyDeclined,
    EmergencyEnded,
    EmergencyFact,
    EmergencyTold,
)
from aggregates.facts import ClearFact, SealedFact
from aggregates.holds import HoldFact, HoldLifted, HoldPlaced
from aggregates.hours.activity import (
    ActivityCorrected,
    ActivityDeleted,
    ActivityFact,
    ActivityLogged,
)
from aggregates.hours.enrolment import EnrolmentFact, EnrolmentStated, WeekStartFixed
from aggregates.hours.setting import SettingFact, SettingStated
from aggregates.hours.supervision import SigningRefused, SupervisionFact, SupervisionStated
from aggregates.hours.week_row import (
    WeekAmended,
    WeekFact,
    WeekReturned,
    WeekSigned,
    WeekSubmitted,
)
from aggregates.membership import MemberInvited, MemberLeft, MemberRoleChanged
from aggregates.operator_log import OperatorActed, OperatorFact, OperatorLogOpened, SettingsChanged
from aggregates.person import (
    PasskeyRegistered,
    PasskeyRevoked,
    PersonFact,
    RecoveryApproved,
    SessionRevoked,
    SignedIn,
    SignedOut,
)
from aggregates.practice import BaaSigned, MemberJoined, PracticeFact, PracticeNamed, PracticeOpened
from aggregates.private import Private
from aggregates.session import SessionCorrected, SessionDeleted, SessionFact, SessionLogged
from aggregates.shredding import KeyShredded, ShreddingFact, ShredOrdered

HoursFact: TypeAlias = ActivityFact | EnrolmentFact | SettingFact | SupervisionFact | WeekFact
Fact: TypeAlias = (
    OperatorFact
    | PracticeFact
    | PersonFact
    | SessionFact
    | HoursFact
    | ShreddingFact
    | AccessFact
    | EmergencyFact
    | HoldFact
)

_Tree: TypeAlias = "list[_Tree] | bool | int | str | bytes | None"

GATE_OPERATOR: Final = "operator"
GATE_PRACTICE: Final = "practice"
GATE_BAA: Final = "baa"


@dataclass(frozen=True, slots=True)
class EventSpec:
    """What the ledger must know of a tag.

    `needs` names the gates that must be open in the practice's log when the event is appended,
    counting what earlier events of the same append have opened; `opens` and `closes` a gate that
    it moves itself.
    """

    tag: str
    sealed: bool
    needs: tuple[str, ...]
    opens: str | None = None
    closes: str | None = None


class FactError(Exception):
    """Base of the two ways a stored body cannot be a fact; a fixed sentence, no content."""

    code: ClassVar[str]


class UnknownEvent(FactError):
    """No fact has this tag: the event is newer than this code."""

    code = "unknown-event"


class EventUnreadable(FactError):
    """The body is not what its tag says, or not in its one form."""

    code = "event-unreadable"


def encode(fact: Fact) -> tuple[str, bytes]:
    """Return the tag and the body: a MessagePack array of the tag and the fields in their order."""
    return _tag(type(fact)), _ENCODER.encode(fact)


def decode(tag: str, body: bytes) -> Fact:
    """Return the fact; raises UnknownEvent, or EventUnreadable for anything but its one form.

    The one form is what `encode` gives today, or gave before optional fields were added at the end.
    """
    if tag not in SPECS:
        raise UnknownEvent("no fact has this tag")
    fact = _decoded(body)
    # Compared again on the way in: a lax codec would let one fact have two bodies.
    if fact is None or _tag(type(fact)) != tag or not _is_one_form(fact, body):
        raise EventUnreadable("the body is not what its tag says")
    return fact


def _decoded(body: bytes) -> Fact | None:
    # The codec's own errors quote what they could not read, so they go no further than here.
    try:
        return _DECODER.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _is_one_form(fact: Fact, body: bytes) -> bool:
    again = _ENCODER.encode(fact)
    if again == body:
        return True
    stored = _tree(body)
    return msgspec.msgpack.encode(stored) == body and _begins(_tree(again), stored)


def _tree(body: bytes) -> _Tree:
    return cast("_Tree", msgspec.msgpack.decode(body))


def _begins(longer: _Tree, shorter: _Tree) -> bool:
    """Tell whether arrays agree as far as the shorter goes, at each depth."""
    if isinstance(longer, list) and isinstance(shorter, list):
        return len(shorter) <= len(longer) and all(map(_begins, longer, shorter))
    return type(longer) is type(shorter) and longer == shorter


def _seal_text(value: object) -> str:
    if isinstance(value, Private):
        return value.reveal()
    raise TypeError("a fact holds a value without a stored form")


def _open_text(kind: type, value: object) -> object:
    if kind is Private and isinstance(value, str):
        return Private(value)
    raise TypeError("a fact holds a value without a stored form")


def _tag(kind: type[Fact]) -> str:
    return cast("str", kind.__struct_config__.tag)


def _spec(
    kind: type[Fact], *needs: str, opens: str | None = None, closes: str | None = None
) -> EventSpec:
    assert issubclass(kind, SealedFact) != issubclass(kind, ClearFact)
    return EventSpec(_tag(kind), issubclass(kind, SealedFact), needs, opens, closes)


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_seal_text, uuid_format="bytes", order="deterministic")
_DECODER: msgspec.msgpack.Decoder[Fact] = msgspec.msgpack.Decoder(Fact, dec_hook=_open_text)

FACT_TYPES: tuple[type[Fact], ...] = get_args(Fact)
SPECS: Mapping[str, EventSpec] = MappingProxyType(
    {
        spec.tag: spec
        for spec in (
            _spec(OperatorLogOpened, opens=GATE_OPERATOR),
            _spec(PracticeOpened, opens=GATE_PRACTICE),
            _spec(PracticeNamed, GATE_PRACTICE),
            _spec(MemberJoined, GATE_PRACTICE),
            _spec(MemberInvited, GATE_PRACTICE),
            _spec(MemberRoleChanged, GATE_PRACTICE),
            _spec(MemberLeft, GATE_PRACTICE),
            _spec(PasskeyRegistered, GATE_PRACTICE),
            _spec(PasskeyRevoked, GATE_PRACTICE),
            _spec(SignedIn, GATE_PRACTICE),
            _spec(SignedOut, GATE_PRACTICE),
            _spec(SessionRevoked, GATE_PRACTICE),
            _spec(RecoveryApproved, GATE_PRACTICE),
            _spec(ApiTokenCreated, GATE_PRACTICE),
            _spec(ApiTokenRevoked, GATE_PRACTICE),
            _spec(BaaSigned, GATE_PRACTICE, opens=GATE_BAA),
            _spec(SessionLogged, GATE_PRACTICE, GATE_BAA),
            _spec(SessionCorrected, GATE_PRACTICE, GATE_BAA),
            _spec(SessionDeleted, GATE_PRACTICE, GATE_BAA),
            _spec(ActivityLogged, GATE_PRACTICE, GATE_BAA),
            _spec(ActivityCorrected, GATE_PRACTICE, GATE_BAA),
            _spec(ActivityDeleted, GATE_PRACTICE, GATE_BAA),
            _spec(EnrolmentStated, GATE_PRACTICE),
            _spec(WeekStartFixed, GATE_PRACTICE),
            _spec(SettingStated, GATE_PRACTICE),
            _spec(SupervisionStated, GATE_PRACTICE),
            _spec(SigningRefused, GATE_PRACTICE),
            _spec(WeekSubmitted, GATE_PRACTICE, GATE_BAA),
            _spec(WeekReturned, GATE_PRACTICE, GATE_BAA),
            _spec(WeekSigned, GATE_PRACTICE, GATE_BAA),
            _spec(WeekAmended, GATE_PRACTICE, GATE_BAA),
            _spec(ShredOrdered, GATE_PRACTICE),
            _spec(KeyShredded, GATE_PRACTICE),
            _spec(RecordsRead, GATE_PRACTICE),
            _spec(AccessRefused, GATE_PRACTICE),
            _spec(OperatorRead, GATE_PRACTICE),
            _spec(EmergencyAsked, GATE_PRACTICE),
            _spec(EmergencyApproved, GATE_PRACTICE),
            _spec(EmergencyDeclined, GATE_PRACTICE),
            _spec(EmergencyTold, GATE_PRACTICE),
            _spec(EmergencyBegun, GATE_PRACTICE),
            _spec(EmergencyEnded, GATE_PRACTICE),
            _spec(HoldPlaced, GATE_PRACTICE),
            _spec(HoldLifted, GATE_PRACTICE),
            _spec(SettingsChanged, GATE_OPERATOR),
            _spec(OperatorActed, GATE_OPERATOR),
        )
    }
)
