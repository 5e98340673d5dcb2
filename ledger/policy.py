"""Whose signatures make a checkpoint believable, witnesses and their quorum (C2SP tlog-policy)."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from ledger.cosignature import WitnessKey, decode_witness_key
from ledger.errors import Malformed
from ledger.note import Note, VerifierKey, decode_verifier_key

NONE: Final = "none"
_LENGTH_MAX: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness by the policy's name for it; `url` is where it is asked, if it is."""

    name: str
    key: WitnessKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these members, witnesses or groups, make the group agree."""

    at_least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The log's key, and what must have cosigned: `quorum` names a witness or group, or none."""

    log: VerifierKey
    witnesses: tuple[Witness, ...] = ()
    groups: Mapping[str, Group] | None = None
    quorum: str = NONE

    def is_met(self, cosigners: AbstractSet[str]) -> bool:
        """Tell whether witnesses of these names, in the policy's words, are enough."""
        agreeing = set(cosigners)
        for name, group in (self.groups or {}).items():
            if len(agreeing & set(group.members)) >= group.at_least:
                agreeing.add(name)
        return self.quorum == NONE or self.quorum in agreeing

    def cosigned(self, note: Note) -> dict[str, int]:
        """Return which witnesses cosigned this note, and when they say so, seconds since 1970 UTC.

        In the policy's order and words. Raises `ProofInvalid` for a line that is not theirs.
        """
        lines = {(line.key_name, line.key_id): line for line in note.signatures}
        return {
            each.name: each.key.verify(note.text, lines[each.key.name, each.key.key_id])
            for each in self.witnesses
            if (each.key.name, each.key.key_id) in lines
        }

    def encode(self) -> bytes:
        """Return the policy in its one spelling, without addresses, as a bundle carries it."""
        lines = [f"log {self.log.encode()}"]
        lines += [f"witness {each.name} {each.key.encode()}" for each in self.witnesses]
        for name, group in (self.groups or {}).items():
            lines.append(" ".join(["group", name, str(group.at_least), *group.members]))
        return "".join(f"{line}\n" for line in [*lines, f"quorum {self.quorum}"]).encode()


@dataclass(slots=True)
class _Reading:
    logs: list[VerifierKey]
    witnesses: list[Witness]
    groups: dict[str, Group]
    quorums: list[str]
    unused: set[str]

    @classmethod
    def nothing(cls) -> Self:
        return cls([], [], {}, [], set())

    def take(self, words: list[str]) -> None:
        """Take one line. Raises `ValueError` or `Malformed`."""
        match words:
            case ["log", vkey]:
                self.logs.append(decode_verifier_key(vkey))
            case ["witness", name, vkey, *url] if len(url) <= 1 and not self.groups:
                self._name(name)
                self.witnesses.append(Witness(name, decode_witness_key(vkey), _url(url)))
            case ["group", name, least, *members]:
                self.unused -= self._members(members)
                self._name(name)
                self.groups[name] = Group(_at_least(least, len(members)), tuple(members))
            case ["quorum", name]:
                self.quorums.append(name)
            case _:
                raise ValueError

    def _name(self, name: str) -> None:
        taken = {NONE, *self.groups, *(each.name for each in self.witnesses)}
        if name in taken:
            raise ValueError
        self.unused.add(name)

    def _members(self, members: list[str]) -> set[str]:
        if not members or len(set(members)) != len(members) or not set(members) <= self.unused:
            raise ValueError
        return set(members)


def decode(raw: bytes) -> Policy:
    """Read a policy as a person writes it: comments and empty lines allowed.

    One log; every witness and group is used by the quorum, once. Raises `Malformed`.
    """
    read = _Reading.nothing()
    try:
        for line in raw[: _LENGTH_MAX + 1].decode().split("\n"):
            words = [] if line.startswith("#") else line.split()
            if words:
                read.take(words)
        keys = {each.key.public_key for each in read.witnesses}
        (log,), (quorum,) = read.logs, read.quorums
    except (ValueError, Malformed) as error:
        raise Malformed("the policy is not one: see docs/format.md, Policy") from error
    is_distinct = len(keys | {log.public_key}) == len(read.witnesses) + 1
    if len(raw) > _LENGTH_MAX or not is_distinct or {quorum} - {NONE} != read.unused:
        raise Malformed("the policy is not one: see docs/format.md, Policy")
    return Policy(log, tuple(read.witnesses), read.groups, quorum)


def _at_least(text: str, members: int) -> int:
    number = {"any": 1, "all": members}.get(text) or int(text)
    if not 1 <= number <= members:
        raise ValueError
    return number


def _url(words: list[str]) -> str | None:
    if not words:
        return None
    if urlsplit(words[0]).scheme not in {"http", "https"}:
        raise ValueError
    return words[0].rstrip("/")
