"""Lies of whoever holds the signing key: every signature and tree is right, the history is not."""

import struct
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from ledger import note as notes
from ledger.checkpoint import Checkpoint
from ledger.epoch import RECORD_MAGIC, SLOT_MAGIC, SlotLeaf
from ledger.note import SigningKey
from tests.attacks.bundles import verdict
from tests.attacks.forge import ORIGIN, START_US, Event, Lie, events, forged, grown, told
from tests.attacks.root_logs import LOG, SEED, Epoch, filler, held

HOUR_US = 3_600_000_000
TYPE_AT = 128  # in an event leaf, after its length
BENDS: list[Callable[[bytes], bytes]] = [lambda raw: raw + b"\0", lambda raw: raw[:-1]]


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
        (3, {"tag": b"session logged"}, "leaf-malformed"),
    ],
)
def test_an_event_that_does_not_follow_is_found(
    position: int, lie: dict[str, object], code: str
) -> None:
    """Duplicate, skipped and forked versions, another practice's event, types that are none."""
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


@pytest.mark.parametrize(
    ("leaf", "code"),
    [
        (SlotLeaf(0, f"{LOG}/p/0", 1, bytes(32), bytes(16)), "slot-wrong"),  # an empty log's
        (SlotLeaf(7, f"{LOG}/p/7", 1, bytes(32), bytes(16)), "slot-wrong"),  # two heads in an epoch
        (SlotLeaf(7, ORIGIN, 1, bytes(32), bytes(16)), "slot-wrong"),
        (SlotLeaf(1, "other.example/p/1", 8, bytes(32), bytes(16)), "slot-wrong"),
        (SlotLeaf(1, f"{LOG}/p/11", 8, bytes(32), bytes(16)), "slot-wrong"),
        (SlotLeaf(1, ORIGIN, 1, bytes(32), bytes(16)), "slot-shrinks"),
        (SlotLeaf(1, ORIGIN, 8, bytes(32), bytes(16)), "practice-root-differs"),
    ],
)
def test_a_slot_that_is_not_this_log_s_own_is_found(leaf: SlotLeaf, code: str) -> None:
    """Another's, a second one of the same log, a shorter one, one with another root."""
    assert verdict(forged(told(events()), Lie(slot_leaf=leaf))) == code


@pytest.mark.parametrize(
    ("tag", "mode", "code"),
    [
        (b"t" * 127, 0, "valid"),
        (b"!~", 0, "valid"),
        (b"", 0, "leaf-malformed"),
        (b"t" * 128, 0, "leaf-malformed"),
        (b"with space", 0, "leaf-malformed"),
        (b"\x7f", 0, "leaf-malformed"),
        (b"t", 2, "leaf-malformed"),
        (b"t", 1, "leaf-malformed"),
    ],
)
def test_a_type_is_printable_and_a_mode_is_one_of_two(tag: bytes, mode: int, code: str) -> None:
    """Also where no encoder of ours would write it."""
    log = told([*events(), Event(1, tag=b"t", is_clear=True)])
    raw = log.leaves[-1]
    log.leaves[-1] = raw[:TYPE_AT] + bytes([len(tag)]) + tag + bytes([mode]) + raw[TYPE_AT + 3 :]
    assert verdict(forged(log)) == code


def test_an_event_says_how_long_its_body_is() -> None:
    """With the right hash and another length it is read in two ways."""
    log = told(events())
    raw = log.leaves[7]
    (length,) = struct.unpack(">I", raw[-36:-32])
    log.leaves[7] = raw[:-36] + struct.pack(">I", length + 1) + raw[-32:]
    assert verdict(forged(log)) == "body-differs"


def test_a_format_of_a_later_version_is_not_guessed_at() -> None:
    """Of one event, or of all."""
    for positions in ([7], range(8)):
        log = told(events())
        for at in positions:
            log.leaves[at] = log.leaves[at].replace(b"therapist-os/e1\n", b"therapist-os/e2\n")
        assert verdict(forged(log)) == "leaf-malformed"


@pytest.mark.parametrize(
    "magics", [(b"therapist-os/r2\n", SLOT_MAGIC), (RECORD_MAGIC, b"therapist-os/s2\n")]
)
def test_an_epoch_of_a_later_version_is_not_guessed_at(magics: tuple[bytes, bytes]) -> None:
    """Its record and its slot leaf each say what they are."""
    assert verdict(forged(told(events()), Lie(magics=magics))) == "epochs-malformed"


