"""The trail tells a person what happened to their records, and to nobody else's."""

from uuid import UUID

import pytest

from aggregates.practice import MemberJoined, Role
from aggregates.private import Private
from projections.trail import TRAIL
from projections.trail_rows import Asked, TrailRow, trail
from tests.projections.world import NAME_CANARY, World, entry, name

pytestmark = pytest.mark.postgres
ANA, BEN, OWNER = name("ana"), name("ben"), name("one", "owner")
SESSION = "Mon 21 Sep 2026, 10:00 am, 50 min, J.D., in person, individual, Zebrafinch Hill Clinic"


def _trail(world: World, person_id: UUID = ANA, asked: Asked | None = None) -> tuple[TrailRow, ...]:
    world.prepare(TRAIL)
    world.pull(TRAIL)
    return trail(world, name("practice", "one"), person_id, asked or Asked(limit=50))


def _sentences(rows: tuple[TrailRow, ...]) -> list[str]:
    return [row.sentence for row in rows]


def test_it_tells_what_was_done_newest_first(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.correct(practice, "a", ANA, entry(minutes=45))
    world.delete(practice, "a", ANA)
    assert _sentences(_trail(world))[:3] == [
        "You deleted a session: it was entered twice (the pangolin was double booked)",
        f"You corrected a session; it now says {SESSION.replace('50', '45')}",
        f"You logged a session on {SESSION}",
    ]


def test_nobody_reads_what_happened_to_the_records_of_another(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.correct(practice, "a", ANA, entry(minutes=45))
    world.shred(practice, "a")
    assert {row.position for row in _trail(world, BEN)} == {0, 1, 2, 3}


def test_what_happened_to_the_practice_concerns_everybody(world: World) -> None:
    world.open_practice()
    told = _sentences(_trail(world, BEN))
    assert told[0] == "A colleague signed the Business Associate Agreement, version 1"
    assert told[-1] == "A colleague opened the practice"


def test_the_name_of_who_joins_is_for_who_took_them_in(world: World) -> None:
    practice = world.open_practice()
    joined = MemberJoined(
        person_id=BEN, role=Role.THERAPIST, name=Private(NAME_CANARY), invited_by=OWNER
    )
    world.tell(practice, name("one"), OWNER, joined)
    assert NAME_CANARY in _sentences(_trail(world, OWNER))[0]
    assert _sentences(_trail(world, BEN))[0] == "You joined the practice as a therapist"
    assert _sentences(_trail(world, ANA))[0] == (
        "A colleague took a member into the practice as a therapist"
    )


def test_a_shredded_record_is_told_of_to_its_person_without_its_content(world: World) -> None:
    """Whether the table saw the session first, or all of it in one page."""
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    _trail(world)
    world.shred(practice, "a")
    expected = [
        "A record was deleted for good: its key was destroyed, nobody can read it",
        "The service ordered a record to be deleted for good: its deletion was asked for",
        "You logged a session; what it said was deleted for good",
    ]
    assert _sentences(_trail(world))[:3] == expected


def test_it_is_read_in_parts_without_gap_or_repeat(world: World) -> None:
    practice = world.open_practice()
    for number in range(5):
        world.log(practice, number, ANA)
    whole = _trail(world)
    parts: list[TrailRow] = []
    before: int | None = None
    while part := _trail(world, asked=Asked(before=before, limit=2)):
        parts += part
        before = part[-1].position
    assert tuple(parts) == whole
    assert len(whole) == 9


def test_a_row_does_not_print_what_it_says(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    assert "J.D." not in repr(_trail(world))
