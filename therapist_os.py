"""The command line: one verb a function, errors in one sentence, exit codes documented."""

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, TypeAlias
from uuid import UUID

import msgspec
from tqdm import tqdm

from aggregates.refusal import Refused
from commands.context import Context
from commands.demo import DEMO_MEMBERS, DEMO_PRACTICE, is_demo_there, prepare_demo
from commands.opening import open_context
from ledger.clock import SystemClock
from ledger.errors import Busy, LedgerError, SettingsInvalid, Unavailable
from ledger.fsck.difference import Difference
from ledger.keys.tombstones import Tombstones
from ledger.opening import check_ledger, open_destroyer, sealing
from ledger.postgres.opening import open_database
from ledger.postgres.settings import Settings, read_settings
from ledger.seal_log.sealer import confirm_past, seal_once
from projections.read_models import READ_MODELS
from projections.rebuild import rebuild
from retention.after_restore import destroy_again
from web import last_resort
from web.development_sign_in import DevelopmentSignIn
from web.serving import serve
from web.settings import WebSettings, read_web_settings
from web.terminal.bundle import add_bundle_arguments, in_words, wanted_bundle, write_bundle
from web.terminal.drift import add_drift_arguments, confirm_catalogue, tell_drift
from web.terminal.fsck import told
from web.terminal.hours import add_hours_arguments, tell_hours, wanted_hours
from web.terminal.replay import add_replay_arguments, tell, wanted_replay
from web.terminal.witness import add_arguments, run_witness

DONE, FOUND, WRONG, NOT_NOW = 0, 1, 2, 3
EXIT_CODES: Final = {
    DONE: "done",
    FOUND: "fsck or drift found a difference, or stored data was altered",
    WRONG: "wrong usage or settings",
    NOT_NOW: "busy or not reachable; try again",
}
_US: Final = 1_000_000
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
        _say(f"therapist-os: difference: {difference}")
        return FOUND
    except BrokenPipeError:
        # Whoever read our output has enough; the interpreter must not try to flush what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (LedgerError, Refused) as error:
        _say(f"therapist-os: {error}")
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
    verb = add("drift", run_drift, "compare the database's rights and guards with its own")
    add_drift_arguments(verb)
    verb = add("replay", run_replay, "tell a practice's history, without client identity")
    add_replay_arguments(verb, _practice)
    verb = add("hours", run_hours, "tell how far a person's hours are by the Board's rules")
    add_hours_arguments(verb, _practice)
    verb = add("bundle", run_bundle, "write what an auditor verifies without us")
    add_bundle_arguments(verb, _practice)
    add_arguments(add("witness", run_a_witness, "cosign checkpoints of logs that only grow"))
    add("demo", run_demo, "prepare a demo practice with a year of invented data")
    verb = add("rebuild", run_rebuild, "replay the log into a fresh read model and swap it in")
    names = [read_model.name for read_model in READ_MODELS]
    verb.add_argument("read_model", choices=[*names, "all"], help="which one")
    return top


def run_serve(asked: argparse.Namespace, settings: Settings) -> int:
    """Serve the pages, after preparing the demo practice if asked to."""
    web_settings = read_web_settings(os.environ)
    with _context(settings) as context:
        _confirm_past(context, settings)
        confirm_catalogue(context.ledger, settings, _say)
        if asked.demo and context.ledger.quarantined_for is None:
            _prepare(context, web_settings)
        serve(context, settings, web_settings, lambda links: _welcome(links, web_settings), _print)
    return DONE


def _confirm_past(context: Context, settings: Settings) -> None:
    """Begin read-only when the database is not the one that was signed."""
    try:
        confirm_past(sealing(context.ledger.database, settings, context.clock))
    except Unavailable:
        return  # another process seals, and looks itself
    except LedgerError as fault:
        context.ledger.quarantine(fault)
        _say(f"therapist-os: read-only: {fault}")


def run_drift(asked: argparse.Namespace, settings: Settings) -> int:
    """Say how the database differs from what its migrations made."""
    _refuse_no_ledger(settings)
    with open_database(settings, SystemClock(), _say) as database:
        return FOUND if tell_drift(database, settings, asked, _print) else DONE


