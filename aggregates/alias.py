"""The alias of a client: initials, numbered initials where two clients share them, or a code."""

import re

from aggregates.client_code import client_code
from aggregates.initials import initials

# J.D. and J.D.2: the number is the therapist's choice, and 1 is the one without a number.
_NUMBERED_INITIALS = re.compile(r"((?:\S\.){1,3})([2-9]|[1-9][0-9])")


def read_alias(text: str) -> str:
    """Return the alias a therapist typed, or the initials of the name they typed.

    Raises Refused (from `initials`) for anything else; repeats nothing of the text.
    """
    code = client_code(text)
    numbered = _NUMBERED_INITIALS.fullmatch(text.strip())
    name, number = (numbered[1], numbered[2]) if numbered else (text, "")
    del text, numbered
    return code or initials(name) + number
