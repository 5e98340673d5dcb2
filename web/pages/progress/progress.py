"""My progress to the licence: what counts, what is missing, when it would be reached, and why."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.bbs.bounds import Bounds
from aggregates.bbs.evaluation import Evaluation
from aggregates.bbs.rule import Unit
from commands.context import Actor
from projections.progress import Progress
from projections.setup import Setup
from web import calendar
from web.addresses import parse_day
from web.guard import reading
from web.hours import HoursRecords
from web.pages.progress.progress_dates import all_reached
from web.pages.progress.progress_in_words import progress_in_words
from web.pages.progress.progress_plot import distance_plot, hours_plot
from web.pages.rules_in_words import ADVICE, TRACKS, both, hours
from web.parts import parts_of
from web.who import who

_NOTHING: Final[dict[str, object]] = {"is_stated": False}


async def show(request: Request) -> Response:
    """Answer `GET /progress`: as of today, or `?as-of=` a day."""
    parts = parts_of(request)
    text = request.query_params.get("as-of")
    as_of = parse_day(text) if text else parts.today()
    records = (await reading(request)).hours
    values = await run_in_threadpool(_values, records, who(request), as_of)
    frame: dict[str, object] = {
        "signed_in": "progress",
        "advice": ADVICE,
        "as_of": as_of.isoformat(),
        "as_of_words": calendar.day_with_year(as_of),
        "is_today": as_of == parts.today(),
    }
    return parts.renderer.page(request, "progress.html", frame | values)


def _values(records: HoursRecords, actor: Actor, as_of: dt.date) -> dict[str, object]:
    setup, progress = records.setup(actor), records.progress(actor, as_of)
    if progress is None or setup.enrolment is None:
        return _NOTHING
    return _shown(progress, setup)


def _shown(progress: Progress, setup: Setup) -> dict[str, object]:
    evaluation, enrolment = progress.evaluation, setup.enrolment
    assert enrolment is not None, "asked before"
    return {
        "is_stated": True,
        "track": TRACKS[evaluation.track],
        "rule_set": evaluation.rule_set,
        "totals": _totals(evaluation),
        "all_reached": all_reached(progress.projections, evaluation.as_of),
        "said": progress_in_words(progress, setup),
        "hours_plot": hours_plot(evaluation, enrolment.week_start),
        "distance_plot": distance_plot(progress),
        "has_hours": bool(evaluation.rows),
    }


def _totals(evaluation: Evaluation) -> Sequence[tuple[str, str]]:
    """Return what is recorded in all, what of it counts, what waits, and what does not count."""
    totals = evaluation.totals
    low, high = totals.creditable.conservative.c, totals.creditable.optimistic.c
    counted = Bounds(low, high)
    pending = Bounds(totals.pending.conservative.c, totals.pending.optimistic.c)
    lost = max(0, totals.recorded.c - high - pending.optimistic)
    return (
        ("Recorded", hours(totals.recorded.c)),
        ("Signed and counted", both(counted, Unit.HOURS)),
        ("Waiting for a signature", both(pending, Unit.HOURS)),
        ("Not counted", hours(lost)),
    )
