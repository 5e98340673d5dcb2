"""Who asks somebody outside never ends unseen, and tells nothing that it has not written itself."""

from collections.abc import Callable, Iterator
from time import monotonic, sleep

import psycopg
import pytest

from ledger.asking import Asking, Whom, reason
from ledger.errors import ProofInvalid

PATIENCE_S = 10.0
NORTH = Whom("witness north", "cosign", 0.01, 0.04)


class Panic(BaseException):
    """As a library that is not written in Python may raise."""


class Outside:
    """Fails as told, one try after the other, then works."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.tried = 0

    def once(self) -> float:
        self.tried += 1
        if self.failures:
            raise self.failures.pop(0)
        return 0.01


Start = Callable[..., Asking]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start asking, until the test is over."""
    started: list[Asking] = []

    def asking(outside: Outside, say: Callable[[str], object]) -> Asking:
        started.append(Asking(NORTH, outside.once, say))
        started[-1].start()
        return started[-1]

    yield asking
    for each in started:
        each.stop()


def until(holds: Callable[[], object]) -> None:
    """Wait for something that another thread does."""
    end = monotonic() + PATIENCE_S
    while not holds():
        assert monotonic() < end
        sleep(0.005)


@pytest.mark.parametrize("failure", [ValueError("Jane Doe"), Panic("Jane Doe"), MemoryError()])
def test_what_nobody_expected_is_told_once_and_tried_again(
    start: Start, failure: BaseException
) -> None:
    """By its type and place, since its words may be somebody's."""
    outside, said = Outside(*[failure] * 4), list[str]()
    asking = start(outside, said.append)
    until(lambda: said)
    until(lambda: len(said) == 2)
    assert said[0].startswith(
        f"witness north does not cosign: an unexpected {type(failure).__name__}"
    )
    assert " at test_asking.py:" in said[0]
    assert "Jane" not in said[0]
    assert said[1] == "witness north cosigns again"
    assert not asking.is_failing
    assert outside.tried > 4


def test_it_fails_until_it_works(start: Start) -> None:
    """`is_failing` says so all the time, whatever is told."""
    outside, said = Outside(*[OSError()] * 1000), list[str]()
    asking = start(outside, said.append)
    until(lambda: outside.tried > 5)
    assert asking.is_failing
    assert len(said) == 1
    outside.failures.clear()
    until(lambda: not asking.is_failing)


def test_a_terminal_that_is_gone_ends_nothing(start: Start) -> None:
    """Whom it cannot tell, it does not tell."""

    def gone(_sentence: str) -> None:
        raise BrokenPipeError

    outside = Outside(OSError(), OSError())
    asking = start(outside, gone)
    until(lambda: outside.tried > 4)
    assert not asking.is_failing


def test_who_is_stopped_tells_nothing_more(start: Start) -> None:
    """The database ends with the service, which is no failure of a witness."""
    said = list[str]()

    def once() -> float:
        asking.stop()
        raise psycopg.OperationalError

    asking = Asking(NORTH, once, said.append)
    asking.start()
    sleep(0.1)
    assert (said, asking.is_failing) == ([], False)
    del start


def test_only_words_of_ours_are_told() -> None:
    """And what everybody's words may hold is left out."""
    assert reason(ProofInvalid("it refused")) == "it refused"
    assert reason(psycopg.DataError("Jane Doe")) == "the database does not answer"
    assert reason(KeyError("Jane Doe")) == "an unexpected KeyError"
