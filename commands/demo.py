"""Prepares a demo practice: a year of plausible, invented sessions through the usual commands."""

import datetime as dt
import random  # noqa: TID251 -- a seeded generator of invented data; nothing secret comes of it
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from aggregates.deletion import Deletion, DeletionReason
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from aggregates.session_entry import SessionEntry, read_entry
from commands import demo_hours, demo_signing
from commands.context import Actor, Context
from commands.correct_session import correct_session
from commands.delete_session import delete_session
from commands.demo_hours import Demo
from commands.demo_passkey import Randomness, counting, demo_passkeys
from commands.demo_people import (
    CLINIC,
    DEMO_OFFICER,
    DEMO_OWNER,
    DEMO_PRACTICE,
    DEMO_SUPERVISORS,
    DEMO_THERAPIST,
    SCHOOL,
)
from commands.demo_signing import Signer
from commands.handle import Handled
from commands.hours.activities import log_activity
from commands.join_member import join_member
from commands.log_session import log_session
from commands.open_practice import open_practice
from commands.practice import stream_of
from commands.session import Shown
from commands.sign_baa import sign_baa
from ledger.ids import derived

BAA_TEXT: Final = b"The agreement of a demo practice: invented, and binding nobody.\n"

DAYS: Final = 364
WEEKDAYS: Final = 5
SEED: Final = 20_260_309
THREADS: Final = 8  # so that their appends are committed together

Progress = Callable[[int, int], None]
Logged = tuple[UUID, SessionEntry | ActivityEntry]
Act = Callable[[], Logged | None]


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
    Client("J.D.", 0, "09:00", 50, CLINIC, "in-person", "individual"),
    Client("M.O.", 0, "10:00", 50, CLINIC, "in-person", "individual"),
    Client("C-014", 0, "13:00", 80, CLINIC, "in-person", "couple"),
    Client("L.B.", 1, "09:00", 50, CLINIC, "video", "individual"),
    Client("A.K.", 1, "11:00", 45, SCHOOL, "in-person", "child"),
    Client("T.S.", 1, "13:30", 45, SCHOOL, "in-person", "child"),
    Client("C-020", 1, "16:00", 90, CLINIC, "in-person", "family"),
    Client("R.V.", 2, "09:00", 50, CLINIC, "video", "individual"),
    Client("C-031", 2, "17:30", 90, CLINIC, "in-person", "group"),
    Client("S.G.", 3, "10:00", 50, CLINIC, "in-person", "individual"),
    Client("P.N.", 3, "11:00", 50, CLINIC, "phone", "individual"),
    Client("E.W.", 3, "14:00", 45, SCHOOL, "in-person", "child"),
    Client("C-042", 3, "16:00", 80, CLINIC, "video", "couple"),
    Client("D.F.", 4, "09:00", 50, CLINIC, "in-person", "individual"),
    Client("N.A.", 4, "10:00", 50, CLINIC, "video", "individual"),
)
KEPT_IN_TEN: Final = 9
CORRECTED_IN_HUNDRED: Final = 6
DELETED_IN_HUNDRED: Final = 2


def prepare_demo(
    context: Context, today: dt.date, randomness: Randomness, progress: Progress
) -> int:
    """Prepare the demo practice up to `today`, and return how many entries it came to.

    A demo that was interrupted is taken up where it stopped, when `today` is the day it was begun
    on: every command has an id that follows from what it does, so none happens twice. `progress` is
    told what is done, and of how much.
    """
    demo = Demo(person=DEMO_THERAPIST, supervisors=DEMO_SUPERVISORS, today=today)
    _open(context)
    demo_hours.state_all(context, demo)
    with demo_passkeys(context, randomness) as passkeys:
        acts = _acts(context, demo)
        logged = dict(found for found in _run(acts, progress) if found is not None)
        # Rows are submitted once nothing in them changes any more.
        rows = demo_hours.rows(demo, logged)
        fates = demo_signing.fates(demo, rows)
        handed: list[Act] = [partial(demo_hours.submit, context, demo, row) for row in rows]
        signed: list[Act] = [
            partial(demo_signing.sign, context, Signer.of(demo, passkeys, key), randomness, key)
            for key in fates.signed
        ]
        made, whole = len(acts), len(acts) + len(handed) + len(signed)
        _run(handed, lambda done, _: progress(made + done, whole))
        _run(signed, lambda done, _: progress(made + len(handed) + done, whole))
        demo_signing.end(context, demo, fates, logged)
    return made


def is_demo_whole(context: Context) -> bool:
    """Tell whether nothing is left to prepare.

    The demo's passkeys are registered before anything is logged, and revoked at the end.
    """
    begun = context.ledger.find_command(DEMO_PRACTICE, _command("log 0"))
    return begun is not None and not any(
        counting(context, supervisor) for supervisor in DEMO_SUPERVISORS.values()
    )


