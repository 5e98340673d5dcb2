"""`therapist-os bundle`: writes the audit bundle of a practice, and says what is in it."""

import argparse
import datetime as dt
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from aggregates.access import RecordKind
from commands.context import Context
from commands.record_access import record_operator_read
from ledger.bundle.export import Asked, Explained, export, newest_note, sealed_size
from ledger.bundle.exporting import Exporting
from ledger.bundle.files import ZIP_SUFFIX, new_files
from ledger.bundle.log_files import Days
from ledger.checkpoint import decode as decode_checkpoint
from ledger.errors import SettingsInvalid, Unavailable
from ledger.note import Note
from ledger.policy import Policy
from ledger.postgres.connect import Role
from ledger.postgres.settings import Settings
from ledger.seal_log.past import confirm_extended, read_past
from ledger.seal_log.signer import verifier_key
from ledger.witness.configured import asked_policy, bundle_policy
from ledger.witness.stored import newest_that_meets, with_cosignatures
from projections.disclosed import NOTHING, disclosed, shredded
from projections.disclosed_weeks import Asked as WeeksAsked
from projections.disclosed_weeks import SignedWeeks, signed_weeks
from web.terminal.bundle_page import page
from web.terminal.statement import statement
from web.terminal.week_lists import week_lists

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for on the command line: `size` is that of the root checkpoint, or newest."""

    practice_id: UUID
    place: Path
    first: dt.date | None = None
    last: dt.date | None = None
    is_disclosed: bool = False
    size: int | None = None

    def days(self) -> Days | None:
        """Return the days asked for, None for all. Raises `SettingsInvalid`."""
        if self.first is None and self.last is None:
            return None
        if self.first is None or self.last is None or self.first > self.last:
            raise SettingsInvalid("give both --from and --to, and --from first")
        return Days(self.first, self.last)


def add_bundle_arguments(verb: argparse.ArgumentParser, practice: Callable[[str], UUID]) -> None:
    """Add what the verb takes."""
    verb.add_argument("practice", type=practice, help="id of the practice, or demo")
    verb.add_argument("place", type=Path, metavar="DIR", help="a new folder, or NAME.zip")
    verb.add_argument("--from", dest="first", type=dt.date.fromisoformat, metavar="DATE")
    verb.add_argument("--to", dest="last", type=dt.date.fromisoformat, metavar="DATE")
    verb.add_argument("--disclose", choices=["weeks", "none"], default="none")
    verb.add_argument("--size", type=int, help="of the root checkpoint; by default the newest")


def wanted_bundle(asked: argparse.Namespace) -> Wanted:
    """Return what was asked for on the command line."""
    return Wanted(
        practice_id=asked.practice,
        place=asked.place,
        first=asked.first,
        last=asked.last,
        is_disclosed=asked.disclose == "weeks",
        size=asked.size,
    )


def write_bundle(
    context: Context, settings: Settings, wanted: Wanted, progress: Progress
) -> Explained:
    """Write the bundle, after it is on record that we do (I8).

    `progress` is told of events done, and of how many.

    Raises `SettingsInvalid`, `Unavailable` while nothing is sealed, `Tampered` as the sealer does.
    """
    days = wanted.days()
    record_operator_read(context, wanted.practice_id, RecordKind.EXPORT)
    policy = _policy(settings)
    past = read_past(settings.data_dir, policy.log)
    with (
        new_files(wanted.place) as files,
        context.ledger.database.connect(Role.CHECKER) as connection,
        connection.transaction(),
    ):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        confirm_extended(connection, past)
        note = _note(connection, wanted.size, policy)
        size = sealed_size(connection, wanted.practice_id, decode_checkpoint(note.text).size)
        opened = NOTHING
        if wanted.is_disclosed:
            opened = disclosed(context.ledger, wanted.practice_id, size)
        asked = Asked(
            practice_id=wanted.practice_id,
            note=note,
            policy=policy.encode(),
            disclosed=opened.keys,
            positions=opened.positions,
            days=days,
        )
        more = _adding_up(progress, size)
        exporting = Exporting(connection=connection, files=files, key=policy.log, progress=more)
        gone = shredded(context.ledger, wanted.practice_id, size)
        weeks = signed_weeks(
            context.ledger, WeeksAsked(wanted.practice_id, size, opened, gone, days)
        )
        return export(exporting, asked, lambda explained: _pages(explained, weeks, gone))


def _adding_up(progress: Progress, size: int) -> Callable[[int], None]:
    done = 0

    def more(events: int) -> None:
        nonlocal done
        done += events
        progress(done, size)

    return more


def _pages(explained: Explained, weeks: SignedWeeks, gone: AbstractSet[UUID]) -> dict[str, bytes]:
    listed = week_lists(weeks)
    return {
        "index.html": page(explained, listed),
        "statement.pdf": statement(explained, listed, gone),
    }


def _policy(settings: Settings) -> Policy:
    """Return the policy of our bundles; where no signer is, that of the settings will do."""
    asked = asked_policy(settings)
    is_elsewhere = verifier_key(settings.data_dir, settings.ledger_name) is None
    return asked if asked is not None and is_elsewhere else bundle_policy(settings)


def _note(connection: Connection[TupleRow], size: int | None, policy: Policy) -> Note:
    """Return the checkpoint of this size, or the newest that the policy holds to be believed."""
    if size is None:
        note = newest_that_meets(connection, policy)
        if note is None:
            raise Unavailable("no checkpoint has the quorum of WITNESS_POLICY yet: ask witnesses")
        return note
    note, cosigners = with_cosignatures(connection, size, newest_note(connection, size), policy)
    if not policy.is_met(cosigners):
        raise Unavailable("that checkpoint has not the quorum of WITNESS_POLICY: take a newer one")
    return note


def in_words(explained: Explained, place: Path) -> str:
    """Return what was written, in a few lines."""
    told = explained.told
    sealed_at = dt.datetime.fromtimestamp(explained.last.record.time_us / 1_000_000, dt.UTC)
    is_zip = place.suffix == ZIP_SUFFIX
    command = f"verify.py {place}" if is_zip else f"{place / 'verify.py'}"
    return (
        f"{told.events:,} events of {explained.practice.origin}\n"
        f"sealed by {sealed_at:%Y-%m-%d %H:%M:%S} UTC under the checkpoint of size"
        f" {explained.root.size:,}; epochs proven: {explained.epochs:,}\n"
        f"keys disclosed: {len(explained.disclosed):,}; bodies left out: {told.left_out:,}\n"
        f"verify it: python -I {command}"
    )
