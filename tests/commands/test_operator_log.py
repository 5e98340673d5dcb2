"""What whoever runs the service changes and reads stands in a log, before and after."""

import argparse
import datetime as dt
from pathlib import Path
from uuid import uuid4

import pytest

from aggregates.access import OperatorRead, Purpose, RecordKind
from aggregates.operator_log import OperatorAct, OperatorActed, OperatorLogOpened, SettingsChanged
from aggregates.private import Private
from commands.context import Actor, Context
from commands.open_operator_log import OPERATOR_LOG_ID
from commands.operator_log import note_settings
from commands.record_access import access_stream, record_operator_read
from ledger.drift.signing import read_signed
from ledger.errors import Unavailable
from ledger.ids import NIL
from ledger.keys.destroyer import KeyDestroyer
from ledger.opening import check_ledger, open_destroyer
from ledger.postgres.settings import SETTINGS, Settings
from ledger.seal_log.signer import verifier_key
from projections.trail import TRAIL
from tests.fix_practice import no_progress
from web.settings import WEB_SETTINGS, WebSettings
from web.terminal import replay as replaying
from web.terminal.drift import accept_catalogue, tell_drift
from web.terminal.operator import CATALOGUE, note_rebuild, recorded_settings, rotate_keys
from web.terminal.replay import WantedReplay, tell

pytestmark = pytest.mark.postgres
SECRETS = ("postgresql://operator:hunter2@db.example/x", "re_secretkey", "/secret/place")


def told(context: Context) -> list[object]:
    """Return what is in the operator's log behind its beginning."""
    first, *rest = (each.fact for each in context.history(OPERATOR_LOG_ID, OPERATOR_LOG_ID))
    assert isinstance(first, OperatorLogOpened)
    return list(rest)


def test_settings_are_on_record_with_what_they_were_and_only_when_they_changed(
    context: Context, settings: Settings
) -> None:
    web = WebSettings(data_dir=settings.data_dir)
    note_settings(context, recorded_settings(settings, web))
    note_settings(context, recorded_settings(settings, web))
    moved = WebSettings(data_dir=settings.data_dir, https_port=443)
    note_settings(context, recorded_settings(settings, moved))
    first, second = told(context)
    assert isinstance(first, SettingsChanged)
    assert isinstance(second, SettingsChanged)
    assert {each.before for each in first.changes} == {None}
    changes = [(each.name, each.before, each.after) for each in second.changes]
    assert changes == [("HTTPS_PORT", "8443", "443")]
    check_ledger(context.ledger.database, settings, no_progress)


def test_every_setting_is_on_record_and_no_secret_of_any(settings: Settings) -> None:
    """A secret is told as set or unset; the list is that of the registries, and closed."""
    address, key, place = SECRETS
    changed = Settings(
        data_dir=settings.data_dir,
        database_url=address,
        gate_database_url=address,
        timestamp_authority_url=address,
        witness_policy=Path(place),
    )
    web = WebSettings(
        data_dir=settings.data_dir, resend_api_key=Private(key), mail_from="ops@practice.example"
    )
    recorded = recorded_settings(changed, web)
    assert recorded.keys() == {CATALOGUE, *(doc.name for doc in (*SETTINGS, *WEB_SETTINGS))}
    everything = " ".join(recorded.values())
    assert not any(secret in everything for secret in (*SECRETS, "practice.example"))
    assert (recorded["GATE_DATABASE_URL"], recorded["OWNER_DATABASE_URL"]) == ("set", "unset")
    assert (recorded["RESEND_API_KEY"], recorded["MAIL_FROM"]) == ("set", "set")


