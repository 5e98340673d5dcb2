"""Invented sessions of about a hundred bytes, the same for every contestant."""

import datetime as dt
from functools import cache
from typing import Final
from uuid import UUID

from aggregates import catalogue
from aggregates.practice import BaaSigned, PracticeOpened
from aggregates.private import Private
from aggregates.session import SessionLogged
from aggregates.session_entry import Modality, Participants, SessionEntry
from ledger.append.request import AppendRequest, NewEvent
from ledger.ids import Ids

FIRST_DAY: Final = dt.date(2026, 9, 20)
SETTING: Final = "Elm Street Clinic"
DAYS: Final = 300
LOGGED: Final = "session-logged.v1"


@cache
def entry(day: int) -> SessionEntry:
    """Return a session on a day, counted from the first."""
    return SessionEntry(
        date=FIRST_DAY + dt.timedelta(days=day % DAYS),
        start_minute=600,
        minutes=50,
        setting=Private(SETTING),
        alias=Private("J.D."),
        modality=Modality.IN_PERSON,
        participants=Participants.INDIVIDUAL,
    )


def logged(therapist_id: UUID, day: int) -> tuple[str, bytes]:
    """Return tag and body of a session, encoded anew as a command would."""
    return catalogue.encode(SessionLogged(therapist_id=therapist_id, entry=entry(day)))


def opening(practice_id: UUID, owner_id: UUID, ids: Ids) -> AppendRequest:
    """Return what begins a practice's log: it is opened, and its agreement signed."""
    signed = BaaSigned(document_sha256=bytes(32), document_version="1", signer_id=owner_id)
    stream_id = ids.new()
    events = tuple(
        NewEvent(stream_id, version, ids.new(), tag, body, is_clear=not catalogue.SPECS[tag].sealed)
        for version, (tag, body) in enumerate(map(catalogue.encode, (PracticeOpened(), signed)), 1)
    )
    return AppendRequest(practice_id, ids.new(), owner_id, events)
