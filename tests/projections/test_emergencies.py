"""Emergency access and holds in the trail: under whom they concern, and a rebuild agrees (I7)."""

from uuid import UUID

import pytest

from aggregates.access import OperatorRead, Purpose, RecordKind
from aggregates.emergency import (
    ANSWER_US,
    EmergencyApproved,
    EmergencyAsked,
    EmergencyBegun,
    EmergencyReason,
    EmergencyTold,
    Stage,
)
from aggregates.holds import HoldPlaced, HoldReason
from aggregates.practice import Role
from aggregates.private import Private
from ledger.ids import NIL
from projections.emergencies import NEWS_US, news, requests
from projections.read_model import live
from projections.rebuild import rebuild
from projections.trail import TRAIL
from projections.trail_rows import Asked, trail
from tests.projections.world import FIRST_US, World, name, table_rows

pytestmark = pytest.mark.postgres
ANA, BEN, OWNER, OFFICER = name("ana"), name("ben"), name("one", "owner"), name("officer")
REQUEST, HOLDS = "request", "holds"
COLUMNS = "person_id, position, stream_id, type, actor_id, is_access, role, kind, purpose"


def ask(world: World, practice: UUID) -> int:
    """Let the officer ask for Ana's records, the owner approve, and Ana be told; then begin."""
    asked = EmergencyAsked(
        whose=ANA,
        asked_by=OFFICER,
        role=Role.COMPLIANCE_OFFICER,
        reason=EmergencyReason.CLIENT_AT_RISK,
        remark=Private("called at noon"),
        minutes=30,
        expires_at_us=FIRST_US + ANSWER_US,
    )
    stream = name(REQUEST)
    world.tell(practice, stream, OFFICER, asked)
    approved = EmergencyApproved(whose=ANA, approved_by=OWNER, role=Role.OWNER)
    world.tell(practice, stream, OWNER, approved)
    world.tell(practice, stream, NIL, EmergencyTold(whose=ANA, minutes=30))
    begun = EmergencyBegun(
        whose=ANA, begun_by=OFFICER, role=Role.COMPLIANCE_OFFICER, ends_at_us=FIRST_US
    )
    return world.tell(practice, stream, OFFICER, begun)


def hold(world: World, practice: UUID, whose: UUID | None, stream_id: UUID | None) -> int:
    """Let the officer keep a person's records, or one record."""
    fact = HoldPlaced(
        hold_id=name("hold", whose or stream_id),
        placed_by=OFFICER,
        whose=whose,
        stream_id=stream_id,
        reason=HoldReason.LITIGATION,
        remark=Private("docket 12"),
    )
    return world.tell(practice, name(HOLDS), OFFICER, fact)


def follow(world: World) -> UUID:
    """Catch up; returns the practice."""
    world.prepare(TRAIL)
    world.pull(TRAIL)
    return name("practice", "one")


def changes(world: World, person_id: UUID) -> list[str]:
    """Return what a person reads of others' steps, oldest first."""
    rows = trail(world, follow(world), person_id, Asked(limit=50))
    return [row.sentence for row in reversed(rows) if row.position > 3]


def test_the_person_reads_each_step_and_by_whom(world: World) -> None:
    """Nobody joined by name here: with one, they are named (tests/web/identity)."""
    ask(world, world.open_practice())
    officer = f"A compliance officer (member {OFFICER.hex[-8:]})"
    why = "a client may be in danger (called at noon)"
    assert changes(world, ANA) == [
        f"{officer} asked for emergency access to your records for 30 minutes: {why}",
        f"An owner (member {OWNER.hex[-8:]}) approved emergency access to your records",
        "You were told that your records may be read for up to 30 minutes",
        f"{officer} began emergency access to your records",
    ]


def test_who_acted_reads_their_own_steps_and_others_none(world: World) -> None:
    ask(world, world.open_practice())
    assert changes(world, OWNER) == ["You approved emergency access to a member's records"]
    assert len(changes(world, OFFICER)) == 2
    assert changes(world, BEN) == []


def test_a_hold_is_told_to_whose_records_it_keeps(world: World) -> None:
    """Of one record, to who began it; the remark is the officer's own."""
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    hold(world, practice, BEN, None)
    hold(world, practice, None, name("a"))
    on_record = "a legal hold on one record, which keeps what is due to go: a lawsuit"
    assert changes(world, ANA)[-1].endswith(f"placed {on_record}")
    (told,) = changes(world, BEN)
    assert on_record.replace("one record", "your records") in told
    assert changes(world, OFFICER)[-1] == f"You placed {on_record} (docket 12)"


def test_what_an_operator_read_is_told_to_everybody(world: World) -> None:
    practice = world.open_practice()
    fact = OperatorRead(kind=RecordKind.REPLAY, purpose=Purpose.VERIFICATION)
    world.tell(practice, name("looks"), NIL, fact)
    told = "Whoever runs the service took its history on the command line, without client identity"
    assert changes(world, ANA) == changes(world, BEN) == [told]


@pytest.mark.parametrize("gone", [REQUEST, HOLDS, "a"])
def test_a_rebuild_after_a_shredding_knows_as_much_as_the_live_table(
    world: World, gone: str
) -> None:
    """Whom it concerned is forgotten by both, what came after the order included."""
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    ask(world, practice)
    hold(world, practice, BEN, None)
    hold(world, practice, None, name("a"))
    follow(world)
    world.shred(practice, gone)
    follow(world)
    with world.project() as connection:
        before = sorted(map(repr, table_rows(connection, live(TRAIL), COLUMNS)))
        rebuild(world.database, world.keys, TRAIL)
        assert sorted(map(repr, table_rows(connection, live(TRAIL), COLUMNS))) == before


def test_requests_are_listed_from_their_own_streams_until_they_are_shredded(world: World) -> None:
    practice = world.open_practice()
    ask(world, practice)
    follow(world)
    (found,) = requests(world, practice)
    assert (found.stream_id, found.state.stage, len(found.steps)) == (name(REQUEST), Stage.BEGUN, 4)
    (told,) = news(world, practice, ANA, found.steps[2].recorded_at_us)
    assert told == found
    assert news(world, practice, BEN, FIRST_US) == ()
    assert news(world, practice, ANA, found.steps[2].recorded_at_us + NEWS_US) == ()
    world.shred(practice, REQUEST)
    follow(world)
    assert requests(world, practice) == news(world, practice, ANA, FIRST_US) == ()
