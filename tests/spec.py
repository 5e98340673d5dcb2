"""Given these facts, when this command, then these facts: how the rules are specified."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
import pytest

from aggregates.decider import Decider
from aggregates.private import Private
from aggregates.refusal import FieldsRefused, Refused

Command = TypeVar("Command")
State = TypeVar("State")
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Then(Generic[Fact]):
    """What a command led to."""

    facts: tuple[Fact, ...]

    def then(self, *expected: Fact) -> None:
        """Exactly these facts, in this order."""
        assert self.facts == expected, f"{told(self.facts)} is not {told(expected)}"

    def then_nothing(self) -> None:
        """It had been done before."""
        assert self.facts == ()


@dataclass(frozen=True, slots=True)
class Given(Generic[Command, State, Fact]):
    """A decider and what has happened so far."""

    decider: Decider[Command, State, Fact]
    facts: tuple[Fact, ...] = ()

    def given(self, *facts: Fact) -> "Given[Command, State, Fact]":
        """These facts happened as well."""
        return Given(self.decider, (*self.facts, *facts))

    def when(self, command: Command) -> Then[Fact]:
        """The command is decided on."""
        return Then(self.decider.decide(command, self.decider.replay(self.facts)))

    def refuses(self, command: Command, *codes: str) -> None:
        """The command is refused for exactly these reasons."""
        with pytest.raises((Refused, FieldsRefused)) as refused:
            self.when(command)
        assert codes_of(refused.value) == codes


def told(facts: tuple[object, ...]) -> list[object]:
    """Open the facts for a failing test, whose people are invented: elsewhere they show nothing."""
    return [msgspec.to_builtins(fact, enc_hook=_reveal) for fact in facts]


def _reveal(value: object) -> str:
    return value.reveal() if isinstance(value, Private) else repr(value)


def codes_of(error: Refused | FieldsRefused) -> tuple[str, ...]:
    """Return the codes of a refusal, one or many."""
    errors = error.errors if isinstance(error, FieldsRefused) else (error,)
    return tuple(each.code.value for each in errors)
