"""The command line: one verb a function, errors in one sentence, exit codes documented."""

import argparse
import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

import msgspec
from tqdm import tqdm

from aggregates.refusal import Refused
from commands.context import Context
from commands.opening import open_context
from commands.operator_log import note_settings
from ledger.clock import SystemClock
from ledger.errors import Busy, LedgerError, SettingsInvalid, Unavailable
from ledger.fsck.difference import Difference
from ledger.keys.tombstones import Tombstones
from ledger.opening import check_ledger, open_destroyer, sealing
from ledger.postgres.opening import open_database, reach_database
from ledger.postgres.settings import Settings, read_settings
from ledger.seal_log.sealer import confirm_past, seal_once
from projections.read_models import READ_MODELS
from projections.rebuild import rebuild
from retention.after_restore import destroy_again
from web import last_resort
from web.identity.wiring import mailer_of, open_accounts
from web.serving import serve
from web.settings import read_web_settings
from web.terminal.bundle import add_bundle_arguments, in_words, wanted_bundle, write_bundle
from web.terminal.demo import practice_of, prepare
from web.terminal.drift import (
    accept_catalogue,
    add_drift_arguments,
    confirm_catalogue,
    tell_drift,
)
from web.terminal.fsck import told
from web.terminal.hours import add_hours_arguments, tell_hours, wanted_hours
from web.terminal.operator import (
    Letters,
    ask_for_practice,
    invite_owner,
    note_rebuild,
    recorded_settings,
    rotate_keys,
)
from web.terminal.replay import add_replay_arguments, tell, wanted_replay
from web.terminal.saying import ask_privately, progress_bar, say, tell_line, welcome
from web.terminal.status import tell_status
from web.terminal.witness import add_arguments, run_witness

DONE, FOUND, WRONG, NOT_NOW = 0, 1, 2, 3
EXIT_CODES: Final = {
    DONE: "done",
    FOUND: "fsck or drift found a difference, or stored data was altered",
    WRONG: "wrong usage or settings",
    NOT_NOW: "busy or not reachable; try again",
}
Verb: TypeAlias = Callable[[argparse.Namespace, Settings], int]


def run() -> int:
    """Run as a program: what nobody catches is told without its words (I11)."""
    last_resort.install()
    return main()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    asked = parser().parse_args(arguments)
    verb: Verb = asked.verb
    try:
        return verb(asked, read_settings(os.environ))
    except Difference as difference:
        say(f"therapist-os: difference: {difference}")
        return FOUND
    except BrokenPipeError:
        # Whoever read our output has enough; the interpreter must not try to flush what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (LedgerError, Refused) as error:
        say(f"therapist-os: {error}")
        return exit_code(error)


def exit_code(error: LedgerError | Refused) -> int:
    """Return the exit code an error ends with."""
    match error:
        case Busy() | Unavailable():
            return NOT_NOW
        case SettingsInvalid() | Refused():
            return WRONG
        case _:
            return FOUND


def parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs; each names its function."""
    top = argparse.ArgumentParser(
        prog="therapist-os",
        description="A compliance ledger for California's pre-licensed therapists.",
        epilog="exit codes: " + "; ".join(f"{code} {what}" for code, what in EXIT_CODES.items()),
    )
    verbs = top.add_subparsers(required=True, metavar="VERB")

    def add(name: str, function: Verb, what: str) -> argparse.ArgumentParser:
        verb = verbs.add_parser(name, help=what)
        verb.set_defaults(verb=function)
        return verb

    verb = add("serve", run_serve, "serve the pages until Ctrl-C")
    verb.add_argument("--demo", action="store_true", help="prepare the demo practice first")
    verb = add("fsck", run_fsck, "recompute everything that is stored and compare")
    verb.add_argument("--json", action="store_true", help="print the report as JSON")
    add_drift_arguments(add("drift", run_drift, "compare the database's guards with its own"))
    verb = add("status", run_status, "tell counts, lags and ages, as the monitor")
    verb.add_argument("--json", action="store_true", help="print them as JSON")
    verb = add("replay", run_replay, "tell a practice's history, without client identity")
    add_replay_arguments(verb, practice_of)
    add_hours_arguments(add("hours", run_hours, "tell a person's progress in hours"), practice_of)
    add_bundle_arguments(add("bundle", run_bundle, "write what an auditor verifies"), practice_of)
    add_arguments(add("witness", run_a_witness, "cosign checkpoints of logs that only grow"))
    verb = add("open-practice", run_open_practice, "open a practice and invite its first owner")
    verb.add_argument("--again", type=UUID, metavar="ID", help="invite anew: nobody came yet")
    add("demo", run_demo, "prepare a demo practice with a year of invented data")
    add("rotate-keys", run_rotate, "put all keys under a new epoch key")
    verb = add("rebuild", run_rebuild, "replay the log into a fresh read model and swap it in")
    names = (*(read_model.name for read_model in READ_MODELS), "all")
    verb.add_argument("read_model", choices=names, help="which one")
    return top


def run_serve(asked: argparse.Namespace, settings: Settings) -> int:
    """Serve the pages, after preparing the demo practice if asked to."""
    web_settings = read_web_settings(os.environ)
    with _context(settings) as context:
        _confirm_past(context, settings)
        confirm_catalogue(context.ledger, settings, say)
        if context.ledger.quarantined_for is None:
            note_settings(context, recorded_settings(settings, web_settings))
        if asked.demo and context.ledger.quarantined_for is None:
            prepare(context, web_settings)
        serve(context, settings, web_settings, partial(welcome, web_settings), tell_line)
    return DONE


def _confirm_past(context: Context, settings: Settings) -> None:
    """Begin read-only when the database is not the one that was signed."""
    try:
        confirm_past(sealing(context.ledger.database, settings, context.clock))
    except Unavailable:
        return  # another process seals, and looks itself
    except LedgerError as fault:
        context.ledger.quarantine(fault)
        say(f"therapist-os: read-only: {fault}")


def run_drift(asked: argparse.Namespace, settings: Settings) -> int:
    """Say how the database differs from what its migrations made."""
    _refuse_no_ledger(settings)
    signed = None
    with open_database(settings, SystemClock(), say) as database:
        if asked.accept:
            with open_context(database, settings) as context:
                signed = accept_catalogue(context, settings)
        return FOUND if tell_drift(database, settings, asked, tell_line, signed) else DONE


def _refuse_no_ledger(settings: Settings) -> None:
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        raise SettingsInvalid("there is no ledger in DATA_DIR yet: start the service once")


def run_fsck(asked: argparse.Namespace, settings: Settings) -> int:
    """Check the whole ledger and say what was checked."""
    _refuse_no_ledger(settings)
    with (
        open_database(settings, SystemClock(), say) as database,
        tqdm(unit=" events", desc="checking", disable=None) as bar,
    ):
        report = check_ledger(database, settings, bar.update)
    if asked.json:
        fields = {**msgspec.structs.asdict(report), "root": report.root.hex()}
        tell_line(msgspec.json.encode(fields).decode())
        return DONE
    tell_line(told(report))
    return DONE


def run_replay(asked: argparse.Namespace, settings: Settings) -> int:
    """Tell the history or state of a practice, as a person or a program would read it."""
    with _context(settings) as context:
        told = tell(context, settings, wanted_replay(asked), tell_line)
    if not told.events:
        say("nothing is on record there at that time")
    return FOUND if told.faulty else DONE


def run_hours(asked: argparse.Namespace, settings: Settings) -> int:
    """Tell how far a person's hours are, as a person or a program would read it."""
    with _context(settings) as context:
        tell_hours(context, wanted_hours(asked), tell_line)
    return DONE


