"""Part (f): what a page costs with its access event, beside the same page without one."""

import asyncio
from dataclasses import replace
from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Message

from aggregates.access import AccessCommand
from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from commands.context import Actor, Context
from commands.join_member import join_member
from commands.log_session import log_session
from commands.open_practice import open_practice
from commands.sign_baa import sign_baa
from projections.read_models import Followers
from tests.benchmarks.facts import FIRST_DAY, entry
from tests.benchmarks.outcome import Part, Rates, Ratio, rates_of, ratio
from tests.benchmarks.pace import Pace, bar
from tests.benchmarks.place import OpenLedger, Place
from tests.web.fake_sessions import FakeSessions
from web import app
from web.development_sign_in import DevelopmentSignIn
from web.services import Services
from web.serving import wire
from web.settings import WebSettings

PART: Final = "look"
WITH, WITHOUT = "page with its access event", "page without"
MEMBERS: Final = 20
SESSIONS: Final = 15
READERS: Final = (1, 8, 32)
_HEADERS: Final = ((b"host", b"localhost"), (b"sec-fetch-site", b"same-origin"))
_FORM: Final = (b"content-type", b"application/x-www-form-urlencoded")

Front = tuple[ASGIApp, DevelopmentSignIn]


def measure(place: Place, pace: Pace) -> Part:
    """Show the week of a therapist in a practice of twenty, to readers who ask at the same time."""
    opened = place.ledger()
    context = Context(opened.ledger, opened.clock, opened.ids)
    followers = Followers(opened.database, opened.ledger.keys)
    followers.start()
    people = _people(context, max(READERS))
    place.settle(opened.database)
    services = wire(context, opened.settings, broken=tuple)
    fronts = {
        WITH: _front(opened, services),
        WITHOUT: _front(opened, replace(services, record_access=_write_nothing)),
    }
    rates, ratios, notes = list[Rates](), list[Ratio](), list[str]()
    for readers in READERS:
        setting = f"{readers} reader{'s' if readers > 1 else ''}"
        measured: dict[str, list[float]] = {name: [] for name in fronts}
        with bar(f"{PART}, {setting}", pace.rounds * len(fronts)) as tell:
            for _ in range(pace.rounds):
                for name, front in fronts.items():
                    measured[name].append(_pages_a_second(front, people[:readers], pace.round_s))
                    tell(1)
        found = rates_of(PART, setting, measured)
        rates += found
        ratios.append(ratio(found, setting, WITH, WITHOUT))
        dear, cheap = (1_000 / each.median for each in found)
        notes.append(
            f"{PART}, {setting}: {dear:.2f} ms a page with its event, {cheap:.2f} ms without"
        )
    followers.stop()
    return Part(rates, ratios, notes)


def _people(context: Context, readers: int) -> list[Actor]:
    """Return the readers; they are the same few therapists of one practice, again and again."""
    practice = context.ids.new()
    owner = Actor(practice, context.ids.new())
    open_practice(context, owner, Private("Practice"), Private("Owner"), context.ids.new())
    sign_baa(context, owner, ("1", bytes(32)), None, context.ids.new())
    people: list[Actor] = []
    for _ in range(MEMBERS):
        actor = Actor(practice, context.ids.new())
        joined = JoinMember(
            person_id=actor.person_id,
            role=Role.THERAPIST,
            name=Private("Member"),
            invited_by=owner.person_id,
        )
        join_member(context, owner, joined, context.ids.new())
        people.append(actor)
        for day in range(SESSIONS):
            log_session(context, actor, entry(day % 7), context.ids.new())
    return [people[number % MEMBERS] for number in range(readers)]


def _write_nothing(actor: Actor, command: AccessCommand) -> None:
    del actor, command


def _front(opened: OpenLedger, services: Services) -> Front:
    settings = WebSettings(data_dir=opened.settings.data_dir)
    sign_in = DevelopmentSignIn(settings, opened.clock, print)
    built = app.build(
        services,
        settings,
        clock=opened.clock,
        ids=opened.ids,
        sessions=FakeSessions(),
        identity=None,
        development_sign_in=sign_in,
    )
    return built, sign_in


def _pages_a_second(front: Front, people: list[Actor], seconds: float) -> float:
    built, sign_in = front

    async def run() -> float:
        cookies = [await _sign_in(built, sign_in, actor) for actor in people]
        began_at = perf_counter()
        reading = [_read_until(built, cookie, began_at + seconds) for cookie in cookies]
        shown = await asyncio.gather(*reading)
        return sum(shown) / (perf_counter() - began_at)

    return asyncio.run(run())


async def _read_until(built: ASGIApp, cookie: bytes, end_at: float) -> int:
    pages, path = 0, f"/week/{FIRST_DAY.isoformat()}"
    while perf_counter() < end_at:
        status, _ = await _ask(built, "GET", path, ((b"cookie", cookie),), b"")
        assert status == 200, "the page is shown"
        pages += 1
    return pages


async def _sign_in(built: ASGIApp, sign_in: DevelopmentSignIn, actor: Actor) -> bytes:
    body = b"code=" + sign_in.link(actor).partition("#")[2].encode()
    _, headers = await _ask(built, "POST", "/sign-in", (_FORM,), body)
    return dict(headers)[b"set-cookie"].partition(b";")[0]


async def _ask(
    built: ASGIApp, method: str, path: str, headers: tuple[tuple[bytes, bytes], ...], body: bytes
) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Ask the application itself: neither a socket nor TLS is in the figure."""
    begun: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [*_HEADERS, *headers],
        "client": ("192.0.2.1", 50_000),
        "server": ("localhost", 8443),
    }
    await built(scope, receive, send)
    return begun[0]["status"], begun[0]["headers"]
