"""My weekly log to print: ten weeks on a page, in the columns of the Board's form, as a PDF."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.bbs.columns import Columns, week_start_of
from aggregates.bbs.history import History
from aggregates.hours.enrolment_entry import Phase, Registration, Track
from aggregates.hours.week_content import RowContent
from aggregates.hours.week_row import WeekSigned
from aggregates.hours.week_statement import LICENCES
from aggregates.private import Private
from aggregates.week import last_day_of
from commands.context import Actor
from projections.signing_time import CALIFORNIA
from web import calendar
from web.addresses import parse_day
from web.guard import reading
from web.hours import HoursRecords
from web.pages.weekly_log.log_rows import LogRow, LogState, log_rows
from web.pages.weekly_log.weekly_log_in_words import COLUMNS, TOTAL, clock
from web.parts import parts_of
from web.printing import printed
from web.render import FOLDER
from web.who import who

TEMPLATE: Final = FOLDER / "weekly_log.typ"
WEEKS: Final = 10
_US: Final = 1_000_000
_UNKNOWN: Final = "\N{EM DASH}"
# The number of the associates' form in social work is not confirmed, so none is printed.
FORMS: Final = {Track.LMFT: "37A-525", Track.LPCC: "37A-638", Track.LCSW: ""}
_PHASES: Final = {
    Phase.BEFORE_DEGREE: "Before the degree was awarded",
    Phase.AFTER_DEGREE: "After the degree was awarded",
}
_UNSIGNED: Final = {
    LogState.DRAFT: "Not submitted.",
    LogState.SUBMITTED: "Submitted, not signed.",
    LogState.RETURNED: "Given back, not signed.",
    LogState.VOID: "Changed since it was signed; the signature counts no more.",
}


class Signed(msgspec.Struct, frozen=True):
    """What stands in the column of signatures: words, and hashes to compare where it is signed."""

    words: str
    sha256: str = ""
    reference: str = ""


class Week(msgspec.Struct, frozen=True):
    """A row of the form; empty where there is no such week."""

    week: str
    cells: list[str]
    signature: Signed


class Form(msgspec.Struct, frozen=True):
    """One page: a supervisor at a setting, before or after the degree, under one registration."""

    number: str
    supervisee: str
    registration: str
    supervisor: str
    licence: str
    setting: str
    address: str
    phase: str
    columns: list[tuple[str, str]]
    weeks: list[Week]
    totals: list[str]


async def show(request: Request) -> Response:
    """Answer `GET /weeks/print`: ten weeks, `?from=` a day of the first; by default the last."""
    parts, text = parts_of(request), request.query_params.get("from")
    day = parse_day(text) if text else parts.today() - (WEEKS - 1) * calendar.WEEK
    records = (await reading(request)).hours
    found = await run_in_threadpool(_forms, records, who(request), day, parts.today())
    if not found:
        values: dict[str, object] = {"signed_in": "weeks", "from_day": day.isoformat()}
        return parts.renderer.page(request, "nothing_to_print.html", values)
    printed = await run_in_threadpool(compiled, found, parts.clock.now_us() // _US)
    name = f"weekly-log-{day.isoformat()}.pdf"
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(printed, media_type="application/pdf", headers=headers)


def compiled(forms: Sequence[Form], time_s: int) -> bytes:
    """Return the PDF of these forms, dated so many seconds after 1970 UTC.

    Raises `RuntimeError`, which repeats nothing of them, where the template is at fault.
    """
    return printed(TEMPLATE, {"forms": forms}, time_s)


def _forms(records: HoursRecords, actor: Actor, day: dt.date, today: dt.date) -> list[Form]:
    history = records.history(actor)
    if history is None:
        return []
    first = week_start_of(history.enrolment.week_start, day)
    end = first + WEEKS * calendar.WEEK
    groups: dict[tuple[object, ...], list[LogRow]] = {}
    for row in reversed(log_rows(history, records.weeks(actor), today)):
        if first <= row.first_day < end and row.supervision_id is not None:
            is_second = _registration(history, row).is_second
            groups.setdefault((row.supervision_id, row.phase, is_second), []).append(row)
    return [_form(records, actor, history, rows) for rows in groups.values()]


def _form(records: HoursRecords, actor: Actor, history: History, rows: Sequence[LogRow]) -> Form:
    track = history.enrolment.track
    total = sum((row.columns for row in rows), Columns())
    weeks = [
        Week(row.first_day.isoformat(), _cells(track, row.columns), _signature(records, actor, row))
        for row in rows
    ]
    blank = Week("", [""] * (len(COLUMNS[track]) + 1), Signed(""))
    return Form(
        number=FORMS[track],
        phase=_PHASES[rows[0].phase],
        columns=[*COLUMNS[track], TOTAL],
        weeks=[*weeks, *[blank] * (WEEKS - len(weeks))],
        totals=_cells(track, total),
        **_names(history, rows),
    )


def _registration(history: History, row: LogRow) -> Registration:
    return history.enrolment.registration_on(last_day_of(row.first_day))


def _cells(track: Track, columns: Columns) -> list[str]:
    cells = [clock(getattr(columns, name.lower())) for name, _ in COLUMNS[track]]
    return [*cells, clock(columns.c)]


def _names(history: History, rows: Sequence[LogRow]) -> Mapping[str, str]:
    """Return who and where: as printed when it was submitted last, else as it is stated now."""
    contents = [row.row.content for row in rows if row.row and row.row.content]
    if contents:
        return _printed(contents[-1])
    supervision_id = rows[0].supervision_id
    stated = history.supervisions.get(supervision_id) if supervision_id else None
    setting = history.settings.get(stated.setting_id) if stated else None
    registration = _registration(history, rows[-1])
    return {
        "supervisee": _UNKNOWN,
        "registration": _text(registration.number),
        "supervisor": _text(stated.supervisor_name if stated else None),
        "licence": f"{LICENCES[stated.licence]} {_text(stated.licence_number)}" if stated else "",
        "setting": _text(setting.name if setting else None),
        "address": _text(setting.address if setting else None),
    }


def _printed(content: RowContent) -> Mapping[str, str]:
    printed = content.printed
    return {
        "supervisee": printed.supervisee.reveal(),
        "registration": _text(printed.registration),
        "supervisor": printed.supervisor.reveal(),
        "licence": f"{LICENCES[printed.licence]} {printed.licence_number.reveal()}",
        "setting": printed.setting.reveal(),
        "address": _text(printed.address),
    }


def _signature(records: HoursRecords, actor: Actor, row: LogRow) -> Signed:
    if row.state is not LogState.SIGNED:
        return Signed(_UNSIGNED[row.state])
    assert row.row is not None, "what is signed was submitted"
    signed = records.signature(actor, row.row.stream_id)
    if signed is None:  # opened again since the view was read
        return Signed(_UNSIGNED[LogState.VOID])
    return Signed(*_words(signed, row.row.content))


def _words(signed: WeekSigned, content: RowContent | None) -> Iterator[str]:
    printed = content.printed if content else None
    name = _text(printed.supervisor if printed else None)
    licence = f", {LICENCES[printed.licence]} {_text(printed.licence_number)}" if printed else ""
    moment = calendar.local_time(signed.at_us, CALIFORNIA)
    yield f"Electronic signature of {name}{licence}, {moment:%Y-%m-%d %H:%M} {moment.tzname()}"
    yield statement_sha256(signed)
    yield signed.reference.hex()


def statement_sha256(signed: WeekSigned) -> str:
    """Return SHA-256 of the statement's text as it was shown, in hex."""
    return sha256(signed.statement.reveal().encode()).hexdigest()


def _text(private: Private | None) -> str:
    return private.reveal() if private is not None else _UNKNOWN
