"""The ledger's errors: each a stable code and a sentence that says what to do, never any input.

LedgerError
 ├ Malformed         bytes that are not what their format says
 ├ ProofInvalid      a proof that does not prove
 ├ Busy              the append queue is full: try again
 ├ Conflict          somebody else appended to the stream first
 ├ EventRefused      the database will not take this event (unknown type, or a gate is not open)
 ├ Unavailable       the database cannot be reached, or the outcome is not known
 ├ Quarantined       nothing is appended until a difference to what was signed is explained
 ├ Drifted           the database's rights or guards are not as they were signed
 ├ Tampered          what is stored is not what was written
 ├ KeyDestroyed      the key is gone for good
 ├ KeyMissing        the key was never there
 ├ KeyFileUnsafe     a key file others could read, or none where one must be
 └ SettingsInvalid   the service cannot start with these settings
"""

from typing import ClassVar


class LedgerError(Exception):
    """Base of all: `code` is stable, the sentence is written in code and holds no input text."""

    code: ClassVar[str] = "ledger"


class Malformed(LedgerError):
    """Bytes that are not what their format says; always the same error, whatever is wrong."""

    code = "malformed"


class ProofInvalid(LedgerError):
    """An inclusion or consistency proof that does not prove (RFC 9162 section 2.1)."""

    code = "proof-invalid"


class Busy(LedgerError):
    """The append queue is full; nothing was written, the same command may be sent again."""

    code = "busy"


class Conflict(LedgerError):
    """The stream has moved on; nothing was written, load it again and decide anew."""

    code = "conflict"


class EventRefused(LedgerError):
    """The database refused the event: its type is unknown or a gate it needs is not open."""

    code = "event-refused"


class Unavailable(LedgerError):
    """The outcome is not known; the same command id may be sent again and happens once (I10)."""

    code = "unavailable"


class Quarantined(LedgerError):
    """What is stored does not extend what was signed (I4): reading goes on, writing does not."""

    code = "quarantined"


class Drifted(LedgerError):
    """The database's rights or guards are not those that its migrations made and we signed."""

    code = "drifted"


class Tampered(LedgerError):
    """What is stored is not what was written."""

    code = "tampered"


class KeyDestroyed(LedgerError):
    """The key is gone for good (I6)."""

    code = "key-destroyed"


class KeyMissing(LedgerError):
    """No key of that id was ever made here."""

    code = "key-missing"


class KeyFileUnsafe(LedgerError):
    """A key file that others may read, or that is missing where one must be."""

    code = "key-file-unsafe"


class SettingsInvalid(LedgerError):
    """The service refuses to start with these settings; the sentence says what to set."""

    code = "settings-invalid"
