"""An operator opens a practice; its first owner comes in by a letter, and nobody else is named."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest

import therapist_os
from aggregates.membership import MemberInvited, MemberJoined, Role
from aggregates.operator_log import OperatorAct, OperatorActed
from aggregates.practice import PracticeNamed, PracticeOpened
from aggregates.private import Private
from aggregates.refusal import Refused
from commands.open_operator_log import OPERATOR_LOG_ID
from ledger.errors import Unavailable
from ledger.ids import NIL
from projections.waiting import wait_for
from tests.leak_sweep import find
from tests.web.identity.desk import Desk
from web.identity.mail import Letter, Mail, MailFailed
from web.identity.wiring import open_accounts
from web.terminal.operator import Letters, PracticeWish, ask_for_practice, invite_owner

pytestmark = pytest.mark.postgres
PROJECT = Path(__file__).parents[3]
EMAIL = "ash.canaryfirst@elsewhere.example"
NAME = "Canary Hollow Counseling"
ORIGIN = "https://localhost:8443"


def open_it(desk: Desk, again: UUID | None = None, email: str = EMAIL) -> UUID:
    """Do what the verb does."""
    wish = PracticeWish(Private("" if again else NAME), Private(email), again)
    with open_accounts(desk.context, desk.settings) as accounts:
        practice_id = invite_owner(desk.context, accounts, Letters(desk.mail, ORIGIN), wish)
    with desk.context.ledger.read(practice_id) as connection:
        row = connection.execute("SELECT size FROM ledger.heads").fetchone()
    assert row is not None
    assert wait_for(desk.context.ledger, "memberships", practice_id, row[0] - 1, 20.0)
    return practice_id


def facts(desk: Desk, practice_id: UUID) -> list[object]:
    """Return what is on record of a practice."""
    return [each.fact for each in desk.context.history(practice_id, practice_id)]


def test_the_first_owner_gets_a_letter_a_one_time_link_a_passkey_and_the_practice(
    desk: Desk,
) -> None:
    """From end to end: and then invites others, as every owner does."""
    practice_id = open_it(desk)
    mail = desk.mail.sent[-1]
    assert (mail.letter, mail.address.reveal()) == (Letter.INVITATION, EMAIL)
    assert mail.link.reveal() == f"{ORIGIN}/sign-in"
    browser = desk.browser()
    desk.enrol(browser, EMAIL)
    assert NAME in browser.get("/practices").text
    form = {"practice_id": str(practice_id), "command_id": str(uuid4()), "name": "Ash First"}
    assert browser.post("/practices/accept", data=form).status_code == 303
    assert "Ash First" in browser.get("/members").text
    opened, named, invited, joined = facts(desk, practice_id)
    assert isinstance(opened, PracticeOpened)
    assert isinstance(named, PracticeNamed)
    assert isinstance(invited, MemberInvited)
    assert isinstance(joined, MemberJoined)
    assert (invited.role, invited.invited_by, joined.role) == (Role.OWNER, NIL, Role.OWNER)


def test_the_operators_log_has_the_practice_and_no_word(desk: Desk) -> None:
    practice_id = open_it(desk)
    (acted,) = facts(desk, OPERATOR_LOG_ID)[1:]
    act = OperatorAct.PRACTICE_OPENED
    assert acted == OperatorActed(act=act, before=b"", after=practice_id.bytes)


def test_whoever_did_not_come_is_invited_again_until_somebody_has(desk: Desk) -> None:
    """Another address, too: the first one may have been wrong."""
    practice_id = open_it(desk)
    assert open_it(desk, again=practice_id) == practice_id
    assert len(facts(desk, practice_id)) == 4
    with pytest.raises(Refused, match="practice-exists"):
        open_it(desk, again=desk.owner.practice_id)


def test_a_letter_that_is_not_taken_says_how_to_send_another(desk: Desk) -> None:
    class Away:
        def send(self, mail: Mail) -> None:
            del mail
            raise MailFailed

    wish = PracticeWish(Private(NAME), Private(EMAIL))
    with (
        open_accounts(desk.context, desk.settings) as accounts,
        pytest.raises(Unavailable, match=r"--again [0-9a-f-]{36}$"),
    ):
        invite_owner(desk.context, accounts, Letters(Away(), ORIGIN), wish)


@pytest.mark.parametrize(("name", "email"), [("", EMAIL), (NAME, "nobody"), (NAME, "")])
def test_what_is_typed_wrongly_opens_nothing_and_is_not_repeated(
    desk: Desk, name: str, email: str
) -> None:
    wish, letters = PracticeWish(Private(name), Private(email)), Letters(desk.mail, ORIGIN)
    with open_accounts(desk.context, desk.settings) as accounts, pytest.raises(Refused) as refused:
        invite_owner(desk.context, accounts, letters, wish)
    assert refused.value.code.value in {"practice-name-invalid", "email-invalid"}
    assert desk.mail.sent == []


def test_the_name_and_the_address_are_asked_for_and_are_no_arguments() -> None:
    """The list of processes and the shell's history never have them."""
    asked = therapist_os.parser().parse_args(["open-practice"])
    assert sorted(vars(asked)) == ["again", "verb"]
    answers = iter([NAME, EMAIL])
    wish = ask_for_practice(None, lambda _what: next(answers))
    assert (wish.name.reveal(), wish.email.reveal(), wish.again) == (NAME, EMAIL, None)
    assert repr(wish).count("<private>") == 2
    with pytest.raises(SystemExit):
        therapist_os.parser().parse_args(["open-practice", NAME])


def test_the_verb_reads_both_and_prints_neither(tmp_path: Path) -> None:
    """On a database of its own; what it prints names the practice by its id."""
    environment = {**os.environ, "DATA_DIR": str(tmp_path / "data")}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "therapist_os", "open-practice"],
        cwd=PROJECT,
        env=environment,
        input=f"{NAME}\n{EMAIL}\n",
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == therapist_os.DONE, done.stderr
    assert "is open; its first owner has a letter" in done.stdout
    assert find((done.stdout + done.stderr).encode(), [NAME]) == []
