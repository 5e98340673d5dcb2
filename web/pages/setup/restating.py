"""What an enrolment stated anew means for weeks that are signed, which is asked about first."""

from dataclasses import dataclass
from typing import Final

from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.moved_rows import Counted, moved_rows
from commands.context import Actor
from projections.weeks_table import RowState
from web.hours import HoursRecords

AGREED: Final = "signed_again"


@dataclass(frozen=True, slots=True)
class Moves:
    """The days that count in some row, and how many signed rows would have to be signed again."""

    counted: frozenset[Counted] = frozenset()
    signed: int = 0

    @property
    def weeks(self) -> str:
        """Name the signed rows by their number."""
        return "1 signed week" if self.signed == 1 else f"{self.signed} signed weeks"

    def is_agreed(self, answer: str | None) -> bool:
        """Tell whether the box was ticked for as many as there are now, if there are any."""
        return self.signed == 0 or answer == str(self.signed)


def moves_of(records: HoursRecords, actor: Actor, entry: EnrolmentEntry) -> Moves:
    """Return what it means that the person's enrolment becomes this one."""
    history = records.history(actor)
    if history is None:
        return Moves()
    counted = frozenset(
        Counted(each.entry.supervision_id, each.day)
        for each in history.entries
        if each.entry.supervision_id is not None
    )
    moved = moved_rows(actor.person_id, history.enrolment, entry, counted)
    # Once a week is signed, another first day of weeks is refused, and there is nothing to ask.
    is_same_week = history.enrolment.week_start is entry.week_start
    rows = records.weeks(actor) if moved and is_same_week else ()
    signed = [row.content for row in rows if row.state is RowState.SIGNED]
    return Moves(counted, sum(each is not None and each.key in moved for each in signed))
