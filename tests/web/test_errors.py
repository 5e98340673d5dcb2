"""Whatever goes wrong, the page tells an id, the log tells the kind, and input is in neither."""

import logging
import re
from collections.abc import Iterator

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from aggregates.hours.refusals import HoursCode
from aggregates.refusal import RefusalCode, Refused
from aggregates.refusal_code import Code
from ledger.errors import LedgerError
from tests.web.conftest import Front
from tests.web.fake_practice import CountedIds
from tests.web.forms import WEEK, entry, log
from web.errors import ANSWERS, ErrorBoundary, answer_to

CANARY = "Zebulon Quark"
PLACES = ["log_session", "week", "history", "trail", "correct_session", "delete_session"]


def descendants(base: type[LedgerError]) -> Iterator[type[LedgerError]]:
    """Yield every kind of ledger error."""
    for child in base.__subclasses__():
        yield child
        yield from descendants(child)


@pytest.mark.parametrize("place", PLACES)
def test_an_unexpected_error_tells_nothing(
    front: Front, browser: TestClient, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither its message nor its arguments reach the page or the log, wherever it comes from."""
    stream = log(browser)
    front.practice.faults[place] = ValueError(CANARY, {"name": CANARY})
    caplog.set_level(logging.DEBUG)
    requests = {
        "log_session": lambda: browser.post(WEEK, data=entry(client=CANARY, start="10:00")),
        "week": lambda: browser.get(WEEK),
        "history": lambda: browser.get(f"/session/{stream}"),
        "trail": lambda: browser.get("/trail"),
        "correct_session": lambda: browser.post(
            f"/session/{stream}", data=entry(client=CANARY, version="1")
        ),
        "delete_session": lambda: browser.post(
            f"/session/{stream}/delete", data=entry(reason="other", remark=CANARY, version="1")
        ),
    }
    answer = requests[place]()
    assert answer.status_code == 500
    shown = re.search(r"<code>([0-9a-f-]{36})</code>", answer.text)
    assert shown is not None
    ours = [record for record in caplog.records if record.name == "therapist_os"]
    assert len(ours) == 1
    line = ours[0].getMessage()
    assert re.fullmatch(
        rf'{{"event":"request-failed","at_us":\d+,"error_id":"{shown[1]}",'
        r'"kind":"builtins\.ValueError","place":"fake_practice\.py:\d+"}',
        line,
    )
    assert ours[0].exc_info is None
    everything = answer.text + str(answer.headers) + caplog.text
    for word in CANARY.split():
        assert word not in everything


def test_an_error_after_the_answer_began_ends_quietly(caplog: pytest.LogCaptureFixture) -> None:
    """There is nobody left to tell but the log."""

    async def breaks(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("begun")(scope, receive, send)
        raise RuntimeError(CANARY)

    def page(*_: object) -> Response:
        return PlainTextResponse("an error")

    browser = TestClient(ErrorBoundary(breaks, page, CountedIds().new, lambda: 1))
    assert browser.get("/").text == "begun"
    assert "builtins.RuntimeError" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize("kind", list(descendants(LedgerError)))
def test_every_ledger_error_has_an_answer(kind: type[LedgerError]) -> None:
    """Known ones have their own, the others "internal"; an error's own sentence is not shown."""
    answer = answer_to(kind("a sentence for the log"))
    assert answer in ANSWERS.values()
    assert answer.status in {403, 409, 410, 500, 503}


@pytest.mark.parametrize("code", [*RefusalCode, *HoursCode])
def test_every_refusal_has_an_answer(code: Code) -> None:
    """Those without an answer of their own show their sentence with 422."""
    answer = answer_to(Refused(code))
    assert 400 <= answer.status < 500
    assert code.value in ANSWERS or (answer.status, answer.sentence) == (422, code.sentence)


def test_an_address_is_not_repeated(browser: TestClient) -> None:
    """A name in a mistyped address comes back nowhere."""
    answer = browser.get("/Zebulon-Quark?name=Zebulon")
    assert answer.status_code == 404
    assert "Zebulon" not in answer.text + str(answer.headers)


def test_a_wrong_method_names_the_right_ones(browser: TestClient) -> None:
    """RFC 9110 section 15.5.6."""
    answer = browser.get("/sign-out")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_unavailable_says_when_to_come_back(front: Front, browser: TestClient) -> None:
    """And an operator reads which part it is."""
    front.practice.broken = lambda: ("writer", "sealer")
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.text == "unavailable: writer, sealer\n"


def test_healthy_is_one_word(front: Front) -> None:
    """Nobody has to sign in for it."""
    assert front.browser().get("/healthz").text == "ok\n"


@pytest.mark.parametrize(
    ("broken", "status"),
    [((), 200), (("sealer",), 200), (("followers",), 503), (("writer", "sealer"), 503)],
)
def test_ready_means_that_pages_can_be_read(
    front: Front, broken: tuple[str, ...], status: int
) -> None:
    """Which takes that a look can be written down; which part is missing is for /healthz."""
    front.practice.broken = lambda: broken
    answer = front.browser().get("/readyz")
    assert (answer.status_code, answer.text) == (
        status,
        "ready\n" if status == 200 else "not ready\n",
    )
    assert ("retry-after" in answer.headers) == (status == 503)
