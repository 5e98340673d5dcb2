"""Policies to lie with: three witnesses of this world, and policies written in any words."""

from typing import Final

from ledger.cosignature import CosigningKey
from ledger.note import SigningKey
from tests.attacks.root_logs import LOG, SEED

NAMES: Final = ("north", "south", "east")
WITNESSES: Final = {
    name: CosigningKey(f"{name}.example", bytes([number]) * 32)
    for number, name in enumerate(NAMES, 1)
}
LOG_LINE: Final = f"log {SigningKey(LOG, SEED).verifier_key.encode()}"


def vkey(name: str) -> str:
    """The key of a witness as policies write it."""
    return WITNESSES[name].witness_key.encode()


def witness(name: str) -> str:
    """The line of a witness."""
    return f"witness {name} {vkey(name)}"


def policy(*lines: str, log: str = LOG_LINE) -> bytes:
    """A policy of these lines, after that of the log."""
    return "".join(f"{line}\n" for line in (log, *lines)).encode()


# One of the north and the south, and the east besides.
NESTED: Final = policy(
    *(witness(name) for name in NAMES),
    "group coast 1 north south",
    "group all-sides 2 coast east",
    "quorum all-sides",
)
