"""Lies of whoever holds the signing key: every signature and tree is right, the history is not."""

from dataclasses import replace
from uuid import UUID

import pytest

from ledger.epoch import SlotLeaf
from tests.attacks.bundles import verdict
from tests.attacks.forge import (
    LOG,
    ORIGIN,
    START_US,
    Event,
    Lie,
    events,
    forged,
    shredding,
    told,
)

HOUR_US = 3_600_000_000


def test_an_honest_history_is_valid() -> None:
    """Every lie below is this one with one thing changed; keys may be disclosed."""
    assert verdict(forged(told(events()))) == "valid"
    assert verdict(forged(told(events()), Lie(disclosed=(2, 3)))) == "valid"


@pytest.mark.parametrize(
    ("position", "lie", "code"),
    [
        (3, {"version": 1}, "version-skipped"),  # a version told twice
        (3, {"version": 3}, "version-skipped"),  # and one left out
        (3, {"previous": bytes(32)}, "chain-broken"),
        (3, {"previous": bytes(31) + b"\1"}, "chain-broken"),
        (1, {"previous": bytes(31) + b"\1"}, "chain-broken"),  # before the first there is nothing
        (1, {"version": 2}, "version-skipped"),
        (3, {"practice": UUID(int=0xB).bytes}, "other-practice"),
        (3, {"time_us": START_US}, "time-falls"),
        (3, {"key": 3}, "key-changed"),
        (4, {"key": 3}, "key-shared"),
        (3, {"tag": b"session logged"}, "leaf-malformed"),
    ],
)
def test_an_event_that_does_not_follow_is_found(
    position: int, lie: dict[str, object], code: str
) -> None:
    """Duplicate, skipped and forked versions, another practice's event, a key of another stream."""
    some = events()
    some[position] = replace(some[position], **lie)
    assert verdict(forged(told(some))) == code


def test_events_in_another_order_are_found() -> None:
    """Two leaves that change places break their stream, or their times."""
    log = told(events())
    log.leaves[1], log.leaves[3] = log.leaves[3], log.leaves[1]
    log.bodies[1], log.bodies[3] = log.bodies[3], log.bodies[1]
    assert verdict(forged(log)) in {"version-skipped", "time-falls"}
    log = told([replace(event, time_us=START_US) for event in events()])
    log.leaves[1], log.leaves[3] = log.leaves[3], log.leaves[1]
    log.bodies[1], log.bodies[3] = log.bodies[3], log.bodies[1]
    assert verdict(forged(log)) == "version-skipped"


def test_an_event_left_out_is_found() -> None:
    """The next one of its stream misses it."""
    log = told(events())
    del log.leaves[1], log.bodies[1]
    assert verdict(forged(log)) == "version-skipped"


def test_an_event_dated_after_the_epoch_that_holds_it_is_found() -> None:
    """By any time at all; a later epoch would have held it."""
    some = events()
    for event in some[2:]:
        event.time_us = START_US + HOUR_US
    assert verdict(forged(told(some))) == "postdated"
    later = tuple(START_US + HOUR_US + n for n in range(3))
    assert verdict(forged(told(some), Lie(epoch_times_us=later))) == "valid"


def test_an_event_dated_before_an_epoch_that_lacked_it_is_found() -> None:
    """By more than the five minutes that a commit may take."""
    late = Lie(epoch_times_us=tuple(START_US + h * HOUR_US for h in (2, 3, 4)))
    assert verdict(forged(told(events()), late)) == "backdated"


def test_an_epoch_dated_before_the_last_is_found() -> None:
    """Epochs are in order of time."""
    hours = Lie(epoch_times_us=tuple(START_US + h * HOUR_US for h in (3, 2, 4)))
    assert verdict(forged(told(events()), hours)) == "epoch-time-falls"


