"""`therapist-os drift`: says how the database differs from what its migrations made."""

import argparse
from collections.abc import Callable, Sequence

import msgspec

from aggregates.operator_log import NoteAct, OperatorAct
from commands.context import Context
from commands.operator_log import note_act
from ledger.drift.check import find_drift
from ledger.drift.differences import Difference
from ledger.drift.signing import Signed, read_catalogue, read_signed, sign
from ledger.errors import Drifted
from ledger.ledger import Ledger
from ledger.postgres.connect import Database
from ledger.postgres.settings import Settings
from ledger.seal_log.signer import verifier_key

Say = Callable[[str], object]


def add_drift_arguments(verb: argparse.ArgumentParser) -> None:
    """Add what the verb takes."""
    verb.add_argument("--json", action="store_true", help="print the differences as JSON")
    verb.add_argument(
        "--accept", action="store_true", help="sign what is particular to this server as it is now"
    )


def accept_catalogue(context: Context, settings: Settings) -> Signed:
    """Sign what is particular to this server as it is now, after it is on record that we do."""
    key = verifier_key(settings.data_dir, settings.ledger_name)
    before, after = read_signed(settings, key), read_catalogue(context.ledger.database)
    act = NoteAct(
        act=OperatorAct.CATALOGUE_ACCEPTED,
        before=before.sha256 if before else b"",
        after=after.sha256,
    )
    note_act(context, act)
    sign(after, settings)
    return after


def tell_drift(
    database: Database,
    settings: Settings,
    asked: argparse.Namespace,
    say: Say,
    signed: Signed | None = None,
) -> Sequence[Difference]:
    """Print the differences, one a line, and return them, after what was just `signed`.

    It is what somebody vouches for.
    """
    accepted: list[str] = []
    if signed is not None:
        facts = (fact for layout in signed.here for fact in sorted(signed.here[layout]))
        accepted = [f"{fact.subject}: {fact.name} {fact.value}" for fact in facts]
    found = find_drift(database, settings)
    if asked.json:
        fields = {"accepted": accepted, "differences": found}
        say(msgspec.json.encode(fields).decode())
        return found
    for line in accepted:
        say(f"accepted: {line}")
    for difference in found:
        say(str(difference))
    if not found:
        say("no difference")
    return found


def confirm_catalogue(ledger: Ledger, settings: Settings, say: Say) -> None:
    """Begin read-only when what guards the ledger was changed; tell of what a server writes."""
    found = find_drift(ledger.database, settings)
    for difference in found:
        say(f"therapist-os: drift: {difference}")
    if any(difference.is_grave for difference in found):
        say("therapist-os: read-only: the database's guards were changed (docs/runbook.md)")
        ledger.quarantine(Drifted("the database's rights or guards are not as they were signed"))
