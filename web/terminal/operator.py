"""What whoever runs the service changes on the command line, each on record in their own log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.email_address import read_email
from aggregates.operator_log import NoteAct, OperatorAct
from aggregates.private import Private
from commands.context import Context
from commands.open_practice import found_practice
from commands.operator_log import note_act
from ledger.drift.signing import read_signed
from ledger.errors import Unavailable
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.epochs import EpochKeys
from ledger.keys.root import FileRootKey
from ledger.keys.rotation import Progress, Rotation
from ledger.postgres.connect import Role
from ledger.postgres.settings import SETTINGS, Settings
from ledger.seal_log.signer import verifier_key
from projections.definitions import stored
from projections.read_model import ReadModel, live
from web.identity.accounts import Accounts
from web.identity.mail import Letter, Mail, Mailer, MailFailed
from web.settings import WEB_SETTINGS, WebSettings

SET: Final = "set"
UNSET: Final = "unset"
CATALOGUE: Final = "signed catalogue"
_EPOCH_BYTES: Final = 8


def recorded_settings(settings: Settings, web_settings: WebSettings) -> dict[str, str]:
    """Return every setting by name: what it is where that is nobody's secret, else if it is set.

    With them the hash of the catalogue that is signed, which a migration changes, too.
    """
    plain = _plain(settings, web_settings)
    known = {
        doc.name: plain.get(doc.name, _is_set(settings, web_settings, doc.name))
        for doc in (*SETTINGS, *WEB_SETTINGS)
    }
    signed = read_signed(settings, verifier_key(settings.data_dir, settings.ledger_name))
    return {**known, CATALOGUE: signed.sha256.hex() if signed else UNSET}


def _plain(settings: Settings, web_settings: WebSettings) -> Mapping[str, str]:
    """Return the values that say how the service is reached and what it believes."""
    return {
        "ENVIRONMENT": settings.environment.value,
        "LEDGER_NAME": settings.ledger_name,
        "HTTPS_PORT": str(web_settings.https_port),
        "HTTP_PORT": str(web_settings.http_port),
        "PUBLIC_HOST": f"{web_settings.public_host}:{web_settings.public_port}",
        "BIND_ADDRESS": web_settings.bind_address,
        "TRUSTED_PROXIES": str(len(web_settings.trusted_proxies)),
        "TIME_ZONE": str(web_settings.time_zone),
        "DEVELOPMENT_PASSKEYS": str(int(web_settings.development_passkeys)),
    }


def _is_set(settings: Settings, web_settings: WebSettings, name: str) -> str:
    field = name.lower()
    value = getattr(settings, field, None) or getattr(web_settings, field, None)
    return SET if value else UNSET


def rotate_keys(
    context: Context, settings: Settings, destroyer: KeyDestroyer, progress: Progress
) -> Rotation:
    """Put all live keys under a new epoch key, and destroy the old ones.

    The intent is on record before, with both epochs; each destruction after it was done.
    """
    live = EpochKeys(settings.data_dir, FileRootKey.open(settings.data_dir)).live()
    if not live:
        raise Unavailable("there is no epoch key yet: nothing was sealed so far")
    before, after = (epoch.to_bytes(_EPOCH_BYTES, "big") for epoch in (max(live), max(live) + 1))
    note_act(context, NoteAct(act=OperatorAct.EPOCH_ROTATED, before=before, after=after))
    done = destroyer.rotate_epoch(progress)
    for epoch in done.epochs_destroyed:
        gone = epoch.to_bytes(_EPOCH_BYTES, "big")
        note_act(context, NoteAct(act=OperatorAct.EPOCH_DESTROYED, before=gone))
    context.ledger.keys.refresh()
    return done


def note_rebuild(context: Context, read_model: ReadModel) -> None:
    """Record that a read model is about to be made anew, by the hashes of its definitions."""
    with context.ledger.database.connect(Role.PROJECTOR) as connection:
        before = stored(connection, live(read_model)) or b""
    act = OperatorAct.READ_MODEL_REBUILT
    note_act(context, NoteAct(act=act, before=before, after=read_model.sha256))


@dataclass(frozen=True, slots=True)
class PracticeWish:
    """A practice to be opened, or with `again` one to which nobody has come yet."""

    name: Private
    email: Private
    again: UUID | None = None


@dataclass(frozen=True, slots=True)
class Letters:
    """What sends them, and the address of our pages in them."""

    mailer: Mailer
    origin: str


def ask_for_practice(again: UUID | None, read: Callable[[str], str]) -> PracticeWish:
    """Ask for the name and the address; neither is ever an argument, which others can list."""
    name = Private("" if again else read("Name of the practice"))
    return PracticeWish(name, Private(read("E-mail address of its first owner")), again)


def invite_owner(
    context: Context, accounts: Accounts, letters: Letters, wish: PracticeWish
) -> UUID:
    """Open a practice and write to its first owner; returns its id.

    The address stays in the gate, and the name is sealed. Raises `Refused` for either of them or
    when the practice has members, `Unavailable` when the letter was not taken.
    """
    email = read_email(wish.email.reveal())
    practice_id = wish.again or context.ids.new()
    owner_id = accounts.open(email, context.ids.new(), context.clock.now_us())
    found_practice(context, practice_id, wish.name, owner_id)
    try:
        link = Private(f"{letters.origin}/sign-in")
        letters.mailer.send(Mail(email, Letter.INVITATION, link))
    except MailFailed:
        raise Unavailable(
            f"practice {practice_id} is open, but the letter was not taken: run this again with"
            f" --again {practice_id}"
        ) from None
    return practice_id