def run_demo(_asked: argparse.Namespace, settings: Settings) -> int:
    """Prepare the demo practice; safe to run again."""
    with _context(settings) as context:
        _confirm_past(context, settings)
        prepare(context, read_web_settings(os.environ))
        with suppress(Unavailable):  # the service is running, and seals it itself
            seal_once(sealing(context.ledger.database, settings, context.clock))
    return DONE


def run_rebuild(asked: argparse.Namespace, settings: Settings) -> int:
    """Rebuild one read model or all, while the service may go on."""
    with _context(settings) as context:
        for read_model in READ_MODELS:
            if asked.read_model not in (read_model.name, "all"):
                continue
            with progress_bar(read_model.name, "events") as progress:
                database, keys = context.ledger.database, context.ledger.keys
                note_rebuild(context, read_model)
                rebuild(database, keys, read_model, progress=progress)
    return DONE


def run_bundle(asked: argparse.Namespace, settings: Settings) -> int:
    """Write the audit bundle of a practice."""
    with _context(settings) as context, progress_bar("writing the bundle", "events") as progress:
        explained = write_bundle(context, settings, wanted_bundle(asked), progress)
    tell_line(in_words(explained, asked.place))
    return DONE


def run_a_witness(asked: argparse.Namespace, _settings: Settings) -> int:
    """Run a witness; it has a folder of its own and needs nothing of the service."""
    run_witness(asked, tell_line)
    return DONE


def run_rotate(_asked: argparse.Namespace, settings: Settings) -> int:
    """Put all live keys under a new epoch key and destroy the old ones."""
    with (
        _context(settings) as context,
        open_destroyer(context.ledger.database, settings, context.clock) as destroyer,
        progress_bar("re-wrapping", "keys") as progress,
    ):
        done = rotate_keys(context, settings, destroyer, progress)
    tell_line(f"epoch {done.epoch} is current; keys moved: {done.keys_rewrapped:,}")
    tell_line("make a new backup of the keys now: older ones cannot be opened any more")
    return DONE


def run_open_practice(asked: argparse.Namespace, settings: Settings) -> int:
    """Open a practice; its name and its owner's address are read, never arguments."""
    web_settings = read_web_settings(os.environ)
    wish = ask_for_practice(asked.again, ask_privately)
    with _context(settings) as context, open_accounts(context, web_settings) as accounts:
        letters = Letters(mailer_of(web_settings, tell_line), web_settings.public_origin)
        practice_id = invite_owner(context, accounts, letters, wish)
    tell_line(f"practice {practice_id} is open; its first owner has a letter")
    return DONE


def run_status(asked: argparse.Namespace, settings: Settings) -> int:
    """Tell what a monitor is told."""
    _refuse_no_ledger(settings)
    with reach_database(settings, say) as database:
        is_well = tell_status(database, SystemClock(), tell_line, is_json=asked.json)
    return DONE if is_well else FOUND


@contextmanager
def _context(settings: Settings) -> Generator[Context]:
    with (
        open_database(settings, SystemClock(), say) as database,
        open_context(database, settings) as context,
    ):
        again = destroy_again(
            context,
            Tombstones(settings.data_dir),
            lambda: open_destroyer(database, settings, context.clock),
        )
        if again:
            say(f"therapist-os: {again} keys were back and are destroyed again: a vault restored?")
        yield context


if __name__ == "__main__":
    sys.exit(run())