def demo_begun_at_us(context: Context) -> int | None:
    """Return when the demo practice was opened, None while there is none."""
    history = context.history(DEMO_PRACTICE, stream_of(DEMO_PRACTICE))
    return history[0].recorded_at_us if history else None


def _acts(context: Context, demo: Demo) -> list[Act]:
    sessions, held = _plan(demo), demo_hours.activities(demo, _working_days(demo.today))
    return [
        *(partial(_live, context, place, *life) for place, life in enumerate(sessions)),
        *(partial(_hold, context, place, entry) for place, entry in enumerate(held)),
    ]


def _run(acts: Sequence[Act], progress: Progress) -> list[Logged | None]:
    """Do all of it, in no order; returns what counts of each."""
    found: list[Logged | None] = []
    with ThreadPoolExecutor(THREADS) as pool:
        for act in as_completed([pool.submit(act) for act in acts]):
            found.append(act.result())
            progress(len(found), len(acts))
    return found


def _open(context: Context) -> None:
    name, owner = Private("Demo practice"), Private("Robin Example")
    open_practice(context, DEMO_OWNER, name, owner, _command("open"))
    document = ("demo-1", sha256(BAA_TEXT).digest())
    sign_baa(context, DEMO_OWNER, document, None, _command("sign"))
    _join(context, DEMO_THERAPIST, Role.THERAPIST, Private("Sam Example"), "join")
    for name, supervisor in zip(demo_hours.SUPERVISORS, DEMO_SUPERVISORS.values(), strict=True):
        _join(context, supervisor, Role.SUPERVISOR, Private(name), f"join {name}")
    _join(context, DEMO_OFFICER, Role.COMPLIANCE_OFFICER, Private("Kim Example"), "join officer")


def _join(context: Context, actor: Actor, role: Role, name: Private, purpose: str) -> None:
    joined = JoinMember(
        person_id=actor.person_id, role=role, name=name, invited_by=DEMO_OWNER.person_id
    )
    join_member(context, DEMO_OWNER, joined, _command(purpose))


def _plan(demo: Demo) -> Iterator[tuple[SessionEntry, int]]:
    """Yield a year's sessions with a number that decides what becomes of each."""
    chance = random.Random(SEED)  # noqa: S311 -- invented data, the same each time
    for day in _days(demo.today):
        for client in CLIENTS:
            is_kept = chance.randrange(10) < KEPT_IN_TEN
            fate = chance.randrange(100)
            if client.weekday == day.weekday() and is_kept and not _is_holiday(day):
                yield _entry(client, day, demo.supervision(client.setting)), fate


def _entry(client: Client, day: dt.date, supervision_id: UUID) -> SessionEntry:
    fields = {
        "date": day.isoformat(),
        "start": client.start,
        "minutes": str(client.minutes),
        "setting": client.setting,
        "client": client.alias,
        "modality": client.modality,
        "participants": client.participants,
        "supervision": str(supervision_id),
    }
    return read_entry(fields, day)


def _days(today: dt.date) -> list[dt.date]:
    return [today - dt.timedelta(days=days_ago) for days_ago in range(DAYS, -1, -1)]


def _working_days(today: dt.date) -> list[dt.date]:
    return [day for day in _days(today) if not _is_holiday(day)]


def _is_holiday(day: dt.date) -> bool:
    last_week, first_week = (12, 24), (1, 2)
    return (day.month, day.day) >= last_week or (day.month, day.day) <= first_week


def _live(context: Context, place: int, entry: SessionEntry, fate: int) -> Logged | None:
    """Log a session and do what becomes of it; returns it as it stands, unless it was deleted."""
    logged = log_session(context, DEMO_THERAPIST, entry, _command(f"log {place}"))
    if fate < DELETED_IN_HUNDRED:
        _delete(context, place, logged)
        return None
    if fate < DELETED_IN_HUNDRED + CORRECTED_IN_HUNDRED:
        corrected = msgspec.structs.replace(entry, minutes=entry.minutes - 5)
        shown = Shown(logged.stream_id)
        correct_session(context, DEMO_THERAPIST, shown, corrected, _command(f"correct {place}"))
        return logged.stream_id, corrected
    return logged.stream_id, entry


def _hold(context: Context, place: int, entry: ActivityEntry) -> Logged | None:
    logged = log_activity(context, DEMO_THERAPIST, entry, _command(f"hold {place}"))
    return logged.stream_id, entry


def _delete(context: Context, place: int, logged: Handled) -> None:
    deletion = Deletion(reason=DeletionReason.ENTERED_TWICE)
    command_id = _command(f"delete {place}")
    delete_session(context, DEMO_THERAPIST, Shown(logged.stream_id), deletion, command_id)


def _command(name: str) -> UUID:
    return derived(f"demo: {name}", DEMO_PRACTICE)
