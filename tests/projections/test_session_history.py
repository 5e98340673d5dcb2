"""The history of a session tells each version and what changed, to its therapist only."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from aggregates.private import Private
from aggregates.session_entry import Modality, Participants
from projections.session_history import SessionHistory, differences, history
from tests.projections.world import World, entry, name

ANA, BEN = name("ana"), name("ben")


def _history(world: World) -> SessionHistory:
    found = history(world, name("practice", "one"), ANA, name("a"))
    assert found is not None
    return found


@pytest.mark.postgres
def test_it_tells_each_version_and_what_changed(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA, entry(minute=540))
    world.correct(practice, "a", ANA, entry(minute=600, minutes=45))
    world.delete(practice, "a", ANA)
    found = _history(world)
    assert [change.kind for change in found.changes] == ["logged", "corrected", "deleted"]
    assert [(d.field, d.before, d.after) for d in found.changes[1].differences] == [
        ("start", "9:00 am", "10:00 am"),
        ("minutes", "50 min", "45 min"),
    ]
    assert found.changes[2].reason == "it was entered twice (the pangolin was double booked)"
    assert found.deleted
    assert found.version == 3
    assert found.entry == entry(minute=600, minutes=45)


@pytest.mark.postgres
def test_somebody_elses_session_is_none_and_so_is_an_unknown_one(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    assert history(world, practice, BEN, name("a")) is None
    assert history(world, practice, ANA, name("b")) is None
    assert history(world, name("practice", "two"), ANA, name("a")) is None


@pytest.mark.postgres
def test_a_stream_that_is_no_session_is_none(world: World) -> None:
    practice = world.open_practice()
    assert history(world, practice, name("one", "owner"), name("one")) is None


@pytest.mark.postgres
def test_a_shredded_session_keeps_its_steps_and_nothing_of_what_they_said(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.correct(practice, "a", ANA, entry(minutes=45))
    world.shred(practice, "a")
    found = _history(world)
    assert found.shredded
    assert found.entry is None
    assert [change.kind for change in found.changes] == ["logged", "corrected"]
    assert all(change.differences == () for change in found.changes)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("date", {"date": entry(day=2).date}),
        ("start", {"start_minute": 5}),
        ("minutes", {"minutes": 5}),
        ("setting", {"setting": Private("Other")}),
        ("client", {"alias": Private("K.E.")}),
        ("modality", {"modality": Modality.PHONE}),
        ("participants", {"participants": Participants.GROUP}),
    ],
)
def test_every_field_can_differ(field: str, change: dict[str, Any]) -> None:
    before = entry(day=1)
    (difference,) = differences(before, msgspec.structs.replace(before, **change))
    assert difference.field == field
    assert difference.before != difference.after


def test_no_repr_repeats_what_was_said() -> None:
    (difference,) = differences(entry(alias="J.D."), entry(alias="K.E."))
    assert "J.D." not in repr(replace(difference, field="client"))
