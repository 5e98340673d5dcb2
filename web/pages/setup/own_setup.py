"""What the pages of a week take from the setup: supervisions to choose from, and their names."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from aggregates.hours.enrolment_entry import Track, WeekStart
from aggregates.session_entry import SETTING_LENGTH_MAX
from projections.setup import Setup
from web.guard import reading
from web.who import session_of


class Choice(NamedTuple):
    """A supervision as it is offered: its id, who supervises where."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class OwnSetup:
    """A person's setup, as far as their entries need it."""

    setup: Setup

    @property
    def track(self) -> Track | None:
        """The licence they are working towards, if they said so."""
        return self.setup.enrolment.track if self.setup.enrolment else None

    @property
    def week_start(self) -> WeekStart:
        """The day their weeks begin on."""
        return self.setup.enrolment.week_start if self.setup.enrolment else WeekStart.SUNDAY

    @property
    def choices(self) -> tuple[Choice, ...]:
        """All supervisions, the latest begun first, for past weeks may be entered late."""
        supervisions = self.setup.supervisions.items()
        ordered = sorted(supervisions, key=lambda each: each[1].starts_on, reverse=True)
        return tuple(Choice(str(stream_id), self.label(stream_id)) for stream_id, _ in ordered)

    @property
    def has_supervisions(self) -> bool:
        """Whether there is anything to choose from."""
        return bool(self.setup.supervisions)

    def usual(self, day: dt.date) -> str:
        """Return the id of the supervision that was begun last by a day and goes on then."""
        going_on = [
            (entry.starts_on, str(stream_id))
            for stream_id, entry in self.setup.supervisions.items()
            if entry.starts_on <= day and (entry.ends_on is None or entry.ends_on >= day)
        ]
        return max(going_on)[1] if going_on else ""

    def label(self, supervision_id: UUID | None) -> str:
        """Return `Dana Roe, Elm Street Clinic`, empty for what is not known any more."""
        entry = self.setup.supervisions.get(supervision_id) if supervision_id else None
        if entry is None:
            return ""
        place = self.place(supervision_id)
        name = entry.supervisor_name.reveal()
        return f"{name}, {place}" if place else name

    def place(self, supervision_id: UUID | None) -> str:
        """Return the name of the setting of a supervision, empty where it is not known."""
        entry = self.setup.supervisions.get(supervision_id) if supervision_id else None
        setting = self.setup.settings.get(entry.setting_id) if entry else None
        return setting.name.reveal() if setting else ""


async def own_setup(request: Request) -> OwnSetup:
    """Read the person's setup, once the look is on record, and remember it for the next form."""
    session, records = session_of(request), await reading(request)
    session.setup = await run_in_threadpool(records.hours.setup, session.actor)
    return OwnSetup(session.setup)


async def with_setting(request: Request, form: Mapping[str, str]) -> Mapping[str, str]:
    """Return the form with the setting that the chosen supervision is at, if one was chosen."""
    try:
        supervision_id = UUID(form.get("supervision", ""))
    except ValueError:
        return form
    known = session_of(request).setup
    place = OwnSetup(known).place(supervision_id) if known else ""
    place = place or (await own_setup(request)).place(supervision_id)
    return {**form, "setting": place[:SETTING_LENGTH_MAX]} if place else form
