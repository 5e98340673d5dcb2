"""The trail tells a person what happened to their records, and to nobody else's."""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from aggregates.access import RecordKind
from aggregates.practice import MemberJoined, Role
from aggregates.private import Private
from projections import plain_words
from projections.access_words import READER_ROLES
from projections.trail import TRAIL
from projections.trail_days import DayCount, Span, accesses, trail_days
from projections.trail_rows import Asked, Show, TrailRow, trail
from tests.projections.world import (
    ADDRESS_CANARY,
    FIRST_US,
    NAME_CANARY,
    SUNDAY,
    World,
    entry,
    name,
)

pytestmark = pytest.mark.postgres
ANA, BEN, CEM, OWNER = name("ana"), name("ben"), name("cem"), name("one", "owner")
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


def test_who_accepts_an_invitation_is_named_to_who_invited_them(world: World) -> None:
    """They are who acts then, and still nobody else reads the name; nor of a look of theirs."""
    practice = world.open_practice()
    joined = MemberJoined(
        person_id=BEN, role=Role.AUDITOR, name=Private(NAME_CANARY), invited_by=OWNER
    )
    world.tell(practice, practice, BEN, joined)
    assert _sentences(_trail(world, OWNER))[0] == f"{NAME_CANARY} joined the practice as an auditor"
    assert _sentences(_trail(world, BEN))[0] == "You joined the practice as an auditor"
    assert _sentences(_trail(world, ANA))[0] == "A member joined the practice as an auditor"
    world.look(practice, BEN, None)
    assert NAME_CANARY in _sentences(_trail(world, OWNER, Asked(Show.OTHERS)))[0]
    assert NAME_CANARY not in _sentences(_trail(world, ANA, Asked(Show.OTHERS)))[0]


def test_every_role_has_words_for_a_reader() -> None:
    assert set(READER_ROLES) == set(plain_words.ROLES) == set(Role)


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


def test_a_look_stands_with_whom_it_concerns(world: World) -> None:
    """At one person with that person, at the practice with everybody; from where, nowhere."""
    practice = world.open_practice()
    world.look(practice, BEN, ANA)
    world.look(practice, BEN, None)
    world.refuse(practice, BEN, ANA)
    world.refuse(practice, BEN, None)
    who = f"member {BEN.hex[-8:]})"
    ana = _sentences(_trail(world, asked=Asked(Show.OTHERS)))
    assert ana == [
        f"A therapist ({who} asked for your session and was refused",
        f"A compliance officer ({who} looked at the whole practice as it was",
        f"A compliance officer ({who} looked at your week of 20 Sep 2026",
    ]
    assert _sentences(_trail(world, CEM, Asked(Show.OTHERS))) == ana[1:2]
    assert _sentences(_trail(world, BEN, Asked(Show.OWN))) == [
        "You asked for a session and were refused",
        "You looked at the whole practice as it was",
    ]
    assert ADDRESS_CANARY not in repr(ana)


def test_each_part_shows_what_it_says(world: World) -> None:
    """All of it leaves one's own looks out, or they would drown the rest."""
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.look(practice, ANA, ANA, stream="ana looks")
    world.look(practice, BEN, ANA)
    told = {show: [row.position for row in _trail(world, asked=Asked(show))] for show in Show}
    assert told == {
        Show.ALL: [6, 4, 3, 2, 1, 0],
        Show.CHANGES: [4, 3, 2, 1, 0],
        Show.OTHERS: [6],
        Show.OWN: [5],
    }


def test_a_reader_is_named_to_who_took_them_in_and_to_nobody_else(world: World) -> None:
    practice = world.open_practice()
    joined = MemberJoined(
        person_id=BEN, role=Role.COMPLIANCE_OFFICER, name=Private(NAME_CANARY), invited_by=OWNER
    )
    world.tell(practice, practice, OWNER, joined)
    world.look(practice, BEN, None)
    assert _sentences(_trail(world, OWNER))[0] == (
        f"{NAME_CANARY}, a compliance officer, looked at the whole practice as it was"
    )
    assert NAME_CANARY not in _sentences(_trail(world, ANA))[0]


def test_a_shredded_look_is_the_readers_own_and_says_no_more(world: World) -> None:
    """Whom it concerned is not known any more, so it is told to nobody else."""
    practice = world.open_practice()
    world.look(practice, BEN, ANA)
    assert len(_trail(world, asked=Asked(Show.OTHERS))) == 1
    world.shred(practice, "looks")
    assert _trail(world, asked=Asked(Show.OTHERS)) == ()
    own = _sentences(_trail(world, BEN, Asked(Show.OWN)))
    assert own == ["You looked at records; what it said was deleted for good"]


def test_days_are_counted_where_the_reader_is(world: World) -> None:
    """Seven hours make it the day before; what lies outside the span is left out."""
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.look(practice, BEN, ANA)
    world.look(practice, ANA, ANA, stream="ana looks")
    _trail(world)
    for zone, day in ((dt.UTC, SUNDAY), (ZoneInfo("Pacific/Kiritimati"), SUNDAY)):
        here = dt.datetime.fromtimestamp(FIRST_US / 1_000_000, zone).date()
        span = Span(here, here + dt.timedelta(days=1), zone)
        assert trail_days(world, practice, ANA, span) == (DayCount(here, 5, 1, 1),)
        assert trail_days(world, practice, ANA, Span(day, here, zone)) == ()


def test_looks_in_a_practice_are_counted_by_day_reader_and_kind(world: World) -> None:
    """Others' records first; a shredded look is nobody's own and of no kind."""
    practice = world.open_practice()
    for whose in (None, None, ANA, BEN):
        world.look(practice, BEN, whose)
    world.refuse(practice, BEN, ANA)
    _trail(world)
    day = dt.datetime.fromtimestamp(FIRST_US / 1_000_000, dt.UTC).date()
    span = Span(day, day + dt.timedelta(days=1), dt.UTC)
    found = accesses(world, practice, span)
    assert [(each.kind, each.is_refused, each.is_own, each.count) for each in found] == [
        (RecordKind.SESSION, True, False, 1),
        (RecordKind.WEEK, False, False, 1),
        (RecordKind.REPLAY, False, False, 2),
        (RecordKind.WEEK, False, True, 1),
    ]
    assert {each.reader_id for each in found} == {BEN}
    world.shred(practice, "looks")
    _trail(world)
    gone = [each for each in accesses(world, practice, span) if each.kind is None]
    assert [(each.role, each.is_own, each.count) for each in gone] == [(None, False, 4)]


def test_a_row_does_not_print_what_it_says(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    assert "J.D." not in repr(_trail(world))
