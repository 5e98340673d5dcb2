"""How surely a browser's session is known to be the person's."""

from enum import Enum


class Assurance(Enum):
    """What a session was opened with, from nothing to what health data needs."""

    NONE = "none"
    ENROLMENT = "enrolment"  # a link by mail: may enrol a first passkey, and nothing more
    PASSKEY = "passkey"
