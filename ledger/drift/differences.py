"""Says in words how a catalogue differs from what it should be, and what to do about it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from ledger.drift.catalogue import HERE, OURS, Fact

MIGRATED: Final = "ask who changed it; put it back as the migrations left it"
# The first that matches a fact's kind and name.
_ACTS: Final[tuple[tuple[str, str], ...]] = (
    (r"here .* (extension|event trigger|publication|foreign server) ", "drop it, or accept it"),
    (r"here .* power ", "take the power from the role, or accept it"),
    (r"here .* member of ", "revoke the membership, or accept it"),
    (r"here ", "set it back, or accept it"),
    (r".* may ", "ask who granted or revoked it; put the right back as the migrations left it"),
    (r".* (trigger|rule) ", "nothing guards this table now: fsck, then put the trigger back"),
    (r".* (policy|row-level security)", "practices are not kept apart here now: put it back"),
    (
        r".* (body|definition|properties)$",
        "a function or view was replaced: fsck, then put it back",
    ),
)


class Difference(msgspec.Struct, frozen=True):
    """One difference: what it is about, what is different, what to do.

    A grave one concerns what guards the ledger: nothing is appended until it is explained. Others
    concern what a server writes to its own log.
    """

    subject: str
    what: str
    act: str
    is_grave: bool = True

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{self.subject}: {self.what}; {self.act}"


def differences(expected: Iterable[Fact], live: Iterable[Fact]) -> list[Difference]:
    """Return how the live facts differ from those that must be, one line a fact."""
    before, now = _by_place(expected), _by_place(live)
    return list(_differences(before, now))


_Places = Mapping[tuple[str, str], Fact]


def _by_place(facts: Iterable[Fact]) -> _Places:
    return {(fact.subject, fact.name): fact for fact in facts}


def _differences(before: _Places, now: _Places) -> Iterator[Difference]:
    told = _wholly(before) ^ _wholly(now)
    for subject in sorted(told):
        what = "is gone" if subject in _wholly(before) else "is new"
        yield Difference(subject, what, _act(OURS, subject, ""))
    for subject, name in sorted(before.keys() | now.keys()):
        was, is_now = before.get((subject, name)), now.get((subject, name))
        if was != is_now and subject not in told:
            yield _difference(was, is_now)


def _wholly(places: _Places) -> set[str]:
    """Return what is told of as a whole when all of it is gone or new."""
    return {fact.subject for fact in places.values() if fact.kind == OURS}


def _difference(was: Fact | None, is_now: Fact | None) -> Difference:
    fact = is_now or was
    assert fact is not None
    act = _act(fact.kind, fact.subject, fact.name)
    if was is None:
        return Difference(fact.subject, f"{_told(fact)} is new", act)
    if is_now is None:
        return Difference(fact.subject, f"{_told(fact)} is gone", act, is_grave=was.kind != HERE)
    return Difference(fact.subject, f"{fact.name} was {was.value}, is {is_now.value}", act)


def _told(fact: Fact) -> str:
    return fact.name if fact.value == "yes" else f"{fact.name} ({fact.value})"


def _act(kind: str, subject: str, name: str) -> str:
    words = f"{kind} {subject} {name}"
    return next((act for pattern, act in _ACTS if re.match(pattern, words)), MIGRATED)
