"""Reads an e-mail address: the one form under which a person is found."""

import re
from typing import Final

from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused

LENGTH_MAX: Final = 254  # RFC 5321 section 4.5.3.1.3, less the brackets
# Printable ASCII as mail accepts it without quotes; a name of another script is written as xn--.
_ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])",
    re.ASCII,
)


def read_email(text: str) -> Private:
    """Return the address in lower case without blanks around it. Raises `Refused`."""
    address = text.strip().lower()
    if len(address) > LENGTH_MAX or not _ADDRESS.fullmatch(address):
        raise Refused(RefusalCode.EMAIL_INVALID, field="email")
    return Private(address)
