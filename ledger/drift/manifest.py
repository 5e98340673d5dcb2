"""The manifest: every fact of a catalogue that our migrations have just made, in files beside this.

`python -m tests.generate_catalogue` writes them from a fresh migration, and a test keeps them so.
"""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from ledger.drift.catalogue import OURS, PATTERNS, Fact, decode, pattern_of
from ledger.postgres.connect import Database

FOLDER: Final = Path(__file__).parent / "manifest"


class Layout(StrEnum):
    """What a database holds: ledger and keys, or one of them where they live apart."""

    WHOLE = "whole"
    LEDGER = "ledger"
    VAULT = "vault"


def databases(database: Database) -> list[tuple[Layout, Database]]:
    """Return the databases of a ledger, and what each holds."""
    if database.separate_vault is None:
        return [(Layout.WHOLE, database)]
    return [(Layout.LEDGER, database), (Layout.VAULT, database.separate_vault)]


def path_of(layout: Layout) -> Path:
    """Return where a manifest stands."""
    return FOLDER / f"{layout}.txt"


def read(layout: Layout) -> str:
    """Return a manifest's text."""
    return path_of(layout).read_text()


def hash_of(layouts: Iterable[Layout]) -> str:
    """Return the SHA-256 over these manifests, in hexadecimal: what is signed."""
    return sha256("\n".join(read(layout) for layout in layouts).encode()).hexdigest()


def encode(facts: Iterable[Fact]) -> str:
    """Return the manifest of a fresh database: tables of read models stand once, as a pattern."""
    ours = {_patterned(fact) for fact in facts if fact.kind == OURS}
    return "".join(f"{fact.encode()}\n" for fact in sorted(ours))


def expected(layout: Layout, live: Iterable[Fact]) -> set[Fact]:
    """Return the facts that must be, the pattern filled in for the tables that are there now."""
    stated = set(decode(read(layout)))
    patterns = {fact for fact in stated if fact.subject in PATTERNS}
    made = {fact.subject: pattern_of(fact.subject) for fact in live}
    return stated - patterns | {
        Fact(fact.kind, subject, fact.name, fact.value)
        for subject, pattern in made.items()
        for fact in patterns
        if fact.subject == pattern
    }


def _patterned(fact: Fact) -> Fact:
    pattern = pattern_of(fact.subject)
    return fact if pattern is None else Fact(fact.kind, pattern, fact.name, fact.value)
