"""The shape of every rule set: decide what happens, evolve the state by what happened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

Command = TypeVar("Command")
State = TypeVar("State")
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Decider(Generic[Command, State, Fact]):
    """Three pure functions' worth of rules over frozen values (STYLE 2.2 and 2.3).

    `decide` may refuse (Refused, FieldsRefused) and may return no facts, which means that the
    command had been done before. `evolve` never refuses: history happened.
    """

    initial: State
    decide: Callable[[Command, State], tuple[Fact, ...]]
    evolve: Callable[[State, Fact], State]

    def replay(self, facts: Iterable[Fact]) -> State:
        """Return the state after these facts, oldest first."""
        return reduce(self.evolve, facts, self.initial)
