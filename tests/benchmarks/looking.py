"""Part (f): what a page costs with its access event, beside the same page without one."""

from dataclasses import replace
from typing import Final

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
from tests.benchmarks.pages import front_of, pages_a_second
from tests.benchmarks.place import Place
from web.serving import wire

PART: Final = "look"
WITH, WITHOUT = "page with its access event", "page without"
MEMBERS: Final = 20
SESSIONS: Final = 15
READERS: Final = (1, 8, 32)
WEEK: Final = f"/week/{FIRST_DAY.isoformat()}"


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
        WITH: front_of(opened, services),
        WITHOUT: front_of(opened, replace(services, record_access=_write_nothing)),
    }
    rates, ratios, notes = list[Rates](), list[Ratio](), list[str]()
    for readers in READERS:
        setting = f"{readers} reader{'s' if readers > 1 else ''}"
        measured: dict[str, list[float]] = {name: [] for name in fronts}
        with bar(f"{PART}, {setting}", pace.rounds * len(fronts)) as tell:
            for _ in range(pace.rounds):
                for name, front in fronts.items():
                    measured[name].append(
                        pages_a_second(front, people[:readers], WEEK, pace.round_s)
                    )
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
