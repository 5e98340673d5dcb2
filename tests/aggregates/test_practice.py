"""A practice is opened by its owner, who alone takes members in and signs the agreement."""

import hashlib
from uuid import UUID

import pytest

from aggregates.practice import (
    PRACTICE,
    BaaSigned,
    JoinMember,
    MemberJoined,
    NotOpened,
    Opened,
    OpenPractice,
    PracticeNamed,
    PracticeOpened,
    Role,
    SignBaa,
)
from aggregates.private import Private
from aggregates.refusal import Refused
from tests.aggregates.examples import COLLEAGUE, THERAPIST
from tests.spec import Given

OWNER = UUID("018f0000-0000-7000-8000-000000000009")
DOCUMENT = hashlib.sha256(b"agreement, version 1").digest()
OPEN = OpenPractice(
    practice_name=Private(" Riverside "), owner_id=OWNER, owner_name=Private("Robin Owner")
)
OPENED = PracticeOpened()
NAMED = PracticeNamed(name=Private("Riverside"))
OWNER_JOINED = MemberJoined(
    person_id=OWNER, role=Role.OWNER, name=Private("Robin Owner"), invited_by=OWNER
)
JOINED = MemberJoined(
    person_id=THERAPIST, role=Role.THERAPIST, name=Private("Sam Trainee"), invited_by=OWNER
)
SIGNED = BaaSigned(
    document_sha256=DOCUMENT,
    document_version="2026-01",
    signer_id=OWNER,
    ip_address=Private("192.0.2.7"),
)


def join(person_id: UUID = THERAPIST, by: UUID = OWNER, name: str = "Sam Trainee") -> JoinMember:
    """Take a therapist in."""
    return JoinMember(person_id=person_id, role=Role.THERAPIST, name=Private(name), invited_by=by)


def sign(by: UUID = OWNER, document: bytes = DOCUMENT) -> SignBaa:
    """Sign the agreement."""
    return SignBaa(
        document_sha256=document,
        document_version="2026-01",
        signer_id=by,
        ip_address=Private("192.0.2.7"),
    )


NOTHING = Given(PRACTICE)
PRACTICES = NOTHING.given(OPENED, NAMED, OWNER_JOINED)


def test_opening_begins_the_log_names_the_practice_and_joins_the_owner() -> None:
    """The genesis itself holds nothing; the names are in sealed facts behind it."""
    NOTHING.when(OPEN).then(OPENED, NAMED, OWNER_JOINED)


def test_a_practice_is_opened_once() -> None:
    """A second genesis would be a second log."""
    PRACTICES.refuses(OPEN, "practice-exists")


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\nb", "a\u200bb"])
def test_a_practice_and_its_owner_have_names(name: str) -> None:
    """On one line, of a length a page can show."""
    for field, code, command in (
        (
            "practice_name",
            "practice-name-invalid",
            OpenPractice(practice_name=Private(name), owner_id=OWNER, owner_name=Private("Robin")),
        ),
        (
            "owner_name",
            "member-name-invalid",
            OpenPractice(practice_name=Private("R"), owner_id=OWNER, owner_name=Private(name)),
        ),
    ):
        with pytest.raises(Refused) as refused:
            NOTHING.when(command)
        assert (refused.value.field, refused.value.code) == (field, code)


def test_an_owner_takes_a_member_in() -> None:
    """The fact says who invited whom."""
    PRACTICES.when(join()).then(JOINED)


def test_only_an_owner_takes_members_in() -> None:
    """Neither a member nor a stranger."""
    PRACTICES.given(JOINED).refuses(join(COLLEAGUE, by=THERAPIST), "owner-only")
    PRACTICES.refuses(join(COLLEAGUE, by=COLLEAGUE), "owner-only")


def test_a_person_joins_once() -> None:
    """The owner included."""
    PRACTICES.given(JOINED).refuses(join(), "member-exists")
    PRACTICES.refuses(join(OWNER), "member-exists")


def test_a_member_has_a_name() -> None:
    """As a page shows it to the others."""
    PRACTICES.refuses(join(name=" "), "member-name-invalid")


def test_a_practice_holds_a_thousand_members() -> None:
    """Everything from outside has a limit."""
    others = [
        MemberJoined(person_id=UUID(int=n), role=Role.THERAPIST, name=Private(""), invited_by=OWNER)
        for n in range(999)
    ]
    PRACTICES.given(*others[1:]).when(join()).then(JOINED)
    PRACTICES.given(*others).refuses(join(), "members-full")


def test_an_owner_signs_the_agreement() -> None:
    """With the hash of what was shown, its version, and where from (I9)."""
    PRACTICES.when(sign()).then(SIGNED)


def test_only_an_owner_signs() -> None:
    """A therapist cannot bind the practice."""
    PRACTICES.given(JOINED).refuses(sign(by=THERAPIST), "owner-only")


def test_a_version_is_signed_once_and_a_new_one_anew() -> None:
    """The hash tells versions apart."""
    PRACTICES.given(SIGNED).refuses(sign(), "baa-already-signed")
    later = hashlib.sha256(b"agreement, version 2").digest()
    assert PRACTICES.given(SIGNED).when(sign(document=later)).facts


def test_nothing_happens_in_a_practice_that_is_not_open() -> None:
    """It has no owner."""
    NOTHING.refuses(join(), "practice-unknown")
    NOTHING.refuses(sign(), "practice-unknown")


def test_the_state_tells_roles_and_whether_the_agreement_is_signed() -> None:
    """What other rules ask of a practice."""
    assert PRACTICE.replay([]) == NotOpened()
    unsigned = PRACTICE.replay([OPENED, NAMED, OWNER_JOINED, JOINED])
    assert isinstance(unsigned, Opened)
    assert not unsigned.baa_signed
    assert unsigned.role_of(OWNER) is Role.OWNER
    assert unsigned.role_of(THERAPIST) is Role.THERAPIST
    assert unsigned.role_of(COLLEAGUE) is None
    signed = PRACTICE.evolve(unsigned, SIGNED)
    assert isinstance(signed, Opened)
    assert signed.baa_signed


@pytest.mark.parametrize(
    ("digest", "version"), [(b"x" * 31, "1"), (DOCUMENT, ""), (b"", "1"), (DOCUMENT, "1" * 41)]
)
def test_a_signature_without_a_document_is_a_mistake_in_the_code(
    digest: bytes, version: str
) -> None:
    """It crashes rather than bind anybody to nothing."""
    with pytest.raises(ValueError, match="has"):
        SignBaa(document_sha256=digest, document_version=version, signer_id=OWNER)


@pytest.mark.parametrize("version", ["1", "x" * 40])
def test_a_document_version_is_short(version: str) -> None:
    """As it stands on the agreement."""
    command = SignBaa(document_sha256=DOCUMENT, document_version=version, signer_id=OWNER)
    assert command.document_version == version
