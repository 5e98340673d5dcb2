"""A bundle of a real ledger shows who signed which week, and no session of it."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from aggregates.hours.week_row import ReturnReason
from aggregates.hours.week_statement import statement_challenge
from aggregates.person import Passkey, RegisterPasskey
from aggregates.private import Private
from commands.context import Context
from commands.correct_session import correct_session
from commands.handle import Handled
from commands.hours.activities import log_activity
from commands.hours.sign_week import Signing, return_week, sign_week, statement_of
from commands.hours.submit_week import Submission, submit_week
from commands.log_session import log_session
from commands.person import record_person
from commands.session import Shown
from ledger import leaf
from ledger.entries import decode as entries_of
from ledger.opening import sealing
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from tests.attacks.bundles import Files, of_folder, report
from tests.fix_hours import Supervised
from tests.passkeys import ORIGIN, es256
from web.terminal.bundle import Wanted, write_bundle

pytestmark = pytest.mark.postgres
CREDENTIAL = b"\x07" * 32
REFERENCE = bytes(range(16))


@pytest.fixture
def bundle(
    context: Context, settings: Settings, supervised: Supervised, tmp_path: Path
) -> Callable[[], Files]:
    """Seal what there is, and write what an auditor of the Board gets of it."""

    def written() -> Files:
        seal_once(sealing(context.ledger.database, settings, context.clock))
        place = tmp_path / uuid4().hex
        wanted = Wanted(practice_id=supervised.person.practice_id, place=place, is_disclosed=True)
        write_bundle(context, settings, wanted, lambda _done, _of: None)
        return of_folder(place)

    return written


@pytest.fixture
def entries(context: Context, supervised: Supervised) -> list[Handled]:
    """A session, an hour of supervision, and the supervisor's passkey on record."""
    passkey = Passkey(
        credential_id=CREDENTIAL,
        public_key=es256().cose,
        aaguid=UUID(int=0),
        may_be_synced=True,
        is_synced=True,
    )
    signer = supervised.supervisor
    command = RegisterPasskey(person_id=signer.person_id, passkey=passkey)
    record_person(context, signer, signer.person_id, command, uuid4())
    return [
        log_session(context, supervised.person, supervised.session(), uuid4()),
        log_activity(context, supervised.person, supervised.supervision(), uuid4()),
    ]


def submit(context: Context, supervised: Supervised, entries: list[Handled]) -> None:
    """Submit the row of these entries."""
    submission = Submission(supervised.key, [each.stream_id for each in entries], ("SUP-MIN",))
    submit_week(context, supervised.person, submission, uuid4())


def sign(context: Context, supervised: Supervised) -> None:
    """Sign the row as its supervisor, with their passkey."""
    at_us, signer = context.clock.now_us(), supervised.supervisor
    shown = statement_of(context, signer, supervised.row, at_us, REFERENCE)
    answer = es256().assertion(statement_challenge(shown.reveal()), CREDENTIAL)
    signing = Signing(
        stream_id=supervised.row,
        at_us=at_us,
        reference=REFERENCE,
        assertion=answer,
        ip_address=Private("192.0.2.7"),
    )
    sign_week(context, signer, signing, uuid4())


def test_a_signed_week_is_confirmed_without_us(
    context: Context,
    supervised: Supervised,
    entries: list[Handled],
    bundle: Callable[[], Files],
) -> None:
    """Also one that was returned before; the remark of it is the Board's to read."""
    submit(context, supervised, entries)
    reason = (ReturnReason.OTHER, Private("which Monday?"))
    return_week(context, supervised.supervisor, supervised.row, reason, uuid4())
    submit(context, supervised, entries)
    assert report(bundle())["weeks"] == []
    sign(context, supervised)
    (week,) = report(bundle())["weeks"]
    assert week["state"] == "signed"
    assert week["week"] == "2026-03-08 to 2026-03-14"
    assert (week["minutes"], week["origin"]) == (110, ORIGIN)
    assert week["is_on_record"]


def test_a_corrected_entry_voids_the_signature(
    context: Context,
    supervised: Supervised,
    entries: list[Handled],
    bundle: Callable[[], Files],
) -> None:
    """Until it is signed again; both signatures stay."""
    submit(context, supervised, entries)
    sign(context, supervised)
    changed = supervised.session(minutes="45")
    entries[0] = correct_session(
        context, supervised.person, Shown(entries[0].stream_id, 1), changed, uuid4()
    )
    assert [each["state"] for each in report(bundle())["weeks"]] == ["void"]
    submit(context, supervised, entries)
    sign(context, supervised)
    weeks = report(bundle())["weeks"]
    assert [(each["state"], each["minutes"]) for each in weeks] == [("void", 110), ("signed", 105)]


def test_what_is_disclosed_names_no_client(
    context: Context,
    supervised: Supervised,
    entries: list[Handled],
    bundle: Callable[[], Files],
) -> None:
    """Every event that the bundle's keys open, opened: no session, no activity, no sign-in."""
    submit(context, supervised, entries)
    sign(context, supervised)
    log_session(context, supervised.person, supervised.session(client="Q.Z."), uuid4())
    files = bundle()
    (name,) = (each for each in files if each.startswith("practice/tile/entries/"))
    leaves = [leaf.decode(raw).preamble for raw in entries_of(files[name])]
    proofs = (each.removeprefix("proofs/").removesuffix(".tlog-proof") for each in files)
    opened = [leaves[int(each)] for each in proofs if each.isdigit()]
    assert {each.type.decode() for each in opened} == {
        "practice-named.v1",
        "member-joined.v1",
        "baa-signed.v1",
        "enrolment-stated.v1",
        "setting-stated.v1",
        "supervision-stated.v1",
        "week-submitted.v1",
        "week-signed.v1",
        "week-amended.v1",
    }
    keys = {each.seal.key_id.hex() for each in opened if each.seal is not None}
    assert keys == {each[10:42] for each in files if each.startswith("disclosed/")}
    others = [each for each in leaves if each.seal is not None and each not in opened]
    assert {each.type for each in others} == {b"session-logged.v1", b"activity-logged.v1"}
    assert not keys & {each.seal.key_id.hex() for each in others if each.seal is not None}
