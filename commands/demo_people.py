"""Who is in a demo practice: ids that follow from their names, and from nothing else."""

from typing import Final

from commands.context import Actor
from ledger.ids import derived

CLINIC, SCHOOL = "Elm Street Clinic", "Harbor School"

DEMO_PRACTICE: Final = derived("demo practice")
DEMO_OWNER: Final = Actor(DEMO_PRACTICE, derived("demo owner"))
DEMO_THERAPIST: Final = Actor(DEMO_PRACTICE, derived("demo therapist"))
DEMO_OFFICER: Final = Actor(DEMO_PRACTICE, derived("demo compliance officer"))
DEMO_SUPERVISORS: Final = {
    CLINIC: Actor(DEMO_PRACTICE, derived("demo supervisor at the clinic")),
    SCHOOL: Actor(DEMO_PRACTICE, derived("demo supervisor at the school")),
}
DEMO_MEMBERS: Final = {
    "as the demo therapist": DEMO_THERAPIST,
    "as the supervising LMFT": DEMO_SUPERVISORS[CLINIC],
    "as the supervising LCSW": DEMO_SUPERVISORS[SCHOOL],
    "as the practice's owner": DEMO_OWNER,
    "as the compliance officer": DEMO_OFFICER,
}
DEMO_ADDRESSES: Final = {
    "therapist@demo.example": DEMO_THERAPIST,
    "clinic@demo.example": DEMO_SUPERVISORS[CLINIC],
    "school@demo.example": DEMO_SUPERVISORS[SCHOOL],
    "owner@demo.example": DEMO_OWNER,
    "officer@demo.example": DEMO_OFFICER,
}
