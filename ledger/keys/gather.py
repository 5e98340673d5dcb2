"""Lets threads that ask for keys at the same time ask together: one question to the vault for all.

Each new stream needs a key that is on disk before its first event. Asked one by one, that is a
durable commit each; asked together, it is one for as many as came while the last was under way.
"""

from collections.abc import Callable, Collection, Mapping
from threading import Condition
from typing import Final

from ledger.errors import LedgerError, Unavailable
from ledger.keys.known import Known
from ledger.keys.vault import StreamOf

WAIT_S_MAX: Final = 60.0
_UNANSWERED: Final = "the vault of the keys did not answer in time; try again"


class _Question:
    """One stream asked for, perhaps by several threads; answered once."""

    __slots__ = ("answer",)

    def __init__(self) -> None:
        self.answer: Known | LedgerError | None = None


class Gather:
    """The first thread asks for all that are waiting; the others find their answer there."""

    def __init__(self, ask: Callable[[Collection[StreamOf]], Mapping[StreamOf, Known]]) -> None:
        self._ask = ask
        self._changed = Condition()  # guards the next two lines; told when a question is answered
        self._waiting: dict[StreamOf, _Question] = {}
        self._is_asking = False

    @property
    def waiting(self) -> int:
        """Return how many streams the next question will be about."""
        return len(self._waiting)

    def known(self, stream: StreamOf) -> Known:
        """Return what the vault knows of a stream's key, as of this call or later.

        Raises what asking raises, `Unavailable` after WAIT_S_MAX.
        """
        asked: dict[StreamOf, _Question] = {}
        with self._changed:
            question = self._waiting.setdefault(stream, _Question())
            if not self._changed.wait_for(lambda: self._is_ripe(question), WAIT_S_MAX):
                raise Unavailable(_UNANSWERED)
            if question.answer is None:
                self._is_asking = True
                asked, self._waiting = self._waiting, asked
        if asked:
            self._answer_all(asked)
        if question.answer is None:
            raise Unavailable(_UNANSWERED)
        if isinstance(question.answer, LedgerError):
            raise question.answer
        return question.answer

    def _is_ripe(self, question: _Question) -> bool:
        return question.answer is not None or not self._is_asking

    def _answer_all(self, asked: Mapping[StreamOf, _Question]) -> None:
        try:
            answers = self._ask(list(asked))
        except LedgerError as error:
            if len(asked) > 1:
                # What is wrong with one stream's key is no matter of the others'.
                self._answer_each(asked)
            else:
                for question in asked.values():
                    question.answer = error
        else:
            for stream, question in asked.items():
                question.answer = answers[stream]
        finally:
            with self._changed:
                for question in asked.values():
                    question.answer = question.answer or Unavailable(_UNANSWERED)
                self._is_asking = False
                self._changed.notify_all()

    def _answer_each(self, asked: Mapping[StreamOf, _Question]) -> None:
        for stream, question in asked.items():
            try:
                question.answer = self._ask([stream])[stream]
            except LedgerError as error:
                question.answer = error
