"""`therapist-os witness`: runs a witness of logs, which a practice or its auditor can do."""

import argparse
from collections.abc import Callable
from pathlib import Path

from ledger.clock import SystemClock
from ledger.witness.opening import open_witness
from web.witness import run

DEFAULT_PORT = 8484


def add_arguments(verb: argparse.ArgumentParser) -> None:
    """Add what the verb takes."""
    verb.add_argument("folder", type=Path, metavar="DIR", help="where it keeps key and memory")
    verb.add_argument("--name", required=True, help="its name, such as witness.example/north")
    verb.add_argument("--log", action="append", required=True, metavar="VKEY", dest="logs")
    verb.add_argument("--host", default="127.0.0.1", help="address it listens at")
    verb.add_argument("--port", type=int, default=DEFAULT_PORT)


def run_witness(asked: argparse.Namespace, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. Raises `SettingsInvalid`, `KeyFileUnsafe`."""
    witness, key = open_witness(asked.folder, asked.name, asked.logs, SystemClock())
    address = f"http://{asked.host}:{asked.port}"

    def ready() -> None:
        say(f"This witness is at {address} and cosigns for {len(asked.logs)} log(s).")
        say("Its line for a policy:")
        say(f"  witness NAME {key.witness_key.encode()} {address}")
        say("Stop with Ctrl-C.")

    run(witness, asked.host, asked.port, ready)