@pytest.mark.parametrize(
    ("leaf", "code"),
    [
        (SlotLeaf(0, f"{LOG}/p/0", 1, bytes(32), bytes(16)), "slot-wrong"),  # an empty log's
        (SlotLeaf(7, f"{LOG}/p/7", 1, bytes(32), bytes(16)), "slot-wrong"),  # two heads in an epoch
        (SlotLeaf(7, ORIGIN, 1, bytes(32), bytes(16)), "slot-wrong"),
        (SlotLeaf(1, ORIGIN, 1, bytes(32), bytes(16)), "slot-shrinks"),
        (SlotLeaf(1, ORIGIN, 8, bytes(32), bytes(16)), "practice-root-differs"),
    ],
)
def test_a_slot_that_is_not_this_log_s_own_is_found(leaf: SlotLeaf, code: str) -> None:
    """Another's, a second one of the same log, a shorter one, one with another root."""
    assert verdict(forged(told(events()), Lie(slot_leaf=leaf))) == code


def test_a_history_that_an_earlier_epoch_did_not_hold_is_found() -> None:
    """Whole and well signed as it stands, but epochs of before say otherwise."""
    honest, other = forged(told(events())), events()
    other[1].body = b"rewritten"
    rewritten = forged(told(other), Lie(sealed_after=()))
    assert verdict(rewritten) == "valid"
    assert verdict(rewritten, since=[honest["root/checkpoint"]]) == "rollback"
    rewritten = forged(told(other))
    assert verdict(rewritten, since=[honest["root/checkpoint"]]) == "fork"
    assert verdict(rewritten, since=[honest["practice/checkpoint"]]) == "fork"


def test_two_views_cannot_both_extend_what_both_auditors_keep() -> None:
    """Each is valid alone; shown the other's checkpoint, neither is."""
    left, right = events(), events()
    left.append(Event(5, b"for one"))
    right.append(Event(5, b"for the other"))
    one, other = forged(told(left)), forged(told(right))
    assert verdict(one) == verdict(other) == "valid"
    assert verdict(one, since=[other["root/checkpoint"]]) == "fork"
    assert verdict(other, since=[one["root/checkpoint"]]) == "fork"


def test_a_destroyed_key_that_is_used_or_shown_again_is_found() -> None:
    """Whether from a cache, a backup, or made anew."""
    assert verdict(forged(told([*events(), Event(4)]))) == "key-returned"
    assert verdict(forged(told(events()), Lie(disclosed=(4,)))) == "key-returned"
    assert verdict(forged(told([*events(), Event(6, key=4)]))) == "key-returned"


def test_shredding_is_believed_from_its_event_alone() -> None:
    """Of a key that no event has, of another stream, or written otherwise it is none."""
    some = events()
    some[6] = shredding(4, 99)
    assert verdict(forged(told(some))) == "shredding-malformed"
    some[6] = shredding(3, 4)
    assert verdict(forged(told(some))) == "shredding-malformed"
    some[6] = shredding(4, 4, b"\x90")
    assert verdict(forged(told(some))) == "shredding-malformed"


def test_one_ciphertext_has_one_story() -> None:
    """Another key does not fit the commitment; nor does a body that was moved open."""
    bundle = forged(told(events()), Lie(disclosed=(2,)))
    name = f"disclosed/{UUID(int=2).hex}.key"
    assert verdict(bundle | {name: b"ab" * 32 + b"\n"}) == "key-wrong"
    log = told(events())
    log.bodies[1], log.bodies[3] = log.bodies[3], log.bodies[1]
    assert verdict(forged(log)) == "body-differs"


def test_a_format_of_a_later_version_is_not_guessed_at() -> None:
    """Of one event, or of all."""
    for positions in ([7], range(8)):
        log = told(events())
        for at in positions:
            log.leaves[at] = log.leaves[at].replace(b"therapist-os/e1\n", b"therapist-os/e2\n")
        assert verdict(forged(log)) == "leaf-malformed"


def test_a_signature_by_a_foreign_or_revoked_key_is_none() -> None:
    """The policy names the key; keeping the policy tells an exchanged one."""
    assert verdict(forged(told(events()), Lie(signer=bytes(32)))) == "signature-invalid"
    bundle = forged(told(events()))
    assert verdict(bundle, kept=bundle["policy"]) == "valid"
    assert verdict(bundle, kept=bundle["policy"] + b"\n") == "policy-differs"
