"""Two histories of one practice under one root log: each holds alone, and not beside the other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import pytest

from tests.attacks.bundles import verdict
from tests.attacks.forge import START_US, Event, Lie, Told, events, forged, told
from tests.attacks.root_logs import Bundle, Epoch, filler, held

Change = Callable[[bytes], bytes]
SECOND_US: Final = 1_000_000
PRACTICE: Final = "practice/checkpoint"
ROOT: Final = "root/checkpoint"


def histories() -> tuple[Told, Told]:
    """What really was, and the same with one body told otherwise; all of it in one moment."""
    some = [replace(event, time_us=START_US) for event in events()]
    other = [replace(some[0]), replace(some[1], body=b"rewritten"), *some[2:]]
    return told(some), told(other)


def epochs(*sizes: tuple[Told, int] | None) -> tuple[Epoch, ...]:
    """Epochs whose slot 1 holds so much of a log, or is not there; a second apart."""
    return tuple(
        Epoch(
            START_US + number * SECOND_US,
            (filler(0), held(size[0].leaves, size[1]), filler(2)) if size else (filler(0),),
        )
        for number, size in enumerate(sizes, 1)
    )


def view(log: Told, some: Sequence[Epoch], *shown: int) -> Bundle:
    """The bundle that one auditor is shown."""
    return forged(log, Lie(epochs=some, shown=shown))


def refuses_each_other(one: Bundle, other: Bundle, code: str) -> None:
    """Each is valid alone, and refused by whoever kept the other's checkpoint of the practice."""
    assert verdict(one) == verdict(other) == "valid"
    assert verdict(one, since=[other[PRACTICE]]) == code
    assert verdict(other, since=[one[PRACTICE]]) == code


def test_a_practice_in_two_slots_has_two_origins() -> None:
    """Witnesses cosign such a root log, and it is the same for both; the origin is not."""
    left, right = histories()
    slots = (filler(0), held(left.leaves, 8), held(right.leaves, 8, 2))
    both = [Epoch(START_US + SECOND_US, slots)]
    one = forged(left, Lie(epochs=both))
    other = forged(right, Lie(epochs=both, slot=2))
    assert one[ROOT] == other[ROOT]
    assert verdict(other, since=[one[ROOT]]) == "valid"
    refuses_each_other(one, other, "slot-wrong")


def test_a_history_that_comes_and_goes_is_a_fork() -> None:
    """One in epoch 0, the other in epoch 2, the one again in epoch 4: each auditor sees a past."""
    left, right = histories()
    flips = epochs((left, 8), None, (right, 8), None, (left, 8))
    other = view(right, flips[:3], 1, 2)
    again = view(left, flips, 0, 4)
    assert verdict(other, since=[again[ROOT]]) == "rollback"
    assert verdict(again, since=[other[ROOT], view(left, flips[:1], 0)[ROOT]]) == "valid"
    refuses_each_other(again, other, "fork")


def test_histories_that_part_between_epochs_are_a_fork() -> None:
    """Both grow out of the same first event, each in an epoch that the other is not shown."""
    left, right = histories()
    start = told([replace(events()[0], time_us=START_US)])
    parting = epochs((start, 1), (left, 8), (start, 1), (right, 8), (left, 8))
    one, other = view(left, parting, 0, 1, 4), view(right, parting[:4], 0, 2, 3)
    refuses_each_other(one, other, "fork")


@pytest.mark.parametrize("shown", [(1,), (1, 2), (0, 1)])
def test_a_history_cannot_take_the_place_of_another_unseen(shown: tuple[int, ...]) -> None:
    """In the next epoch of the same slot: what came before is the other one, shown or left out."""
    left, right = histories()
    flips = epochs((left, 8), (right, 8), (right, 8))[: shown[-1] + 1]
    code = "anchor-root-differs" if 0 in shown else "epoch-left-out"
    assert verdict(view(right, flips, *shown)) == code


def test_two_root_logs_cannot_both_extend_what_both_auditors_keep() -> None:
    """Each is valid alone; shown the other's checkpoint, neither is."""
    one = forged(told([*events(), Event(5, b"for one")]))
    other = forged(told([*events(), Event(5, b"for the other")]))
    assert verdict(one) == verdict(other) == "valid"
    for which in (ROOT, PRACTICE):
        assert verdict(one, since=[other[which]]) == "fork"
        assert verdict(other, since=[one[which]]) == "fork"


def test_a_history_that_was_shown_cannot_be_rewritten() -> None:
    """Whole and well signed as it stands, but auditors keep what they were shown."""
    some = events()
    some[1].body = b"rewritten"
    honest, other = forged(told(events())), told(some)
    shorter = forged(other, Lie(sealed_after=()))
    assert verdict(shorter) == "valid"
    assert verdict(shorter, since=[honest[ROOT]]) == "rollback"
    rewritten = forged(other)
    assert verdict(rewritten) == "valid"
    assert verdict(rewritten, since=[honest[ROOT]]) == "fork"
    assert verdict(rewritten, since=[honest[PRACTICE]]) == "fork"
    cut = forged(told(events()[:7]), Lie(sealed_after=(1, 2)))
    assert verdict(cut) == "valid"
    assert verdict(cut, since=[honest[PRACTICE]]) == "rollback"


def test_what_was_shown_before_is_extended() -> None:
    """An honest log takes its own earlier checkpoints, in any order and with other cosignatures."""
    early = forged(told(events()[:7]), Lie(sealed_after=(3,)))
    late = forged(told(events()))
    note = early[ROOT] + "— w.example AAAAAAAA\n".encode()
    assert verdict(late, since=[early[PRACTICE], note, late[ROOT]]) == "valid"


KEPT: Final[list[tuple[Change, str]]] = [
    (lambda note: note.replace(b"example", b"foreign"), "slot-wrong"),
    (lambda note: note.replace(b"\n\n", b"\n"), "slot-wrong"),
    (lambda note: b"\xff" + note, "checkpoint-malformed"),
    (lambda note: note.replace(b"\n3\n", b"\n03\n"), "checkpoint-malformed"),
    (lambda note: note.replace(b"\n3\n", b"\n2\n"), "signature-invalid"),
    (lambda note: note.rpartition(b"\n\n")[0] + b"\n\n", "checkpoint-malformed"),
]


@pytest.mark.parametrize(("change", "code"), KEPT)
def test_a_kept_checkpoint_is_one_of_this_log(change: Callable[[bytes], bytes], code: str) -> None:
    """And signed by it: another log's past, or no checkpoint at all, says nothing of this one."""
    bundle = forged(told(events()))
    assert verdict(bundle, since=[change(bundle[ROOT])]) == code
