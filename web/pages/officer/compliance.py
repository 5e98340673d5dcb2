"""Hours for compliance officers: how far all weekly logs are, and one person's with the rules."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.private import Private
from web import calendar
from web.addresses import person_of
from web.guard import reading
from web.pages.officer.compliance_in_words import STATES, groups, person_line
from web.pages.progress.progress_in_words import ProgressInWords, VerdictInWords, progress_in_words
from web.pages.rules_in_words import ADVICE, TRACKS
from web.parts import parts_of
from web.who import who

SOMEBODY: Final = "who logs these hours"


async def show_all(request: Request) -> Response:
    """Answer `GET /compliance`: everybody who logs hours but who asks, in order of their names."""
    parts, actor = parts_of(request), who(request)
    records, today = await reading(request), parts.today()
    found = await run_in_threadpool(records.reviews.everybody, actor, today)
    people = await run_in_threadpool(records.people, actor)
    names = {each.person_id: each.name for each in people}
    lines = [
        person_line(person_id, _name(names.get(person_id)), review)
        for person_id, review in found.items()
        if person_id != actor.person_id
    ]
    values: dict[str, object] = {
        "signed_in": "compliance",
        "lines": sorted(lines, key=lambda each: (each.name.casefold(), each.person_id)),
    }
    return parts.renderer.page(request, "compliance.html", values)


async def show(request: Request) -> Response:
    """Answer `GET /compliance/{person_id}`."""
    parts, actor, person_id = parts_of(request), who(request), person_of(request)
    records, today = await reading(request), parts.today()
    review = await run_in_threadpool(records.reviews.person, actor, person_id, today)
    setup = await run_in_threadpool(records.reviews.setup, actor, person_id)
    people = await run_in_threadpool(records.people, actor)
    name = next((each.name for each in people if each.person_id == person_id), None)
    progress = review.progress
    said = progress_in_words(progress, setup) if progress else None
    values: dict[str, object] = {
        "signed_in": "compliance",
        "line": person_line(person_id, _name(name), review),
        "said_to": name.reveal() if name else SOMEBODY,
        "as_of": calendar.day_with_year(today),
        "track": TRACKS[progress.evaluation.track] if progress else None,
        "rule_set": progress.evaluation.rule_set if progress else None,
        "said": said,
        "results": _results(said) if said else (),
        "groups": groups(review, setup, today),
        "states": [(state.value, words) for state, words in STATES.items()],
        "advice": ADVICE,
    }
    return parts.renderer.page(request, "review.html", values)


def _results(said: ProgressInWords) -> tuple[tuple[str, tuple[VerdictInWords, ...], bool], ...]:
    """Return the rules under what they mean, where there are any, and whether to fold them."""
    parts = (
        ("What the licence needs", said.minimums, False),
        ("What counts at most", said.limits, False),
        ("What does not count, and why", said.losses, False),
        ("What to confirm", said.warnings, False),
        ("Rules that nothing speaks against", said.others, True),
    )
    return tuple(each for each in parts if each[1])


def _name(name: Private | None) -> str:
    return "Somebody whose name is gone" if name is None else name.reveal()
