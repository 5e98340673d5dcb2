"""What an export of a bundle works with."""

from collections.abc import Callable
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.bundle.files import Files
from ledger.note import VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """What an export works with.

    `connection` stands in one snapshot for the whole of it; `key` is the root log's, and
    checks what was signed; `progress` is told of events done.
    """

    connection: Connection[TupleRow]
    files: Files
    key: VerifierKey
    progress: Callable[[int], object]
