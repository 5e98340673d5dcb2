"""A tool of the tests: what a program says, and how it calls."""

from uuid import uuid4

SESSIONS = "/api/v1/sessions"
PROBLEM = "application/problem+json"
SAID: dict[str, object] = {
    "date": "2026-03-09",
    "start": "09:30",
    "minutes": 50,
    "client": "J.D.",
    "setting": "Quiet Pond",
    "modality": "video",
    "participants": "individual",
    "supervision": None,
    "service": "psychotherapy",
}


def key(text: str = "") -> dict[str, str]:
    """Return the header of a fresh idempotency key, or of this one."""
    return {"idempotency-key": text or str(uuid4())}


def seen(version: int) -> dict[str, str]:
    """Return the header that names the version that was seen."""
    return {"if-match": f'"{version}"'}
