"""No bit of a bundle can be flipped: not of what is signed, stamped, cosigned, ranged or proven."""

import random
from collections.abc import Iterator
from typing import Final

import pytest

from tests.attacks.bundles import Files, verdict, vouched_for
from tests.attacks.forge import Event, Lie, events, forged, told
from tests.attacks.rich import rich
from tests.attacks.weeks import bundle as signed_week

FLIPS: Final = 600
FLIPS_DEEP: Final = 10_000
Flip = tuple[str, int, int]


@pytest.fixture(scope="module", params=["plain", "rich", "signed"])
def bundle(request: pytest.FixtureRequest) -> Files:
    """Honest bundles: one signed alone, one with everything, one with a signed week."""
    if request.param == "rich":
        return rich()
    if request.param == "signed":
        return signed_week()
    many = [*events(), *(Event(100 + number % 40) for number in range(300))]
    return forged(told(many), Lie(disclosed=(2,)))


def flips(bundle: Files, seed: int, count: int) -> Iterator[Flip]:
    """Name, offset and bit: half of them by file, half of them by length."""
    chance = random.Random(seed)
    names = vouched_for(bundle)
    lengths = [len(bundle[name]) for name in names]
    for number in range(count):
        name = chance.choices(names, lengths)[0] if number % 2 else chance.choice(names)
        yield name, chance.randrange(len(bundle[name])), chance.randrange(8)


def flipped(bundle: Files, flip: Flip) -> Files:
    """The bundle with one bit flipped."""
    name, at, bit = flip
    content = bytearray(bundle[name])
    content[at] ^= 1 << bit
    return bundle | {name: bytes(content)}


def test_no_bit_can_be_flipped(bundle: Files) -> None:
    """Seeded."""
    assert verdict(bundle) == "valid"
    for flip in flips(bundle, 20_261_124, FLIPS):
        assert verdict(flipped(bundle, flip)) != "valid", flip


@pytest.mark.slow
def test_no_bit_of_ten_thousand_can_be_flipped(bundle: Files) -> None:
    """The same, for long runs."""
    for flip in flips(bundle, 1, FLIPS_DEEP):
        assert verdict(flipped(bundle, flip)) != "valid", flip
