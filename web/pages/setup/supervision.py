"""A supervision: the form that says who supervises where, since when, and with which papers."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from aggregates.bbs.rule import Check
from aggregates.hours.supervision_entry import (
    Suitability,
    SupervisionEntry,
    read_supervision,
    supervision_fields,
)
from aggregates.hours.week_statement import LICENCES
from projections.setup_words import SUITABILITIES, TIES
from web.pages.history_in_words import Names
from web.pages.setup import stating
from web.pages.setup.stated_form import Field, Group, Option, Shape
from web.pages.setup.stating import Known, Statement

_VIDEO: Final = (
    Option(
        Suitability.NOT_ASSESSED,
        SUITABILITIES[Suitability.NOT_ASSESSED],
        "Or you never meet by video",
    ),
    Option(Suitability.SUITABLE, "Found appropriate"),
    Option(Suitability.UNSUITABLE, "Found inappropriate", "Then nothing by video counts"),
)
_NOBODY: Final = Option("", "Not a member of the practice yet")
_LICENCE: Final = Group(
    legend="The supervisor's licence",
    help="Look it up at the Board's licence search; you keep what you saw.",
    fields=(
        Field(
            name="licence",
            label="Licence",
            shape=Shape.CHOICE,
            options=tuple(Option(each, words) for each, words in LICENCES.items()),
            check=Check.QUALIFIED,
            is_needed=True,
        ),
        Field(
            name="licence_number",
            label="Licence number",
            shape=Shape.TEXT,
            help="It is printed on your weekly logs.",
            is_needed=True,
        ),
        Field(
            name="licence_from",
            label="Current and active since",
            shape=Shape.DAY,
            check=Check.LICENCE,
            help="Hours on days without a current and active licence do not count.",
            is_needed=True,
        ),
        Field(
            name="licence_until",
            label="Expires on",
            shape=Shape.DAY,
            help="Please change it when the licence is renewed.",
        ),
        Field(
            name="is_qualified",
            label="The supervisor told me that they qualify",
            shape=Shape.BOX,
            check=Check.QUALIFIED,
            help=(
                "Licensed for two of the last five years, practiced or supervised in two of five,"
                " not on probation, and never your therapist."
            ),
        ),
        Field(
            name="is_related",
            label="We are spouses, domestic partners or relatives",
            shape=Shape.BOX,
            check=Check.RELATED,
            help="Then no hour under this supervision counts.",
        ),
    ),
)
_PAPERS: Final = Group(
    legend="Agreements",
    fields=(
        Field(
            name="agreement_on",
            label="Supervision agreement signed by both on",
            shape=Shape.DAY,
            check=Check.AGREEMENT,
            help=(
                "Form 37M-300, within 60 days of the start. You keep the original and send it in"
                " with your application."
            ),
        ),
        Field(
            name="needs_oversight",
            label="The supervisor is not employed there, or is a volunteer",
            shape=Shape.BOX,
            check=Check.OVERSIGHT,
            help="Then supervisor and employer need a written oversight agreement.",
        ),
        Field(
            name="oversight_on",
            label="Oversight agreement signed on",
            shape=Shape.DAY,
            check=Check.OVERSIGHT,
            help="Before the supervision starts, not after.",
        ),
    ),
)
_PRIVATE: Final = Group(
    legend="In a private practice or professional corporation",
    help="Both are needed there; elsewhere leave them alone.",
    fields=(
        Field(
            name="tie",
            label="What the supervisor is to the practice",
            shape=Shape.SELECT,
            options=(Option("", "Not said yet"), *(Option(*each) for each in TIES.items())),
            check=Check.RECORD_ACCESS,
            help="With none of these, no hour there counts.",
        ),
        Field(
            name="has_record_access",
            label="The supervisor sees clients there, or may see my clients' records",
            shape=Shape.BOX,
            check=Check.RECORD_ACCESS,
            help="May see them by a written contract with the employer, and each client's release.",
        ),
    ),
)
_MEETING: Final = Group(
    legend="How you meet",
    fields=(
        Field(
            name="meets_alone",
            label="We meet one to one, or in threes",
            shape=Shape.BOX,
            check=Check.SIX_SUPERVISEES,
            help="Outside exempt settings a supervisor may have six such supervisees at a time.",
        ),
        Field(
            name="video",
            label="Supervision by video",
            shape=Shape.CHOICE,
            options=_VIDEO,
            check=Check.VIDEO,
            help="The supervisor finds out whether it is appropriate, and notes it.",
        ),
        Field(
            name="video_assessed_on",
            label="Noted on",
            shape=Shape.DAY,
            check=Check.VIDEO,
            help="Within 60 days of the start.",
        ),
    ),
)
_SINCE: Final = (
    Field(
        name="supervisor_name",
        label="Supervisor's name",
        shape=Shape.TEXT,
        help="As on their licence.",
        is_needed=True,
    ),
    Field(
        name="starts_on",
        label="Supervision started on",
        shape=Shape.DAY,
        check=Check.SUPERVISED,
        help="Every hour is under a supervision that is going on.",
        is_needed=True,
    ),
    Field(
        name="ends_on",
        label="Ended on",
        shape=Shape.DAY,
        help="Leave it empty while it goes on.",
    ),
)


async def show(request: Request) -> Response:
    """Answer `GET /setup/supervisions/new` and `GET /setup/supervisions/{stream_id}`."""
    return await stating.show(request, STATEMENT)


async def state(request: Request) -> Response:
    """Answer `POST /setup/supervisions/new` and `POST /setup/supervisions/{stream_id}`."""
    return await stating.state(request, STATEMENT)


def _groups(known: Known) -> tuple[Group, ...]:
    who = Group(legend="Who supervises you, and where", fields=(*_who(known), *_SINCE))
    return who, _LICENCE, _PAPERS, _PRIVATE, _MEETING


def _who(known: Known) -> tuple[Field, ...]:
    settings = tuple(
        Option(str(stream_id), entry.name.reveal())
        for stream_id, entry in known.setup.settings.items()
    )
    members = tuple(Option(str(each), name.reveal()) for each, name in known.supervisors)
    return (
        Field(
            name="setting_id",
            label="Work setting",
            shape=Shape.SELECT,
            options=(Option("", "Please choose"), *settings),
            help="One supervision is one supervisor at one setting; the Board's log is, too.",
            is_needed=True,
        ),
        Field(
            name="supervisor_id",
            label="Supervisor in this practice",
            shape=Shape.SELECT,
            options=(_NOBODY, *members),
            help=(
                "Who is to sign your weeks here. Somebody missing? The practice owner invites them"
                " as a supervisor, under Account, Members; you can choose them later."
            ),
        ),
    )


def _names(known: Known) -> Names:
    settings, members = known.setup.settings, dict(known.supervisors)
    return {
        "setting_id": lambda each: settings[each].name.reveal() if each in settings else "",
        "supervisor_id": lambda each: members[each].reveal() if each in members else "",
    }


_WORDS: Final = {
    "setting_id": "Setting",
    "supervisor_id": "Signs here",
    "supervisor_name": "Supervisor",
    "starts_on": "Started",
    "ends_on": "Ended",
    "licence": "Licence",
    "licence_number": "Licence number",
    "licence_from": "Licence active since",
    "licence_until": "Licence expires",
    "is_qualified": "Qualifies",
    "is_related": "Related",
    "agreement_on": "Agreement",
    "needs_oversight": "Oversight needed",
    "oversight_on": "Oversight agreed",
    "tie": "Private practice",
    "has_record_access": "Clients or records",
    "meets_alone": "Meet alone, in threes",
    "video": "Video",
    "video_assessed_on": "Video noted",
}

STATEMENT: Final[Statement[SupervisionEntry]] = Statement(
    title="A supervision",
    title_new="Add a supervision",
    read=read_supervision,
    fields=supervision_fields,
    groups=_groups,
    found=lambda setup, stream_id: setup.supervisions.get(stream_id) if stream_id else None,
    history=lambda histories: histories.supervision,
    words=_WORDS,
    names=_names,
    blank={"meets_alone": "yes", "video": Suitability.NOT_ASSESSED.value},
    state=lambda hours, actor, stream_id, said, command_id, _: hours.state_supervision(
        actor, stream_id, said, command_id
    ),
)
