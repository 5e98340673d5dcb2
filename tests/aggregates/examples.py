"""Invented people and sessions that the specifications of the rules share."""

import datetime as dt
from uuid import UUID

from aggregates.session_entry import SessionEntry, read_entry

TODAY = dt.date(2026, 3, 9)
THERAPIST = UUID("018f0000-0000-7000-8000-000000000001")
COLLEAGUE = UUID("018f0000-0000-7000-8000-000000000002")
FIELDS = {
    "date": "2026-03-09",
    "start": "09:30",
    "minutes": "50",
    "setting": "Riverside Clinic",
    "client": "John Doe",
    "modality": "in-person",
    "participants": "individual",
}


def form(**changes: str) -> dict[str, str]:
    """Return a good form with these fields changed."""
    return {**FIELDS, **changes}


def entry(**changes: str) -> SessionEntry:
    """Return the entry of a good form with these fields changed."""
    return read_entry(form(**changes), TODAY)