def _refuse_no_ledger(settings: Settings) -> None:
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        raise SettingsInvalid("there is no ledger in DATA_DIR yet: start the service once")


def run_fsck(asked: argparse.Namespace, settings: Settings) -> int:
    """Check the whole ledger and say what was checked."""
    _refuse_no_ledger(settings)
    with (
        open_database(settings, SystemClock(), _say) as database,
        tqdm(unit=" events", desc="checking", disable=None) as bar,
    ):
        report = check_ledger(database, settings, bar.update)
    if asked.json:
        fields = {**msgspec.structs.asdict(report), "root": report.root.hex()}
        _print(msgspec.json.encode(fields).decode())
        return DONE
    _print(told(report))
    return DONE


def run_replay(asked: argparse.Namespace, settings: Settings) -> int:
    """Tell the history or state of a practice, as a person or a program would read it."""
    with _context(settings) as context:
        told = tell(context, settings, wanted_replay(asked), _print)
    if not told.events:
        _say("nothing is on record there at that time")
    return FOUND if told.faulty else DONE


def run_hours(asked: argparse.Namespace, settings: Settings) -> int:
    """Tell how far a person's hours are, as a person or a program would read it."""
    with _context(settings) as context:
        if not tell_hours(context, wanted_hours(asked), _print):
            _say("nothing is stated there: no licence to work towards")
    return DONE


def run_demo(_asked: argparse.Namespace, settings: Settings) -> int:
    """Prepare the demo practice; safe to run again."""
    with _context(settings) as context:
        _confirm_past(context, settings)
        _prepare(context, read_web_settings(os.environ))
        with suppress(Unavailable):  # the service is running, and seals it itself
            seal_once(sealing(context.ledger.database, settings, context.clock))
    return DONE


def run_rebuild(asked: argparse.Namespace, settings: Settings) -> int:
    """Rebuild one read model or all, while the service may go on."""
    with _context(settings) as context:
        for read_model in READ_MODELS:
            if asked.read_model not in (read_model.name, "all"):
                continue
            with _bar(read_model.name, "events") as progress:
                database, keys = context.ledger.database, context.ledger.keys
                rebuild(database, keys, read_model, progress=progress)
    return DONE


def run_bundle(asked: argparse.Namespace, settings: Settings) -> int:
    """Write the audit bundle of a practice."""
    with _context(settings) as context, _bar("writing the bundle", "events") as progress:
        explained = write_bundle(context, settings, wanted_bundle(asked), progress)
    _print(in_words(explained, asked.place))
    return DONE


def run_a_witness(asked: argparse.Namespace, _settings: Settings) -> int:
    """Run a witness; it has a folder of its own and needs nothing of the service."""
    run_witness(asked, _print)
    return DONE


@contextmanager
def _context(settings: Settings) -> Generator[Context]:
    with (
        open_database(settings, SystemClock(), _say) as database,
        open_context(database, settings) as context,
    ):
        again = destroy_again(
            context,
            Tombstones(settings.data_dir),
            lambda: open_destroyer(database, settings, context.clock),
        )
        if again:
            _say(f"therapist-os: {again} keys were back and are destroyed again: a vault restored?")
        yield context


def _prepare(context: Context, web_settings: WebSettings) -> None:
    if is_demo_there(context):
        return
    now = dt.datetime.fromtimestamp(context.clock.now_us() / _US, web_settings.time_zone)
    with _bar("preparing the demo practice", "sessions") as progress:
        prepare_demo(context, now.date(), progress)


@contextmanager
def _bar(what: str, unit: str) -> Generator[Callable[[int, int], None]]:
    with tqdm(desc=what, unit=f" {unit}", disable=None) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress


def _welcome(links: DevelopmentSignIn | None, web_settings: WebSettings) -> None:
    _print(f"\nTherapist OS is at {web_settings.public_origin}")
    if links is not None:
        _print("\nSign in (each link works once, for ten minutes):")
        for who, actor in DEMO_MEMBERS.items():
            _print(f"  {who:<26} {links.link(actor)}")
        _print(
            "\nThe browser will warn of the development certificate; go on, it is this machine's."
        )
    _print("Stop with Ctrl-C.\n")


def _practice(text: str) -> UUID:
    return DEMO_PRACTICE if text == "demo" else UUID(text)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(run())
