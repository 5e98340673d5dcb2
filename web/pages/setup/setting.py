"""A work setting: the form that says where, what kind of place, and employed how."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from aggregates.bbs.rule import Check
from aggregates.hours.setting_entry import (
    Employment,
    SettingEntry,
    SettingKind,
    read_setting,
    setting_fields,
)
from projections.setup_words import EMPLOYMENTS, KINDS
from web.pages.setup import stating
from web.pages.setup.stated_form import Field, Group, Option, Shape
from web.pages.setup.stating import Known, Statement

_KIND_MEANINGS: Final = {
    SettingKind.EXEMPT: (
        "A governmental entity, a school, college or university, or an institution that is both"
        " nonprofit and charitable"
    ),
    SettingKind.NONEXEMPT_OTHER: "Any other place, such as a for-profit clinic",
    SettingKind.PRIVATE_PRACTICE: (
        "Owned by licensed health professionals, and providing clinical mental health services"
    ),
    SettingKind.PROFESSIONAL_CORPORATION: (
        "A kind of private practice; the same rules hold for it"
    ),
}
_EMPLOYMENT_MEANINGS: Final = {
    Employment.EMPLOYEE: "Paid with a W-2, also by a stipend",
    Employment.VOLUNTEER: "Unpaid; the employer confirms the dates",
    Employment.CONTRACTOR: "Paid on a 1099: these hours never count",
}
_PLACE: Final = Group(
    legend="The place",
    fields=(
        Field(
            name="name",
            label="Name",
            shape=Shape.TEXT,
            help="As it shall stand on your weekly logs. Do not name a client here.",
            is_needed=True,
        ),
        Field(
            name="address",
            label="Address",
            shape=Shape.TEXT,
            help="One line; the Board's weekly log asks for it.",
        ),
        Field(
            name="kind",
            label="What kind of place it is",
            shape=Shape.CHOICE,
            options=tuple(
                Option(kind, words, _KIND_MEANINGS[kind]) for kind, words in KINDS.items()
            ),
            help=(
                "Defined for LMFT in BPC 4980.01(c), 4980.05 and 4980.06; the other licences have"
                " sections of the same words."
            ),
            is_needed=True,
        ),
        Field(
            name="is_lawful",
            label="It lawfully and regularly provides mental health services, and oversees my work",
            shape=Shape.BOX,
            check=Check.LAWFUL,
            help="Hours anywhere else do not count.",
        ),
    ),
)
_WORK: Final = Group(
    legend="Your work there",
    fields=(
        Field(
            name="employment",
            label="What you are there",
            shape=Shape.CHOICE,
            options=tuple(
                Option(kind, words, _EMPLOYMENT_MEANINGS[kind])
                for kind, words in EMPLOYMENTS.items()
            ),
            check=Check.EMPLOYMENT,
            is_needed=True,
        ),
        Field(
            name="w2_years",
            label="Years whose W-2 you have",
            shape=Shape.TEXT,
            check=Check.PAY_PROOF,
            help=(
                "Employees: one W-2 for each year of hours as an associate. With four digits, such"
                " as 2024 2025."
            ),
        ),
        Field(
            name="pay_stub_on",
            label="Latest pay stub of",
            shape=Shape.DAY,
            check=Check.PAY_PROOF,
            help=(
                "Employees: only for a year that has not ended when the Board receives your"
                " application."
            ),
        ),
        Field(
            name="employer_letter_on",
            label="Employer's letter of",
            shape=Shape.DAY,
            check=Check.VOLUNTEER_LETTER,
            help=(
                "Volunteers: a letter that covers the dates. A day that an employee stated here"
                " before counts for the years up to it."
            ),
        ),
        Field(
            name="school_agreement_on",
            label="School and site signed their agreement on",
            shape=Shape.DAY,
            check=Check.SCHOOL_SITE,
            help="Trainees only: in writing, one for each site.",
        ),
    ),
)


async def show(request: Request) -> Response:
    """Answer `GET /setup/settings/new` and `GET /setup/settings/{stream_id}`."""
    return await stating.show(request, STATEMENT)


async def state(request: Request) -> Response:
    """Answer `POST /setup/settings/new` and `POST /setup/settings/{stream_id}`."""
    return await stating.state(request, STATEMENT)


def _groups(_: Known) -> tuple[Group, ...]:
    return _PLACE, _WORK


_WORDS: Final = {
    "name": "Name",
    "address": "Address",
    "kind": "Kind",
    "is_lawful": "Lawful",
    "employment": "You are",
    "w2_years": "W-2 of",
    "pay_stub_on": "Pay stub",
    "employer_letter_on": "Employer's letter",
    "school_agreement_on": "School agreement",
}

STATEMENT: Final[Statement[SettingEntry]] = Statement(
    title="A work setting",
    title_new="Add a work setting",
    read=read_setting,
    fields=setting_fields,
    groups=_groups,
    found=lambda setup, stream_id: setup.settings.get(stream_id) if stream_id else None,
    blank={},
    history=lambda histories: histories.setting,
    words=_WORDS,
    state=lambda hours, actor, stream_id, said, command_id, _: hours.state_setting(
        actor, stream_id, said, command_id
    ),
)
