"""Whatever a page changes, a program can change too, or a line here says why not."""

from web.access import ROWS
from web.api.table import OPERATIONS

OPERATION_OF = {
    "POST /week/{day}": "logSession",
    "POST /session/{stream_id}": "correctSession",
    "POST /session/{stream_id}/delete": "deleteSession",
    "POST /week/{day}/activity": "logActivity",
    "POST /activity/{stream_id}": "correctActivity",
    "POST /activity/{stream_id}/delete": "deleteActivity",
    "POST /weeks/{day}/submit": "submitWeek",
    "POST /weeks/{day}/take-back": "takeWeekBack",
    "POST /members/invite": "inviteMember",
    "POST /members/role": "changeRole",
    "POST /members/remove": "removeMember",
}
SIGNING_IN = "proves that a person is there; a program is let in by a token"
KEYS = "changes what lets a person in; a program that could would outlive its token"
STATED = (
    "stated once and rarely changed, and all hours are judged by it; programs read how it stands"
)
SUPERVISING = "said in writing by who read the week, beside what they would have signed"
EMERGENCY = "takes two persons, each with a fresh check of a passkey, and no purpose names it"
HOLDING = "takes a fresh check of a passkey, and keeps records of others; no purpose names it"
WHY_NOT = {
    "POST /week/{day}/copy": "several entries with one click; a program logs each",
    "POST /setup/enrolment": STATED,
    "POST /setup/settings/new": STATED,
    "POST /setup/settings/{stream_id}": STATED,
    "POST /setup/supervisions/new": STATED,
    "POST /setup/supervisions/{stream_id}": STATED,
    "POST /supervise/{person_id}/notice": SUPERVISING,
    "POST /sign/{stream_id}": "only a person signs, with their passkey over what they were shown",
    "POST /sign/{stream_id}/return": SUPERVISING,
    "POST /emergency/ask": EMERGENCY,
    "POST /emergency/approve": EMERGENCY,
    "POST /emergency/decline": EMERGENCY,
    "POST /emergency/begin": EMERGENCY,
    "POST /emergency/end": EMERGENCY,
    "POST /holds/place": HOLDING,
    "POST /holds/lift": HOLDING,
    "POST /sign-in": SIGNING_IN,
    "POST /sign-in/link": SIGNING_IN,
    "POST /sign-in/challenge": SIGNING_IN,
    "POST /sign-in/passkey": SIGNING_IN,
    "POST /sign-out": "ends a browser's session; a program has none",
    "POST /step-up": SIGNING_IN,
    "POST /step-up/challenge": SIGNING_IN,
    "POST /passkeys/challenge": KEYS,
    "POST /passkeys/new": KEYS,
    "POST /account/revoke-session": KEYS,
    "POST /account/revoke-others": KEYS,
    "POST /account/revoke-passkey": KEYS,
    "POST /account/recovery-codes": KEYS,
    "POST /account/stop-recovery": KEYS,
    "POST /account/tokens": KEYS,
    "POST /account/tokens/revoke": KEYS,
    "POST /practices": "chooses a browser's practice; a token is for one",
    "POST /practices/accept": "joins; whoever is no member yet has no token",
    "POST /recover": KEYS,
    "POST /recover/ask": KEYS,
    "POST /recover/use": KEYS,
    "POST /members/recovery": KEYS,
}


def test_every_page_that_changes_something_has_its_operation_or_a_reason() -> None:
    """Neither list names what is not there, and none of the pages is in both."""
    changing = {f"{row.method} {row.path}" for row in ROWS if row.method != "GET"}
    assert changing == OPERATION_OF.keys() | WHY_NOT.keys()
    assert not OPERATION_OF.keys() & WHY_NOT.keys()


def test_every_change_of_the_api_is_one_of_a_page() -> None:
    """A program can do nothing that a person cannot."""
    assert {each.name for each in OPERATIONS if each.is_change} == set(OPERATION_OF.values())


def test_a_program_is_held_to_the_roles_of_the_page() -> None:
    """And to the agreement."""
    pages = {f"{row.method} {row.path}": row for row in ROWS}
    named = {each.name: each.row for each in OPERATIONS}
    for page, name in OPERATION_OF.items():
        assert named[name].roles == pages[page].roles
        assert named[name].baa == pages[page].baa
