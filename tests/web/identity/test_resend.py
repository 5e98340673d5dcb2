"""Resend is told an address, fixed words and a link; what it answers goes nowhere."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest
import resend

from aggregates.private import Private
from web.identity.mail import Letter, Mail, MailFailed
from web.identity.outbox import ATTEMPTS_MAX, Outbox
from web.identity.resend_mail import ResendMailer

ADDRESS = "canary.person@practice.example"
LINK = "https://app.example.org/sign-in#canary-token"
KEY = "re_canary_key"


@dataclass
class Resend:
    """A server that speaks Resend's API on this machine."""

    url: str = ""
    status: int = 200
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(
        default_factory=list[tuple[str, dict[str, str], dict[str, Any]]]
    )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resend]:
    """Resend, as far as we use it."""
    state = Resend()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state.asked.append((self.path, dict(self.headers), msgspec.json.decode(body)))
            answer = b'{"id": "49a3999c", "message": "no such canary.person", "name": "x"}'
            self.send_response(state.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name there
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    monkeypatch.setattr(resend, "api_url", resend.api_url)
    state.url = f"http://127.0.0.1:{http.server_port}"
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


def mailer(server: Resend) -> ResendMailer:
    """Return the adapter, pointed at the server here."""
    return ResendMailer(Private(KEY), "sign-in@example.org", server.url)


@pytest.mark.parametrize("letter", list(Letter))
def test_nothing_but_the_address_and_the_link_is_sent(server: Resend, letter: Letter) -> None:
    """No picture, no tag, no tracking, no text that depends on anybody."""
    mailer(server).send(Mail(Private(ADDRESS), letter, Private(LINK)))
    ((path, headers, body),) = server.asked
    assert path == "/emails"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body == {
        "from": "sign-in@example.org",
        "to": ADDRESS,
        "subject": letter.subject,
        "text": letter.text(LINK),
    }
    assert "{" not in body["text"]
    assert body["text"].count(LINK) == body["text"].count("http") == 1


@pytest.mark.parametrize("status", [400, 401, 422, 429, 500])
def test_a_refusal_repeats_nothing(server: Resend, status: int) -> None:
    """Neither the address nor what the server said of it."""
    server.status = status
    with pytest.raises(MailFailed) as failed:
        mailer(server).send(Mail(Private(ADDRESS), Letter.SIGN_IN, Private(LINK)))
    assert "canary" not in str(failed.value) + repr(failed.value.__context__.__class__)
    assert failed.value.__cause__ is None


def test_the_outbox_tries_again_and_logs_no_address(
    server: Resend, caplog: pytest.LogCaptureFixture
) -> None:
    """Three times; what is given up is named by its kind."""
    server.status = 500
    outbox = Outbox(mailer(server), pause_s=0)
    outbox.start()
    outbox.put(Mail(Private(ADDRESS), Letter.SIGN_IN, Private(LINK)))
    outbox.put(None)
    outbox.flush()
    outbox.stop()
    assert len(server.asked) == ATTEMPTS_MAX
    assert [record.getMessage() for record in caplog.records if "mail" in record.name] == [
        "mail not sent: SIGN_IN"
    ]
    assert "canary" not in caplog.text
