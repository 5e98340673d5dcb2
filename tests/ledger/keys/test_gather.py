"""Threads that ask at the same time are answered together, each with its own answer."""

import threading
from collections.abc import Callable, Collection
from uuid import UUID

import pytest

from ledger.errors import Tampered, Unavailable
from ledger.keys import gather
from ledger.keys.gather import Gather
from ledger.keys.known import Destroyed, Known
from ledger.keys.vault import StreamOf
from tests.ledger.keys.kit import PRACTICE

WAIT_S = 30


def _stream(number: int) -> StreamOf:
    return (PRACTICE, UUID(int=number))


def _known(stream: StreamOf) -> Known:
    return Destroyed(stream[1], 1, bytes(32), 0)


class SlowVault:
    """Holds its first answer back until told; remembers each question."""

    def __init__(self) -> None:
        self.questions: list[list[StreamOf]] = []
        self.is_asked = threading.Event()
        self.may_answer = threading.Event()

    def ask(self, streams: Collection[StreamOf]) -> dict[StreamOf, Known]:
        """Answer for all streams; stream 13 is damaged."""
        self.questions.append(sorted(streams))
        self.is_asked.set()
        assert self.may_answer.wait(WAIT_S)
        if _stream(13) in streams:
            raise Tampered("a damaged key")
        return {stream: _known(stream) for stream in streams}


def _in_threads(vault: SlowVault, streams: list[StreamOf]) -> list[Known | BaseException]:
    """Ask for the first; when that is under way, for the rest; then let the vault answer."""
    together = Gather(vault.ask)
    answers: list[Known | BaseException] = [KeyError()] * len(streams)

    def ask(place: int) -> None:
        try:
            answers[place] = together.known(streams[place])
        except BaseException as error:  # noqa: BLE001 -- told to the test
            answers[place] = error

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(streams))]
    threads[0].start()
    assert vault.is_asked.wait(WAIT_S)
    for thread in threads[1:]:
        thread.start()
    _wait_until(lambda: together.waiting == len(set(streams[1:])))
    vault.may_answer.set()
    for thread in threads:
        thread.join(WAIT_S)
    return answers


def _wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(WAIT_S * 1_000):
        if is_so():
            return
        threading.Event().wait(0.001)
    raise AssertionError


def test_who_comes_while_a_question_is_under_way_is_asked_for_together() -> None:
    vault = SlowVault()
    streams = [_stream(number) for number in (1, 2, 3, 4, 2)]
    assert _in_threads(vault, streams) == [_known(stream) for stream in streams]
    assert vault.questions == [[_stream(1)], [_stream(2), _stream(3), _stream(4)]]


def test_an_error_reaches_only_whom_it_concerns() -> None:
    vault = SlowVault()
    streams = [_stream(number) for number in (1, 2, 13, 4)]
    answers = _in_threads(vault, streams)
    assert isinstance(answers.pop(2), Tampered)
    assert answers == [_known(_stream(number)) for number in (1, 2, 4)]


def test_a_question_is_never_answered_from_before_it_was_asked() -> None:
    """The same stream asked for while it is being asked for is asked for again."""
    vault = SlowVault()
    _in_threads(vault, [_stream(1), _stream(1)])
    assert vault.questions == [[_stream(1)], [_stream(1)]]


def test_a_bug_leaves_nobody_waiting() -> None:
    def fail(_streams: Collection[StreamOf]) -> dict[StreamOf, Known]:
        raise ZeroDivisionError

    together = Gather(fail)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            together.known(_stream(1))


def test_waiting_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "WAIT_S_MAX", 0.05)
    vault = SlowVault()
    together = Gather(vault.ask)
    first = threading.Thread(target=together.known, args=(_stream(1),))
    first.start()
    assert vault.is_asked.wait(WAIT_S)
    with pytest.raises(Unavailable):
        together.known(_stream(2))
    vault.may_answer.set()
    first.join(WAIT_S)
