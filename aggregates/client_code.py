"""Neutral client codes such as C-001: the therapist's own numbering, which tells nothing."""

import re

# Exactly three digits: four could be a year of birth, six a whole birthday.
_CLIENT_CODE = re.compile(r"[A-Z]-[0-9]{3}", re.ASCII)


def client_code(text: str) -> str | None:
    """Return the code in its one form (`c-001` is C-001), or None if this is no code."""
    candidate = text.strip().upper()
    return candidate if _CLIENT_CODE.fullmatch(candidate) else None
