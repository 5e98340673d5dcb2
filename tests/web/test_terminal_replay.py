"""`therapist-os replay` tells events, states and proofs, to people and to programs."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import msgspec
import pytest

from aggregates.deletion import Deletion, DeletionReason
from aggregates.private import Private
from aggregates.shredding import ShredReason
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.delete_session import delete_session
from commands.log_session import log_session
from commands.session import Shown
from ledger.errors import SettingsInvalid
from ledger.opening import open_destroyer, sealing
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from retention.shred import shred
from tests.aggregates.examples import entry
from tests.fix_ledger import TestedLedger
from tests.ledger.seal_log.test_alterations import alter
from web.terminal.replay import Told, WantedReplay, tell

pytestmark = pytest.mark.postgres
Tell = Callable[..., tuple[Told, list[str]]]
NAMES = ("J.D.", "Zebulon", "Z.Q.", "Riverside", "Owner", "remark")
EVENTS = 11  # and one more with each look of the command line


@pytest.fixture
def told(context: Context, settings: Settings, therapist: Actor) -> Tell:
    """Tell of a practice with a corrected, a deleted and a shredded session, sealed but for one."""
    shown = [
        Shown(log_session(context, therapist, entry(client=client), uuid4()).stream_id)
        for client in ("Zebulon Quartermain", "J.D.", "J.D.")
    ]
    correct_session(context, therapist, shown[0], entry(minutes="45"), uuid4())
    gone = Deletion(reason=DeletionReason.OTHER, remark=Private("remark"))
    delete_session(context, therapist, shown[1], gone, uuid4())
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        reason = ShredReason.DELETION_REQUESTED
        shred(context, destroyer, therapist.practice_id, shown[2].stream_id, reason)
    seal_once(sealing(context.ledger.database, settings, context.clock))
    wanted = WantedReplay(practice_id=therapist.practice_id)

    def tell_of(**asked: object) -> tuple[Told, list[str]]:
        lines: list[str] = []
        return tell(context, settings, replace(wanted, **asked), lines.append), lines

    return tell_of


def test_each_event_is_a_line(told: Tell) -> None:
    count, lines = told()
    assert (count, len(lines)) == (Told(EVENTS + 1), EVENTS + 1)
    assert "Whoever runs the service took its history on the command line" in lines[-1]
    assert lines[6].endswith("[shredded]")
    assert not any(name in line for name in NAMES for line in lines)
    assert told(position=4)[1] == lines[:5]


def test_the_state_is_told_in_sections(told: Tell) -> None:
    _, lines = told(is_state=True)
    text = "\n".join(lines)
    for words in (
        "1 member\n",
        "1 signature\n",
        "1 session, 45 min",
        "[deleted]",
        "[corrected 1x]",
    ):
        assert words in text
    assert "nobody can read what it said" in text
    assert "its deletion was asked for" in text
    assert not any(name in text for name in NAMES)
    assert told(is_state=True, until_us=0)[1] == ["Nothing was on record yet."]


def test_the_state_in_json_is_that_of_the_position(told: Tell) -> None:
    _, lines = told(is_state=True, is_json=True, position=4)
    state = msgspec.json.decode(lines[0])
    assert (state["size"], len(lines)) == (5, 1)
    assert [len(week["sessions"]) for week in state["weeks"]] == [1]
    said = state["weeks"][0]["sessions"][0]["said"]
    assert set(said) == {"date", "start_minute", "minutes", "modality", "participants"}


def test_proofs_are_told_with_the_events(told: Tell, context: Context, therapist: Actor) -> None:
    log_session(context, therapist, entry(), uuid4())
    count, lines = told(with_proofs=True)
    assert count == Told(EVENTS + 2)
    assert all("\n    holds: sealed by epoch 0 at " in line for line in lines[:-2])
    assert all("holds: not yet sealed; body sealed" in line for line in lines[-2:])
    _, as_json = told(with_proofs=True, is_json=True)
    proofs = [msgspec.json.decode(line)["proof"] for line in as_json]
    assert [proof["epoch"] for proof in proofs] == [0] * EVENTS + [None] * 3
    assert [proof["body"] for proof in proofs].count("shredded") == 1


def test_an_event_that_does_not_hold_is_counted_and_named(
    told: Tell, context: Context, settings: Settings
) -> None:
    tested = TestedLedger(context.ledger.database, settings, context.ledger, None, None)  # pyright: ignore[reportArgumentType] -- only its database is asked for
    alter(tested, "slots", "UPDATE ledger.slots SET root = sha256(root)")
    count, lines = told(with_proofs=True)
    assert count == Told(EVENTS + 1, faulty=EVENTS)
    assert all("DOES NOT HOLD (anchor-root-differs)" in line for line in lines[:-1])


def test_a_key_that_went_silently_is_named(
    told: Tell, context: Context, settings: Settings, therapist: Actor
) -> None:
    gone = log_session(context, therapist, entry(), uuid4()).stream_id
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        destroyer.destroy(therapist.practice_id, gone)
    count, lines = told(with_proofs=True, is_json=True)
    assert count == Told(EVENTS + 2, faulty=1)
    assert msgspec.json.decode(lines[-2])["proof"]["faults"] == ["key-gone"]


@pytest.mark.parametrize("also", [{"with_proofs": True}, {"stream_id": uuid4()}])
def test_a_state_is_of_a_whole_practice(told: Tell, also: dict[str, object]) -> None:
    with pytest.raises(SettingsInvalid):
        told(is_state=True, **also)
