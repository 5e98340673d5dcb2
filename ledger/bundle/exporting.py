"""What an export of a bundle works with."""

from collections.abc import Callable
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.bundle.files import Files
from ledger.note import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """What an export works with.

    `connection` stands in one snapshot for the whole of it; `sign_as` gives the log's own key under
    the name of a practice log; `progress` is told of events done.
    """

    connection: Connection[TupleRow]
    files: Files
    sign_as: Callable[[str], SigningKey]
    progress: Callable[[int], object]
