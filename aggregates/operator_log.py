"""The operator's own log, slot 0: begun once, before any practice."""

from dataclasses import dataclass
from typing import TypeAlias

from aggregates.decider import Decider
from aggregates.facts import ClearFact


@dataclass(frozen=True, slots=True)
class OpenOperatorLog:
    """The service starts on a database that holds nothing yet."""


class OperatorLogOpened(ClearFact, frozen=True, kw_only=True, tag="operator-log-opened.v1"):
    """The operator's log begins; it takes slot 0 and holds no client data."""


@dataclass(frozen=True, slots=True)
class OperatorLog:
    """Whether the log was begun."""

    is_open: bool = False


OperatorFact: TypeAlias = OperatorLogOpened


def decide(_command: OpenOperatorLog, state: OperatorLog) -> tuple[OperatorFact, ...]:
    """Begin the log; nothing when it was begun before."""
    return () if state.is_open else (OperatorLogOpened(),)


def evolve(_state: OperatorLog, _fact: OperatorFact) -> OperatorLog:
    """Follow what happened."""
    return OperatorLog(is_open=True)


OPERATOR_LOG: Decider[OpenOperatorLog, OperatorLog, OperatorFact] = Decider(
    initial=OperatorLog(), decide=decide, evolve=evolve
)
