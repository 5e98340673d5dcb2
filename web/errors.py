"""One table from whatever went wrong to a status and a page that repeats nothing of the input."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, final
from urllib.parse import urlencode
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregates.refusal import Refused
from ledger.errors import LedgerError
from web.log import say_failed

RETRY_AFTER_S: Final = 2
_SEE_OTHER: Final = 303
_SERVER_ERROR: Final = 500
_UNAVAILABLE: Final = 503
_REFUSED: Final = 422


@final
class PageError(Exception):
    """Something the front itself refuses; `code` is a key of ANSWERS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with a title and a sentence that say what to do next, and a link to where."""

    status: int
    title: str
    sentence: str
    way: tuple[str, str] = ("/", "Go to my week")


_ELSEWHERE: Final = "It may have been moved, or it is not yours to see. Your week is still there."
_TRY_AGAIN: Final = "Please go back and send it again; what you send twice is kept once."
_OUR_FAULT: Final = "This is our mistake, not yours. Nothing you typed was written to a log."

ANSWERS: Final[Mapping[str, Answer]] = MappingProxyType(
    {
        # the front's own
        "bad-form": Answer(400, "That form did not arrive whole", _TRY_AGAIN),
        "bad-request": Answer(400, "That request was not understood", _TRY_AGAIN),
        "sign-in-needed": Answer(
            401,
            "You are signed out",
            "Nothing was saved. Please sign in and enter it again.",
            ("/sign-in", "Sign in"),
        ),
        "token-needed": Answer(
            401,
            "This needs a token",
            "Send a token that counts in the header Authorization, after the word Bearer."
            " Tokens are given, and taken back, on the page of your account.",
        ),
        "purpose-needed": Answer(
            403,
            "This token is for something else",
            "Nothing was done. Please give the program a token whose purpose names this.",
        ),
        "passkey-needed": Answer(
            403,
            "This needs your passkey",
            "A link by mail is only good for creating a passkey. Please sign in with your passkey.",
            ("/sign-in", "Sign in"),
        ),
        "practice-needed": Answer(
            403,
            "Which practice?",
            "Please choose the practice you want to work in first.",
            ("/practices", "Choose a practice"),
        ),
        "step-up-needed": Answer(
            403,
            "Please confirm that it is you",
            "Nothing was changed. Confirm with your passkey, then do it again within five minutes.",
            ("/step-up", "Confirm that it is you"),
        ),
        "passkey-refused": Answer(
            403,
            "That passkey check did not work",
            "Nothing was changed. Please go back and try again, with a passkey of this account.",
        ),
        "role-needed": Answer(
            403,
            "This is for another role",
            "Members of your role in the practice have no such page. Your own trail is yours.",
        ),
        "cross-site": Answer(
            403,
            "This request came from somewhere else",
            "Changes are only taken from our own pages. Please open the page and try there.",
        ),
        "too-slow": Answer(408, "That took too long to arrive", _TRY_AGAIN),
        "not-found": Answer(404, "There is nothing here", _ELSEWHERE),
        "method-not-allowed": Answer(405, "That cannot be done here", _ELSEWHERE),
        "too-large": Answer(
            413, "That is too much at once", "Please shorten what you entered and try again."
        ),
        "not-a-form": Answer(415, "That was not a form of ours", _TRY_AGAIN),
        "last-passkey": Answer(
            403,
            "This is your only passkey",
            "Without it you could not come back. Please add another one first, then revoke this.",
        ),
        "too-many": Answer(
            429,
            "That was too often",
            "This is limited to keep guessers out. Please wait a quarter of an hour and try again.",
        ),
        "too-many-weeks": Answer(
            400,
            "That is too much for one sitting",
            "Please choose at most twenty weeks at a time: each is shown in full and signed alone.",
            ("/supervise", "Go to the weeks to sign"),
        ),
        # the ledger's
        "conflict": Answer(
            409,
            "This changed while you were working on it",
            "Please open it again: you will see what is there now.",
        ),
        "event-refused": Answer(
            403, "The ledger did not take this", "Please ask your practice owner to look at it."
        ),
        "key-destroyed": Answer(
            410,
            "This record is gone",
            "It was destroyed for good, as its deadline asks. The proof that it existed remains.",
        ),
        "busy": Answer(503, "A lot is going on just now", _TRY_AGAIN),
        "quarantined": Answer(
            503,
            "The ledger is closed for writing",
            "What is stored does not match what was signed, so nothing is added until that is"
            " explained. No look at records could be written down either, so none are shown."
            " Please tell your practice owner.",
        ),
        "unavailable": Answer(503, "We cannot reach the ledger just now", _TRY_AGAIN),
        # refusals that are no matter of a form field; the others are 422 with their own sentence
        "baa-not-signed": Answer(
            403,
            "First, the agreement",
            "Your practice has not signed the Business Associate Agreement yet,"
            " so no client data can be entered. Please ask the practice owner to sign it.",
        ),
        "owner-only": Answer(403, "This is for the practice owner", "Please ask one of them."),
        "officer-only": Answer(
            403,
            "This is for compliance officers",
            "Looking back at the whole practice is theirs. Your own trail is yours.",
        ),
        "session-unknown": Answer(404, "There is nothing here", _ELSEWHERE),
        # Not "forbidden": whether a session of somebody else exists is nobody's business.
        "not-yours": Answer(404, "There is nothing here", _ELSEWHERE),
        "practice-unknown": Answer(404, "There is nothing here", _ELSEWHERE),
        "session-deleted": Answer(
            410,
            "This session was deleted",
            "It can no longer be changed. If it did take place, please log a new one.",
        ),
        "activity-unknown": Answer(404, "There is nothing here", _ELSEWHERE),
        "activity-deleted": Answer(
            410,
            "This activity was deleted",
            "It can no longer be changed. If it did take place, please log a new one.",
        ),
        # everything else
        "internal": Answer(_SERVER_ERROR, "Something went wrong on our side", _OUR_FAULT),
    }
)

_LED_TO: Final = {
    "sign-in-needed": "/sign-in",
    "passkey-needed": "/passkeys/new",
    "practice-needed": "/practices",
}
CODE_BY_STATUS: Final = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}

ErrorPage = Callable[[Request, Exception, Answer, str | None], Response]


def answer_to(error: Exception) -> Answer:
    """Return the answer to an error; what is not known is "internal" and tells nothing."""
    match error:
        case PageError(code=code):
            return ANSWERS[code]
        case HTTPException(status_code=status):
            return ANSWERS[CODE_BY_STATUS.get(status, "bad-request")]
        case LedgerError(code=code):
            return ANSWERS.get(code, ANSWERS["internal"])
        case Refused(code=code, sentence=sentence):
            return ANSWERS.get(code.value, Answer(_REFUSED, "That is not possible", sentence))
        case _:
            return ANSWERS["internal"]


class ErrorBoundary:
    """Turns every exception into a page; nothing passes, so nothing prints a traceback."""

    def __init__(
        self,
        app: ASGIApp,
        page: ErrorPage,
        new_id: Callable[[], UUID],
        now_us: Callable[[], int],
    ) -> None:
        self._app = app
        self._page = page
        self._new_id = new_id
        self._now_us = now_us

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:  # noqa: BLE001 -- the edge: whatever it is, it ends here
            response = self._response(Request(scope), error)
            if not started:
                await response(scope, receive, send)

    def _response(self, request: Request, error: Exception) -> Response:
        answer = answer_to(error)
        elsewhere = _elsewhere(request, error)
        if elsewhere is not None:
            return RedirectResponse(elsewhere, _SEE_OTHER)
        error_id = None
        if answer.status >= _SERVER_ERROR:
            made = self._new_id()
            error_id = str(made)
            say_failed(error, made, self._now_us())
        response = self._page(request, error, answer, error_id)
        if answer.status == _UNAVAILABLE:
            response.headers["retry-after"] = str(RETRY_AFTER_S)
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        return response


def _elsewhere(request: Request, error: Exception) -> str | None:
    """Return the page to be led to from a page that somebody may not see, or not yet."""
    if request.method not in {"GET", "HEAD"} or not isinstance(error, PageError):
        return None
    if error.code == "step-up-needed":
        return f"/step-up?{urlencode({'next': request.url.path})}"
    return _LED_TO.get(error.code)
