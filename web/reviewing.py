"""What the compliance officer's pages of hours need from the rest: reads that the guard opens."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from commands.context import Actor, Context
from projections.compliance_review import Review, review, reviews
from projections.progress import Progresses
from projections.setup import Setup, setup


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecords:
    """The functions that read the practice's hours as an officer sees them, as of a day.

    `setup` names a person's supervisors and settings.
    """

    everybody: Callable[[Actor, dt.date], Mapping[UUID, Review]]
    person: Callable[[Actor, UUID, dt.date], Review]
    setup: Callable[[Actor, UUID], Setup]


def review_records(context: Context) -> ReviewRecords:
    """Return the reads over this context."""
    ledger = context.ledger
    progresses = Progresses(ledger, context.clock)
    return ReviewRecords(
        everybody=lambda actor, day: reviews(ledger, progresses, actor.practice_id, day),
        person=lambda actor, person, day: review(
            ledger, progresses, actor.practice_id, person, day
        ),
        setup=lambda actor, person: setup(ledger, actor.practice_id, person),
    )