def test_a_rotation_is_on_record_before_it_begins_and_each_destruction_after(
    context: Context, settings: Settings, owner: Actor
) -> None:
    """With both epochs; what was sealed opens afterwards."""
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        done = rotate_keys(context, settings, destroyer, lambda _done, _all: None)
    before, after = ((done.epoch - shift).to_bytes(8, "big") for shift in (1, 0))
    assert told(context) == [
        OperatorActed(act=OperatorAct.EPOCH_ROTATED, before=before, after=after),
        OperatorActed(act=OperatorAct.EPOCH_DESTROYED, before=before, after=b""),
    ]
    assert len(context.history(owner.practice_id, owner.practice_id)) == 3


def test_what_cannot_be_recorded_is_not_done(
    context: Context, settings: Settings, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a rotation nor a signature, and nothing is told of a practice."""

    def is_away(*_asked: object, **_named: object) -> int:
        raise Unavailable("no event is taken")

    done: list[object] = []

    def rotate(*_asked: object) -> None:
        done.append("rotated")

    monkeypatch.setattr(Context, "record", is_away)
    monkeypatch.setattr(Context, "record_next", is_away)
    monkeypatch.setattr(KeyDestroyer, "rotate_epoch", rotate)
    with (
        open_destroyer(context.ledger.database, settings, context.clock) as destroyer,
        pytest.raises(Unavailable),
    ):
        rotate_keys(context, settings, destroyer, lambda _done, _all: None)
    with pytest.raises(Unavailable):
        accept_catalogue(context, settings)
    with pytest.raises(Unavailable):
        tell(context, settings, WantedReplay(practice_id=owner.practice_id), done.append)
    assert done == []
    assert not (settings.data_dir / "signer" / "catalogue").exists()


def test_accepting_the_catalogue_is_on_record_with_both_hashes(
    context: Context, settings: Settings
) -> None:
    """And what was signed holds."""
    first = accept_catalogue(context, settings)
    stored = read_signed(settings, verifier_key(settings.data_dir, settings.ledger_name))
    assert stored is not None
    assert stored.sha256 == first.sha256
    second = accept_catalogue(context, settings)
    assert first.sha256 == second.sha256, "the same server says the same"
    assert told(context) == [
        OperatorActed(act=OperatorAct.CATALOGUE_ACCEPTED, before=b"", after=first.sha256),
        OperatorActed(act=OperatorAct.CATALOGUE_ACCEPTED, before=first.sha256, after=second.sha256),
    ]
    said: list[str] = []
    asked = argparse.Namespace(accept=True, json=False)
    assert tell_drift(context.ledger.database, settings, asked, said.append, second) == []
    assert any(line.startswith("accepted: ") for line in said)


def test_a_rebuild_is_on_record_with_the_definitions_before_and_after(context: Context) -> None:
    note_rebuild(context, TRAIL)
    expected = OperatorActed(act=OperatorAct.READ_MODEL_REBUILT, before=b"", after=TRAIL.sha256)
    assert told(context) == [expected]


def test_what_the_command_line_tells_is_on_record_before_the_first_line(
    context: Context, settings: Settings, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By nobody in particular: whoever holds the server is no member and has no role."""
    order: list[str] = []

    def record(*asked: object) -> None:
        order.append("record")
        record_operator_read(*asked)  # type: ignore[arg-type] -- handed on as it came

    monkeypatch.setattr(replaying, "record_operator_read", record)
    tell(
        context, settings, WantedReplay(practice_id=owner.practice_id), lambda _: order.append(".")
    )
    assert order == ["record", ".", ".", ".", "."]
    tell(context, settings, WantedReplay(practice_id=uuid4()), order.append)
    tell(context, settings, WantedReplay(practice_id=OPERATOR_LOG_ID), lambda _: None)
    today = dt.datetime.fromtimestamp(context.clock.now_us() / 1_000_000, dt.UTC).date()
    stream = access_stream(Actor(owner.practice_id, NIL), today)
    looks = [each.fact for each in context.history(owner.practice_id, stream)]
    assert looks == [OperatorRead(kind=RecordKind.REPLAY, purpose=Purpose.VERIFICATION)]
