"""Puts emergency access and holds together over a ledger."""

from functools import partial

from commands.context import Actor, Context
from commands.emergency import (
    approve_emergency,
    ask_emergency,
    begin_emergency,
    concerned_by,
    decline_emergency,
    end_emergency,
    note_expiry,
    opened_for,
    tell_person,
)
from commands.holds import lift_hold, place_hold
from projections.emergencies import Request, news
from web.emergency import EmergencyServices


def emergency_services(context: Context) -> EmergencyServices:
    """Return the functions that the pages call, over this context."""

    def of_person(actor: Actor) -> tuple[Request, ...]:
        practice_id = actor.practice_id
        return news(context.ledger, practice_id, actor.person_id, context.clock.now_us())

    return EmergencyServices(
        ask=partial(ask_emergency, context),
        approve=partial(approve_emergency, context),
        decline=partial(decline_emergency, context),
        tell=partial(tell_person, context),
        begin=partial(begin_emergency, context),
        end=partial(end_emergency, context),
        whose=partial(concerned_by, context),
        note_expiry=partial(note_expiry, context),
        opened_for=partial(opened_for, context),
        news=of_person,
        place_hold=partial(place_hold, context),
        lift_hold=partial(lift_hold, context),
    )
