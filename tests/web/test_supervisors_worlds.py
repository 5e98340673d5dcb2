"""Supervisors' pages do not depend on what is none of their business, to the byte (P15)."""

import datetime as dt
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch
from uuid import UUID, uuid4

import msgspec
import pytest
from starlette.testclient import TestClient

from aggregates.deletion import Deletion, DeletionReason
from aggregates.private import Private
from commands.delete_session import delete_session
from commands.session import Shown
from tests.fix_postgres import MakeDatabase
from tests.web.clinic import SUPERVISOR_EMAIL, WEEK, Clinic, open_clinic
from tests.web.identity.authenticator import Authenticator
from tests.web.identity.desk import open_desk

pytestmark = pytest.mark.postgres
MONDAY = WEEK + dt.timedelta(days=1)
WEEK_MINUTES = 240
PAGES_FROM = 1 << 60
# What differs must differ: it is the hash of which entries, at which versions, the row sums up, and
# the challenge is the hash of the statement that names it. Both are hashes over leaves that hold
# ciphertext, so that nothing can be guessed by comparing them.
ENTRIES = re.compile(r"(Entries, SHA-256: )[0-9a-f]{64}")
OPTIONS = re.compile(r'data-options="([^"]*)"')


@dataclass(frozen=True)
class Telling:
    """What of a week is none of a supervisor's business; its minutes are the same in each."""

    alias: str
    remark: str
    start: str
    sessions: int


TELLINGS = (
    Telling("J.D.", "", "09:00", 1),
    Telling("Z.Q.", "", "09:00", 1),
    Telling("J.D.", "the long remark of somebody who explains himself", "19:30", 1),
    Telling("C-001", "twice", "06:15", 6),
)


class SetIds:
    """Ids in order, from wherever a test sets them."""

    def __init__(self) -> None:
        self.next = 1

    def new(self) -> UUID:
        self.next += 1
        return UUID(int=self.next)


def tell(clinic: Clinic, telling: Telling) -> list[UUID]:
    """Hand in a week that waits and one that goes back, each with a session that was deleted."""
    rows: list[UUID] = []
    for monday in (MONDAY, MONDAY - dt.timedelta(days=7)):
        lost = clinic.log(monday, 30, telling.start, telling.alias)
        remark = Private(telling.remark) if telling.remark else None
        deletion = Deletion(reason=DeletionReason.ENTERED_TWICE, remark=remark)
        delete_session(clinic.context, clinic.person, Shown(lost), deletion, uuid4())
        clinic.entries.clear()
        for _ in range(telling.sessions):
            minutes = WEEK_MINUTES // telling.sessions
            clinic.log(monday, minutes, telling.start, telling.alias)
        rows.append(clinic.hand_in(monday - dt.timedelta(days=1), "SUP-MIN"))
    return rows


def enrol(clinic: Clinic, browser: TestClient) -> None:
    """Create the supervisor's passkey, the same in each world; it stands on the page that signs."""
    clinic.desk.by_link(browser, SUPERVISOR_EMAIL)
    made = Authenticator(credential_id=bytes(32))
    answer = made.create(clinic.desk.options(browser, "enrol"))
    assert browser.post("/passkeys/new", data={"answer": answer}).status_code == 200


def visit(clinic: Clinic, ids: SetIds, telling: Telling) -> list[bytes]:
    """Return what a supervisor sees of a world, page by page, also where they are refused."""
    browser = clinic.desk.browser()
    enrol(clinic, browser)
    first, second = tell(clinic, telling)
    ids.next = PAGES_FROM
    person = clinic.person.person_id
    back = {"command_id": str(UUID(int=1)), "reason": "other", "remark": "Please look again."}
    stale = {"at_us": "1", "reference": "00" * 16, "version": "1", "answer": "{}"}
    answers = [
        browser.get("/supervise"),
        browser.get(f"/supervise/{person}"),
        browser.get(f"/sign/{first}"),
        browser.get(f"/sign?row={first}&row={second}"),
        browser.post(f"/sign/{first}", data=stale),
        browser.post(f"/sign/{second}/return", data=back | {"reason": ""}),
        browser.post(f"/sign/{second}/return", data=back),
        browser.get("/supervise"),
        browser.get(f"/sign/{second}"),
        browser.post(f"/supervise/{person}/notice", data=back | {"supervision": str(person)}),
    ]
    assert [each.status_code for each in answers] == [200] * 4 + [409, 422, 303, 200, 200, 422]
    return [told(each.headers.items(), each.text) for each in answers]


def told(headers: Iterable[tuple[str, str]], text: str) -> bytes:
    """Return all bytes of an answer but the hashes that must differ."""
    text = OPTIONS.sub(lambda found: _without_challenge(found[1]), text)
    masked = ENTRIES.sub(r"\1masked", text)
    return f"{sorted(headers)}\n{masked}".encode()


def _without_challenge(options: str) -> str:
    asked = msgspec.json.decode(html.unescape(options))
    assert len(asked.pop("challenge")) == 43  # as long for one entry as for many
    return repr(asked)


def test_worlds_that_differ_in_what_is_not_theirs_look_the_same(
    make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Clients, remarks, start times, and how many sessions make up the same minutes.

    Ids, clock, nonces and the references of statements are the same in each world.
    """
    seen: list[list[bytes]] = []
    for place, telling in enumerate(TELLINGS):
        ids = SetIds()
        with (
            patch("web.headers.new_nonce", return_value="nonce"),
            patch("web.pages.supervising.sign_form.new_reference", return_value=bytes(16)),
            open_desk(make_database(), tmp_path / str(place), ids=ids) as desk,
        ):
            seen.append(visit(open_clinic(desk), ids, telling))
    pages = seen[0]
    assert b"Sam Canary" in pages[0]
    assert b"Entries, SHA-256: masked" in pages[2]
    for telling, others in zip(TELLINGS[1:], seen[1:], strict=True):
        for page, other in zip(pages, others, strict=True):
            assert page == other, telling
        assert not any(telling.alias.encode() in other for other in others)