@pytest.mark.parametrize(
    "size",
    [b"\0\0\0\0\0\0\0\0", b"\x80\0\0\0\0\0\0\0", b"\xff" * 8],
    ids=["no event", "one too many for any log", "negative"],
)
def test_a_slot_has_a_size_that_a_log_can_have(size: bytes) -> None:
    """An empty log has no slot, and none is longer than formats allow."""
    log = told(events())
    empty = Epoch(START_US, (filler(0), filler(1)), bend=lambda raw: raw[:-56] + size + raw[-48:])
    full = Epoch(START_US + HOUR_US, (filler(0), held(log.leaves, 8)))
    assert verdict(forged(log, Lie(epochs=[empty, full]))) == "epochs-malformed"


def test_a_slot_leaf_ends_where_its_format_does() -> None:
    """Else one leaf could be read in two ways."""
    log = told(events())
    for bend in BENDS:
        some = [replace(each, bend=bend) for each in grown(log)]
        assert verdict(forged(log, Lie(epochs=some))) == "epochs-malformed"


def test_a_slot_outside_its_slot_tree_is_found() -> None:
    """A tree of one leaf holds no slot 1, whatever that leaf says of itself."""
    log = told(events())
    alone = Epoch(START_US + HOUR_US, (held(log.leaves, 8),))
    bundle = forged(log, Lie(epochs=[alone], shown=()))
    assert verdict(bundle | {"epochs": alone.block(0, 0)}) == "slot-proof-invalid"


def test_a_slot_proof_has_as_many_hashes_as_it_needs() -> None:
    """One more, or one less, is none."""
    honest = forged(told(events()))
    (*lines, last, _, _) = honest["epochs"].split(b"\n")
    for some in ([*lines, last, last], lines):
        altered = b"\n".join([*some, b"", b""])
        assert verdict(honest | {"epochs": altered}) == "slot-proof-invalid"


def test_an_epoch_that_is_not_in_the_root_log_is_found() -> None:
    """Slot proofs of another root log, also one that is longer."""
    log = told(events())
    honest = forged(log)
    later = grown(log, Lie(epoch_times_us=(START_US, START_US, START_US)))
    other = b"".join(epoch.block(number, 1) for number, epoch in enumerate(later))
    assert verdict(honest | {"epochs": other}) == "epoch-not-in-root-log"
    many = forged(log, Lie(epochs=grown(log, Lie(sealed_after=(8,) * 255)), shown=(0, 255)))
    assert verdict(many) == "valid"
    for number in (256, 999):
        beyond = many | {"epochs": many["epochs"] + later[0].block(number, 1)}
        assert verdict(beyond) == "epoch-not-in-root-log"


def test_a_root_that_an_earlier_epoch_did_not_hold_is_found() -> None:
    """The events of now are not what an epoch before held."""
    log, other = told(events()), told([Event(9), *events()])
    epochs = [replace(each) for each in grown(log)]
    epochs[1] = replace(epochs[1], slots=(filler(0), held(other.leaves, 7), filler(2)))
    assert verdict(forged(log, Lie(epochs=epochs))) == "anchor-root-differs"


@pytest.mark.parametrize("name", ["other.example/p/1", f"{LOG}/q/1", f"{LOG}/p/01", f"{LOG}/p/x/1"])
def test_a_log_is_named_after_the_root_log_and_its_slot(name: str) -> None:
    """Though the slot and the checkpoint, well signed, both say the other name."""
    log = told(events())
    ours = replace(held(log.leaves, 8), origin=name)
    bundle = forged(log, Lie(epochs=[Epoch(START_US + HOUR_US, (filler(0), ours))]))
    text = Checkpoint(name, 8, ours.root).encode()
    note = notes.sign(text, SigningKey(name, SEED)).encode()
    assert verdict(bundle | {"practice/checkpoint": note}) == "slot-wrong"


def test_events_that_do_not_make_the_signed_root_are_found() -> None:
    """Other events whole, entries, tiles and bodies, under what was signed of these."""
    other = events()
    other[7].body = b"rewritten"
    honest, rewritten = forged(told(events())), forged(told(other))
    theirs = [name for name in honest if name.startswith(("practice/tile/", "bodies/"))]
    altered = honest | {name: rewritten[name] for name in theirs}
    assert verdict(altered) == "practice-root-differs"


def test_a_root_log_that_its_tiles_do_not_make_is_found() -> None:
    """Signed as it is, over other epochs."""
    log = told(events())
    honest, other = forged(log), forged(log, Lie(sealed_after=(3, 6)))
    tile = "root/tile/0/000.p/3"
    assert verdict(honest | {tile: other[tile]}) == "root-mismatch"
