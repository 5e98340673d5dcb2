"""Runs the service: commands and read models wired to the pages, served until a signal comes."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final, Protocol

from aggregates.private import Private
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.delete_session import delete_session
from commands.demo import demo_begun_at_us
from commands.demo_people import DEMO_ADDRESSES
from commands.handle import Handled
from commands.log_session import log_session
from commands.practice import standing_of
from commands.record_access import record_access
from ledger import reader
from ledger.audit_files import AuditFiles
from ledger.clock import Clock
from ledger.errors import Drifted
from ledger.ledger import Ledger
from ledger.opening import lending_sealer, sealing
from ledger.postgres.lending import Lend
from ledger.postgres.settings import Environment, Settings
from ledger.seal_log.sealer import Sealer
from ledger.seal_log.signer import verifier_key
from ledger.timestamps.authority import configured
from ledger.timestamps.stamper import Stamper
from ledger.witness.configured import asked_policy
from ledger.witness.cosigner import Cosigners
from projections.compliance_review import logs_hours
from projections.emergencies import people, requests
from projections.entry_history import stream_owner
from projections.holds import holds_on
from projections.look_back import LookBack, Moment, look_back
from projections.notices_table import NOTICES
from projections.read_models import Followers
from projections.session_history import history
from projections.setup_table import SETUP
from projections.supervised_table import SUPERVISED
from projections.therapist import week
from projections.therapist_table import THERAPIST
from projections.trail import TRAIL
from projections.trail_days import accesses, trail_days
from projections.trail_rows import trail
from projections.waiting import wait_for_all
from projections.weeks_table import WEEKS
from web import app
from web.development_sign_in import DevelopmentSignIn
from web.emergency_wiring import emergency_services
from web.hours import hours_commands, hours_records
from web.identity.identity import Identity
from web.identity.wiring import mailer_of, open_identity
from web.reviewing import review_records
from web.server import Server
from web.services import Records, Services
from web.settings import WebSettings
from web.supervising import supervised_records, supervising
from web.tls import tls_files

READ_YOUR_WRITES_S: Final = 2.0
# What people read their own writes in.
_READ: Final = tuple(each.name for each in (THERAPIST, TRAIL, SETUP, WEEKS, SUPERVISED, NOTICES))


def serve(
    context: Context,
    settings: Settings,
    web_settings: WebSettings,
    on_ready: Callable[[DevelopmentSignIn | None], None],
    say: Callable[[str], object],
) -> None:
    """Serve until SIGINT or SIGTERM, then stop everything in order; `say` prints on the terminal.

    Raises `SettingsInvalid` when a port or a certificate cannot be had.
    """
    ledger = context.ledger
    followers = Followers(ledger.database, ledger.keys)
    parts = sealing(ledger.database, settings, context.clock)
    sealer = Sealer(parts, on_fault=ledger.quarantine)
    sign_in = None
    if settings.environment is Environment.DEVELOPMENT:
        sign_in = DevelopmentSignIn(web_settings, context.clock, say)
    services = wire(context, settings, broken=lambda: broken_parts(ledger, followers, sealer))
    with open_identity(context, web_settings, mailer_of(web_settings, say)) as opened:
        if settings.environment is Environment.DEVELOPMENT:
            open_demo_accounts(opened.identity, context)
        pages = app.build(
            services,
            web_settings,
            clock=context.clock,
            ids=context.ids,
            sessions=opened.sessions,
            identity=opened.identity,
            development_sign_in=sign_in,
        )
        server = Server(pages, web_settings, tls_files(web_settings, context.clock))
        with (
            lending_sealer(ledger.database) as lend,
            _running([followers, sealer, *askers(settings, lend, context.clock, say)]),
        ):
            server.run(lambda: on_ready(sign_in))


def open_demo_accounts(identity: Identity, context: Context) -> None:
    """Give the people of a demo practice addresses, so that they can ask for links, too."""
    if demo_begun_at_us(context) is not None:
        for email, actor in DEMO_ADDRESSES.items():
            identity.accounts.open(Private(email), actor.person_id, context.clock.now_us())


class _Part(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


@contextmanager
def _running(parts: Sequence[_Part]) -> Generator[None]:
    for part in parts:
        part.start()
    try:
        yield
    finally:
        for part in parts:
            part.stop()


def askers(
    settings: Settings, lend: Lend, clock: Clock, say: Callable[[str], object]
) -> list[Cosigners | Stamper]:
    """Return what asks outside, which delays nothing and so breaks nothing when it fails.

    `lend` lends what stores the answers; `say` is told when a failure begins and when it is over.
    Raises `SettingsInvalid`.
    """
    authority = configured(settings.timestamp_authority_url, settings.timestamp_certificates)
    stampers = [] if authority is None else [Stamper(lend, authority, clock, say)]
    return [Cosigners(lend, asked_policy(settings), say), *stampers]


def broken_parts(ledger: Ledger, followers: Followers, sealer: Sealer) -> list[str]:
    """Return the names of what does not work: writer, followers, sealer, catalogue."""
    works = {
        "writer": ledger.is_writing,
        "followers": followers.are_following,
        "sealer": sealer.is_sealing,
        "catalogue": not isinstance(ledger.quarantined_for, Drifted),
    }
    return [part for part, is_working in works.items() if not is_working]


def wire(context: Context, settings: Settings, broken: Callable[[], Sequence[str]]) -> Services:
    """Return what the pages call, over this context."""
    ledger = context.ledger
    files = AuditFiles(ledger.read, lambda: verifier_key(settings.data_dir, settings.ledger_name))

    def wait(handled: Handled) -> bool:
        return wait_for_all(
            ledger, _READ, handled.practice_id, handled.position, READ_YOUR_WRITES_S
        )

    return Services(
        records=_records(context, settings, files),
        emergency=emergency_services(context),
        record_access=partial(record_access, context),
        standing=partial(standing_of, context),
        session_owner=lambda actor, stream: stream_owner(ledger, actor.practice_id, stream),
        slot=lambda actor: _slot(ledger, actor),
        supervising=supervising(context),
        logs_hours=lambda actor, person: logs_hours(ledger, actor.practice_id, person),
        log_session=partial(log_session, context),
        correct_session=partial(correct_session, context),
        delete_session=partial(delete_session, context),
        hours=hours_commands(context),
        was_handled=lambda actor, command: (
            ledger.find_command(actor.practice_id, command) is not None
        ),
        wait=wait,
        broken=broken,
        root_log_file=files.of_root_log,
    )


def _records(context: Context, settings: Settings, files: AuditFiles) -> Records:
    ledger = context.ledger

    def as_it_was(actor: Actor, moment: Moment) -> LookBack:
        signer = verifier_key(settings.data_dir, settings.ledger_name)
        return look_back(ledger, actor.practice_id, moment, signer)

    return Records(
        week=lambda actor, day: week(ledger, actor.practice_id, actor.person_id, day),
        history=lambda actor, stream: history(ledger, actor.practice_id, actor.person_id, stream),
        trail=lambda actor, asked: trail(ledger, actor.practice_id, actor.person_id, asked),
        trail_days=lambda actor, span: trail_days(ledger, actor.practice_id, actor.person_id, span),
        look_back=as_it_was,
        accesses=lambda actor, span: accesses(ledger, actor.practice_id, span),
        practice_log_file=lambda actor, slot, path: files.of_practice_log(
            slot, actor.practice_id, path
        ),
        hours=hours_records(context),
        supervised=supervised_records(context),
        reviews=review_records(context),
        requests=lambda actor: requests(ledger, actor.practice_id),
        people=lambda actor: people(ledger, actor.practice_id),
        holds=lambda actor: holds_on(ledger, actor.practice_id),
    )


def _slot(ledger: Ledger, actor: Actor) -> int | None:
    with ledger.read(actor.practice_id) as connection:
        return reader.slot(connection, actor.practice_id)
