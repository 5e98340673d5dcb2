"""Prepares a demo practice: a year of plausible, invented sessions through the usual commands."""

import datetime as dt
import random  # noqa: TID251 -- a seeded generator of invented data; nothing secret comes of it
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from aggregates.deletion import Deletion, DeletionReason
from aggregates.practice import JoinMember, Opened, Role
from aggregates.private import Private
from aggregates.session_entry import SessionEntry, read_entry
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.delete_session import delete_session
from commands.handle import Handled
from commands.join_member import join_member
from commands.log_session import log_session
from commands.open_practice import open_practice
from commands.practice import read_practice
from commands.session import Shown
from commands.sign_baa import sign_baa
from ledger.ids import derived

DEMO_PRACTICE: Final = derived("demo practice")
DEMO_OWNER: Final = Actor(DEMO_PRACTICE, derived("demo owner"))
DEMO_THERAPIST: Final = Actor(DEMO_PRACTICE, derived("demo therapist"))
DEMO_OFFICER: Final = Actor(DEMO_PRACTICE, derived("demo compliance officer"))
DEMO_MEMBERS: Final = {
    "as the demo therapist": DEMO_THERAPIST,
    "as the practice's owner": DEMO_OWNER,
    "as the compliance officer": DEMO_OFFICER,
}
DEMO_ADDRESSES: Final = {
    "therapist@demo.example": DEMO_THERAPIST,
    "owner@demo.example": DEMO_OWNER,
    "officer@demo.example": DEMO_OFFICER,
}
BAA_TEXT: Final = b"The agreement of a demo practice: invented, and binding nobody.\n"

DAYS: Final = 364
WEEKDAYS: Final = 5
SEED: Final = 20_260_309
THREADS: Final = 8  # so that their appends are committed together

Progress = Callable[[int, int], None]


class Client(msgspec.Struct, frozen=True):
    """Somebody invented: seen on a weekday at a time, in one way."""

    alias: str
    weekday: int
    start: str
    minutes: int
    setting: str
    modality: str
    participants: str


CLIENTS: Final = (
    Client("J.D.", 0, "09:00", 50, "Elm Street Clinic", "in-person", "individual"),
    Client("M.O.", 0, "10:00", 50, "Elm Street Clinic", "in-person", "individual"),
    Client("C-014", 0, "13:00", 80, "Elm Street Clinic", "in-person", "couple"),
    Client("L.B.", 1, "09:00", 50, "Elm Street Clinic", "video", "individual"),
    Client("A.K.", 1, "11:00", 45, "Harbor School", "in-person", "child"),
    Client("T.S.", 1, "13:30", 45, "Harbor School", "in-person", "child"),
    Client("C-020", 1, "16:00", 90, "Elm Street Clinic", "in-person", "family"),
    Client("R.V.", 2, "09:00", 50, "Elm Street Clinic", "video", "individual"),
    Client("C-031", 2, "17:30", 90, "Elm Street Clinic", "in-person", "group"),
    Client("S.G.", 3, "10:00", 50, "Elm Street Clinic", "in-person", "individual"),
    Client("P.N.", 3, "11:00", 50, "Elm Street Clinic", "phone", "individual"),
    Client("E.W.", 3, "14:00", 45, "Harbor School", "in-person", "child"),
    Client("C-042", 3, "16:00", 80, "Elm Street Clinic", "video", "couple"),
    Client("D.F.", 4, "09:00", 50, "Elm Street Clinic", "in-person", "individual"),
    Client("N.A.", 4, "10:00", 50, "Elm Street Clinic", "video", "individual"),
)
KEPT_IN_TEN: Final = 9
CORRECTED_IN_HUNDRED: Final = 6
DELETED_IN_HUNDRED: Final = 2


def prepare_demo(context: Context, today: dt.date, progress: Progress) -> int:
    """Prepare the demo practice up to `today`, and return how many sessions it came to.

    A demo that was interrupted is taken up where it stopped: every command has an id that follows
    from what it does, so none happens twice. `progress` is told what is done, and of how much.
    """
    _open(context)
    plan = list(_plan(today))
    with ThreadPoolExecutor(THREADS) as pool:
        lives = [
            pool.submit(_live, context, place, entry, fate)
            for place, (entry, fate) in enumerate(plan)
        ]
        for done, life in enumerate(as_completed(lives), 1):
            life.result()
            progress(done, len(plan))
    return len(plan)


def is_demo_there(context: Context) -> bool:
    """Tell whether a demo practice was begun."""
    return isinstance(read_practice(context, DEMO_PRACTICE), Opened)


def _open(context: Context) -> None:
    name, owner = Private("Demo practice"), Private("Robin Example")
    open_practice(context, DEMO_OWNER, name, owner, _command("open"))
    document = ("demo-1", sha256(BAA_TEXT).digest())
    sign_baa(context, DEMO_OWNER, document, None, _command("sign"))
    _join(context, DEMO_THERAPIST, Role.THERAPIST, Private("Sam Example"), "join")
    _join(context, DEMO_OFFICER, Role.COMPLIANCE_OFFICER, Private("Kim Example"), "join officer")


def _join(context: Context, actor: Actor, role: Role, name: Private, purpose: str) -> None:
    joined = JoinMember(
        person_id=actor.person_id, role=role, name=name, invited_by=DEMO_OWNER.person_id
    )
    join_member(context, DEMO_OWNER, joined, _command(purpose))


def _plan(today: dt.date) -> Iterator[tuple[SessionEntry, int]]:
    """Yield a year's sessions with a number that decides what becomes of each."""
    chance = random.Random(SEED)  # noqa: S311 -- invented data, the same each time
    for days_ago in range(DAYS, -1, -1):
        day = today - dt.timedelta(days=days_ago)
        for client in CLIENTS:
            is_kept = chance.randrange(10) < KEPT_IN_TEN
            fate = chance.randrange(100)
            if client.weekday == day.weekday() and is_kept and not _is_holiday(day):
                yield _entry(client, day), fate


def _entry(client: Client, day: dt.date) -> SessionEntry:
    fields = {
        "date": day.isoformat(),
        "start": client.start,
        "minutes": str(client.minutes),
        "setting": client.setting,
        "client": client.alias,
        "modality": client.modality,
        "participants": client.participants,
    }
    return read_entry(fields, day)


def _is_holiday(day: dt.date) -> bool:
    last_week, first_week = (12, 24), (1, 2)
    return (day.month, day.day) >= last_week or (day.month, day.day) <= first_week


def _live(context: Context, place: int, entry: SessionEntry, fate: int) -> None:
    logged = log_session(context, DEMO_THERAPIST, entry, _command(f"log {place}"))
    if fate < DELETED_IN_HUNDRED:
        _delete(context, place, logged)
    elif fate < DELETED_IN_HUNDRED + CORRECTED_IN_HUNDRED:
        corrected = msgspec.structs.replace(entry, minutes=entry.minutes - 5)
        shown = Shown(logged.stream_id)
        correct_session(context, DEMO_THERAPIST, shown, corrected, _command(f"correct {place}"))


def _delete(context: Context, place: int, logged: Handled) -> None:
    deletion = Deletion(reason=DeletionReason.ENTERED_TWICE)
    command_id = _command(f"delete {place}")
    delete_session(context, DEMO_THERAPIST, Shown(logged.stream_id), deletion, command_id)


def _command(name: str) -> UUID:
    return derived(f"demo: {name}", DEMO_PRACTICE)
