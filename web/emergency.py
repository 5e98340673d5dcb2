"""What the pages need of emergency access and holds: a few functions, handed in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from commands.context import Actor
from commands.emergency import EmergencyWish
from commands.handle import Handled
from commands.holds import HoldWish
from projections.emergencies import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyServices:
    """The functions of emergency access; all may block and raise what commands raise.

    `opened_for` tells whose records a person may read under a request now, and the guard alone
    asks it. `tell` takes a practice and a request, puts the notice on record, and says whether it
    did so just now. `whose` names the person whom a request
    concerns, for the letter to them; `news` is what a person was told of lately.
    """

    ask: Callable[[Actor, EmergencyWish, UUID], Handled]
    approve: Callable[[Actor, UUID], Handled]
    decline: Callable[[Actor, UUID], Handled]
    tell: Callable[[UUID, UUID], Handled]
    begin: Callable[[Actor, UUID], Handled]
    end: Callable[[Actor, UUID], Handled]
    whose: Callable[[Actor, UUID], UUID | None]
    note_expiry: Callable[[UUID, UUID], Handled]
    opened_for: Callable[[Actor, UUID], UUID | None]
    news: Callable[[Actor], Sequence[Request]]
    place_hold: Callable[[Actor, HoldWish, UUID], Handled]
    lift_hold: Callable[[Actor, UUID], Handled]
