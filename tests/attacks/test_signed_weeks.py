"""A signed week is what the signer's passkey signed: every figure, name, time and entry of it."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import pytest
from msgspec import structs

from aggregates.hours.week_content import RowContent
from aggregates.hours.week_row import WeekSigned
from aggregates.hours.week_statement import week_statement
from tests.aggregates.hours_examples import ROW
from tests.attacks.bundles import report, verdict
from tests.attacks.forge import PRACTICE, START_US, Lie, events, told
from tests.attacks.others import others
from tests.attacks.weeks import (
    CREDENTIAL,
    REFERENCE,
    REVOKED,
    WeekLie,
    bundle,
    row_of,
    told_week,
)
from tests.passkeys import KINDS, SoftwareKey, eddsa, es256, rs256
from web.identity.challenges import Purpose, prefix_of

LINES: Final = week_statement(UUID(bytes=PRACTICE), ROW, START_US, REFERENCE).split("\n")[:-1]
NUMBERS: Final = ("A", "A1", "B", "B1", "B2", "C")
CODES: Final = {
    "therapist-os weekly log of experience hours, statement 1": "week-meaning-differs",
    "Meaning": "week-meaning-differs",
    "Time": "week-time-differs",
    "Reference": "week-time-differs",
    "Entries, SHA-256": "week-entries-differ",
}


def code_of(line: str) -> str:
    """Return how a lie in this line is called."""
    name = line.split(": ", 1)[0]
    number = "week-numbers-differ" if name.split(",")[0] in NUMBERS else "week-names-differ"
    return CODES.get(name, number)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_an_honest_signature_is_confirmed(kind: Callable[[], SoftwareKey]) -> None:
    """With each kind of key; who signed what and where is told."""
    (week,) = report(bundle(WeekLie(key=kind())))["weeks"]
    assert week["state"] == "signed"
    assert (week["supervisee"], week["supervisor"]) == ("Sam Roe", "Dana Roe")
    assert (week["week"], week["minutes"]) == ("2026-03-08 to 2026-03-14", 990)
    assert week["origin"] == "https://app.example:8443"


def test_a_week_whose_key_is_not_disclosed_is_not_looked_into() -> None:
    """However much of a lie it is: nobody could look."""
    assert report(bundle(WeekLie(before=(REVOKED,)), Lie()))["weeks"] == []


@pytest.mark.parametrize("at", range(len(LINES)), ids=[line[:24] for line in LINES])
def test_no_line_says_anything_else(at: int) -> None:
    """Even where the passkey itself signed what it says: the row says otherwise."""

    def shown(text: str) -> str:
        lines = text.split("\n")
        last = lines[at][-1]
        lines[at] = lines[at][:-1] + ("1" if last != "1" else "2")
        return "\n".join(lines)

    assert verdict(bundle(WeekLie(shown=shown))) == code_of(LINES[at])


@pytest.mark.parametrize("at", range(len(LINES)), ids=[line[:24] for line in LINES])
def test_no_line_is_left_out_or_there_twice(at: int) -> None:
    """The lines are these, in this order."""

    def without(text: str) -> str:
        lines = text.split("\n")
        return "\n".join(lines[:at] + lines[at + 1 :])

    def twice(text: str) -> str:
        lines = text.split("\n")
        return "\n".join(lines[: at + 1] + lines[at:])

    def unfinished(text: str) -> str:
        return text[:-1]

    for shown in (without, twice, unfinished):
        assert verdict(bundle(WeekLie(shown=shown))).startswith("week-")


ROWS: Final = row_of(told(events()))
OTHER_ROWS: Final = dict(others(ROWS))


def test_every_field_of_a_row_is_changed_somewhere() -> None:
    """So that one added later is not forgotten here."""
    assert {place.split(" ")[0] for place in OTHER_ROWS} == set(RowContent.__struct_fields__)
    assert len(OTHER_ROWS) == 4 + 3 + 5 + 5 + 7


@pytest.mark.parametrize("place", OTHER_ROWS)
def test_no_field_of_the_row_is_another(place: str) -> None:
    """Whether the statement stays as it was signed, or is written anew as well."""
    other = OTHER_ROWS[place]
    kept = WeekLie(submitted=lambda fact: structs.replace(fact, content=other))
    assert verdict(bundle(kept)).startswith("week-")
    signed = list[bytes]()
    told_week(WeekLie(answer=lambda shown: signed.append(shown) or es256().assertion(shown)))
    anew = WeekLie(
        content=lambda _: other, answer=lambda _: es256().assertion(signed[0], CREDENTIAL)
    )
    found = verdict(bundle(anew))
    assert found in {"statement-not-signed", "week-malformed", "week-names-differ"}
    assert found == "statement-not-signed" or place in {"entries twice", "supervisor_id"}


def honest() -> WeekSigned:
    """The signature as it is."""
    seen = list[WeekSigned]()
    told_week(WeekLie(signed=lambda fact: seen.append(fact) or fact))
    return seen[0]


SIGNED: Final = dict(others(honest()))
FREE: Final = {"ip_address"}  # for the practice to know, and nothing that was signed


@pytest.mark.parametrize("place", SIGNED)
def test_no_field_of_the_signature_is_another(place: str) -> None:
    """Neither what it says nor what the passkey answered."""
    assert {each.split(" ")[0] for each in SIGNED} == set(WeekSigned.__struct_fields__)
    found = verdict(bundle(WeekLie(signed=lambda _: SIGNED[place])))
    assert found == "valid" if place in FREE else found not in {"valid", "malformed"}


SAID: Final[dict[str, dict[str, object]]] = {
    "a creation": {"type": "webauthn.create"},
    "without TLS": {"origin": "http://app.example:8443"},
    "another host": {"origin": "https://evil.example"},
    "a host that goes on": {"origin": "https://app.example:8443.evil.example"},
    "a frame": {"crossOrigin": True},
    "a page around it": {"topOrigin": "https://evil.example"},
}


@pytest.mark.parametrize("said", SAID.values(), ids=list(SAID))
def test_what_the_browser_must_have_said(said: dict[str, object]) -> None:
    lie = WeekLie(answer=lambda shown: es256().assertion(shown, CREDENTIAL, said=said))
    assert verdict(bundle(lie)) == "assertion-wrong"


@pytest.mark.parametrize("flags", [0, 1, 4])
def test_the_signer_must_have_been_there_and_verified(flags: int) -> None:
    lie = WeekLie(answer=lambda shown: es256().assertion(shown, CREDENTIAL, flags=flags))
    assert verdict(bundle(lie)) == "assertion-wrong"


@pytest.mark.parametrize("purpose", Purpose)
def test_what_was_answered_to_come_in_is_no_signature(purpose: Purpose) -> None:
    """Whatever it was for."""
    challenge = prefix_of(purpose) + bytes(32)
    lie = WeekLie(answer=lambda _: es256().assertion(challenge, CREDENTIAL))
    assert verdict(bundle(lie)) == "sign-in-shown"


@pytest.mark.parametrize("kind", KINDS)
def test_another_key_of_the_same_kind_has_not_signed(kind: str) -> None:
    other = {"ES256": es256(2), "EdDSA": eddsa(2), "RS256": rs256(3072)}[kind]
    lie = WeekLie(key=KINDS[kind](), answer=lambda shown: other.assertion(shown, CREDENTIAL))
    assert verdict(bundle(lie)) == "assertion-invalid"


def test_a_key_that_is_none_confirms_nothing() -> None:
    """What is registered must be a key in its one spelling."""
    for cose in (b"", es256().cose + b"\0", rs256().cose[:-1], eddsa().cose[:-1]):
        lie = WeekLie(registered=lambda fact, cose=cose: structs.replace(fact, public_key=cose))
        assert verdict(bundle(lie)) in {"week-malformed", "passkey-revoked"}
