"""The statement a supervisor signs: one canonical text, shown in full and hashed as shown."""

import datetime as dt
from hashlib import sha256
from struct import pack
from typing import Final
from uuid import UUID

from aggregates.hours.enrolment_entry import Phase, Track
from aggregates.hours.supervision_entry import Licence
from aggregates.hours.week_content import RowContent

TITLE: Final = "therapist-os weekly log of experience hours, statement 1"
SIGNATURE_DOMAIN: Final = b"therapist-os/weekly-log-signature/v1\n"
REFERENCE_BYTES: Final = 16
MEANING: Final = (
    "I supervised the experience in this row in this week, the hours are correct to the best of"
    " my knowledge, and with this I sign them."
)
_NONE: Final = "-"
_LABELS: Final = {
    Track.LMFT: (
        "direct counseling",
        "of A, diagnosing and treating couples, families and children",
    ),
    Track.LPCC: ("direct counseling", "of A, not used for this licence"),
    Track.LCSW: (
        "clinical psychosocial diagnosis, assessment and treatment",
        "of A, individual or group psychotherapy",
    ),
}
_PHASES: Final = {Phase.BEFORE_DEGREE: "before the degree", Phase.AFTER_DEGREE: "after the degree"}
LICENCES: Final = {
    Licence.LMFT: "LMFT",
    Licence.LCSW: "LCSW",
    Licence.LPCC: "LPCC",
    Licence.LEP: "LEP",
    Licence.PSYCHOLOGIST: "Psychologist",
    Licence.PSYCHIATRIST: "Psychiatrist",
}
_UNIX: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def week_statement(practice_id: UUID, content: RowContent, at_us: int, reference: bytes) -> str:
    """Return the text: one `Name: value` a line, each ended by a line feed, in this order only.

    `at_us` is the time of signing (µs since 1970 UTC), `reference` 16 random bytes given out once.
    Holds names. Nothing in it can hold a line feed: texts of one line only were ever taken in.
    """
    key, printed, minutes = content.key, content.printed, content.minutes
    main, part = _LABELS[content.track]
    lines = (
        ("Practice", str(practice_id)),
        ("Week", f"{key.first_day.isoformat()} to {key.last_day.isoformat()}"),
        ("Supervisee", printed.supervisee.reveal()),
        ("Supervisee id", str(key.person_id)),
        ("Registration", printed.registration.reveal() if printed.registration else _NONE),
        ("Licence sought", content.track.value.upper()),
        ("Phase", _PHASES[key.phase]),
        ("Setting", printed.setting.reveal()),
        ("Setting address", printed.address.reveal() if printed.address else _NONE),
        ("Setting id", str(content.setting_id)),
        ("Supervision id", str(key.supervision_id)),
        (f"A, {main}", hours(minutes.a)),
        (f"A1, {part}", hours(minutes.a1)),
        ("B, non-clinical experience", hours(minutes.b)),
        ("B1, of B, supervision, individual or triadic", hours(minutes.b1)),
        ("B2, of B, supervision, group", hours(minutes.b2)),
        ("C, total of the week, A + B", hours(minutes.c)),
        ("Entries, SHA-256", content.entries_sha256.hex()),
        ("Signer", printed.supervisor.reveal()),
        ("Signer's licence", f"{LICENCES[printed.licence]} {printed.licence_number.reveal()}"),
        ("Signer id", str(content.supervisor_id)),
        ("Meaning", MEANING),
        ("Time", _time(at_us)),
        ("Reference", reference.hex()),
    )
    return TITLE + "\n" + "".join(f"{name}: {value}\n" for name, value in lines)


def statement_challenge(statement: str) -> bytes:
    """Return what the passkey signs: SHA-256 of the domain, the length (u64) and the text.

    It has 32 bytes; challenges for signing in are longer, so neither can serve as the other.
    """
    text = statement.encode()
    return sha256(SIGNATURE_DOMAIN + pack(">Q", len(text)) + text).digest()


def hours(minutes: int) -> str:
    """`12 h 30 min (750 minutes)`: what people read and what is counted."""
    return f"{minutes // 60} h {minutes % 60:02} min ({minutes} minutes)"


def _time(at_us: int) -> str:
    return (_UNIX + dt.timedelta(microseconds=at_us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
