"""Lies about what was stamped and when: stamps of other bytes, unbound ones, other times."""

from typing import Final

import pytest

from ledger import checkpoint as checkpoints
from ledger import note as notes
from ledger.checkpoint import Checkpoint
from ledger.note import SigningKey
from tests.attacks.bundles import report, verdict
from tests.attacks.forge import START_US, Lie, events, forged, told
from tests.attacks.root_logs import LOG, SEED, Bundle, Epoch, filler, held, root_note, stamped
from tests.attacks.stamps import granted

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 60 * MINUTE_US
LATE_US: Final = 5 * MINUTE_US
EIGHT: Final = told(events())
FOLDER: Final = "timestamps/2"


def at(number: int) -> int:
    """The time of an epoch: they are an hour apart."""
    return START_US + (number + 1) * HOUR_US


def epochs() -> tuple[Epoch, ...]:
    """Four epochs after all eight events; two of them will have been stamped."""
    absent = Epoch(START_US, (filler(0),))
    holding = (filler(0), held(EIGHT.leaves, 8))
    return (absent, *(Epoch(at(number), holding) for number in (1, 2, 3)))


def bundle(time_us: int, *, carried: int = 2, shown: tuple[int, ...] | None = None) -> Bundle:
    """A bundle whose first two epochs were stamped at this time, as somebody says."""
    some, stamps = stamped(epochs(), 2, granted(time_us), carried=carried)
    return forged(EIGHT, Lie(epochs=some, stamps=stamps, shown=shown))


@pytest.mark.parametrize(
    ("time_us", "code"),
    [
        (at(1) + MINUTE_US, "valid"),
        (at(1) - LATE_US, "valid"),
        (at(1) - LATE_US - SECOND_US, "timestamp-time"),
        (START_US - 365 * 24 * HOUR_US, "timestamp-time"),
        (at(2) + LATE_US, "valid"),
        (at(2) + LATE_US + SECOND_US, "timestamp-time"),
        (at(3), "timestamp-time"),
    ],
)
def test_a_stamp_lies_between_the_epochs_around_it(time_us: int, code: str) -> None:
    """Not before the last that it is of, nor after the first that carries it, but by minutes."""
    assert verdict(bundle(time_us)) == code


def test_only_epochs_that_are_shown_bound_a_stamp() -> None:
    """Whoever carries it first in the bundle is the one that bounds it."""
    late = bundle(at(2) + HOUR_US // 2, carried=3)
    assert verdict(late) == "valid"
    assert report(late)["timestamps"] == ["2026-09-21 17:43:20"]
    assert verdict(bundle(at(1), shown=(0, 1, 3))) == "valid"


def test_a_stamp_that_no_epoch_carries_says_nothing() -> None:
    """Of a false past, stamped today; or shown beside epochs that carry another."""
    _, stamps = stamped(epochs(), 2, granted(at(1)))
    others, _ = stamped(epochs(), 2, granted(at(1) + SECOND_US))
    for some in (epochs(), others):
        assert verdict(forged(EIGHT, Lie(epochs=some, stamps=stamps))) == "timestamp-unbound"


def test_a_stamp_cannot_be_carried_by_what_it_is_of() -> None:
    """Nor by an epoch before: the stamp of a checkpoint is younger than the epochs in it."""
    token = granted(at(1))(root_note(epochs()[:2]).encode())
    some, stamps = stamped(epochs(), 2, lambda _note: token, carried=1)
    assert verdict(forged(EIGHT, Lie(epochs=some, stamps=stamps))) == "timestamp-unbound"


def test_a_stamp_is_of_the_bytes_beside_it() -> None:
    """Neither of another checkpoint of this log, nor under the number of another size."""
    honest = bundle(at(1))
    other = honest | {f"{FOLDER}/checkpoint": root_note(epochs()[:1]).encode()}
    assert verdict(other) == "timestamp-unbound"
    some, stamps = stamped(epochs(), 2, granted(at(1)))
    for size in ("1", "02"):
        renamed = {name.replace("/2/", f"/{size}/"): raw for name, raw in stamps.items()}
        assert verdict(forged(EIGHT, Lie(epochs=some, stamps=renamed))) == "timestamp-unbound"


def stamp_of(checkpoint: Checkpoint, seed: bytes = SEED) -> Bundle:
    """A bundle that carries a stamp of this checkpoint of two epochs."""
    note = notes.sign(checkpoint.encode(), SigningKey(checkpoint.origin, seed)).encode()
    some, stamps = stamped(epochs(), 2, lambda _note: granted(at(1))(note))
    stamps[f"{FOLDER}/checkpoint"] = note
    return forged(EIGHT, Lie(epochs=some, stamps=stamps))


def test_what_was_stamped_is_the_past_of_the_root_log() -> None:
    """Signed by the log, and a prefix: else one history was stamped, and another is shown."""
    past = checkpoints.decode(root_note(epochs()[:2]).text)
    assert verdict(stamp_of(past)) == "valid"
    assert verdict(stamp_of(Checkpoint(LOG, 2, bytes(32)))) == "timestamp-unbound"
    assert verdict(stamp_of(Checkpoint("other.example", 2, bytes(32)))) == "signature-invalid"
    assert verdict(stamp_of(Checkpoint(LOG, 2, bytes(32)), bytes(32))) == "signature-invalid"


def test_a_stamp_comes_with_all_three_files() -> None:
    """The certificates are there for openssl, and nothing vouches for them."""
    honest = bundle(at(1))
    for name in ("checkpoint", "chain.pem"):
        without = {path: raw for path, raw in honest.items() if path != f"{FOLDER}/{name}"}
        assert verdict(without) == "file-missing"
    alone = {path: raw for path, raw in honest.items() if not path.endswith("token.tsr")}
    assert verdict(alone) == "file-unexpected"
    assert verdict(honest | {f"{FOLDER}/chain.pem": b"anything"}) == "valid"
