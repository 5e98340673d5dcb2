"""Makes the tables of read models, and knows which definition made the one that is there."""

from psycopg import sql

from projections.pages import Projecting
from projections.read_model import Place

_STORED = "SELECT sha256 FROM views.definitions WHERE read_model = %b"
_STORE = "INSERT INTO views.definitions (read_model, sha256) VALUES (%b, %b)"
_FORGET = (
    "DELETE FROM views.definitions WHERE read_model = %b",
    "DELETE FROM views.tracking WHERE read_model = %b",
    "DELETE FROM views.parked WHERE read_model = %b",
)
_RENAME = (
    "UPDATE views.definitions SET read_model = %b WHERE read_model = %b",
    "UPDATE views.tracking SET read_model = %b WHERE read_model = %b",
    "UPDATE views.parked SET read_model = %b WHERE read_model = %b",
)


def stored(connection: Projecting, place: Place) -> bytes | None:
    """Return the hash of the definition that made the place's table, None when there is none."""
    row = connection.execute(_STORED, (place.name,)).fetchone()
    return None if row is None else bytes(row[0])


def create(connection: Projecting, place: Place) -> None:
    """Make the place's table anew and empty, in one transaction; what was there is dropped."""
    with connection.transaction():
        drop(connection, place)
        connection.execute(place.statement(place.read_model.ddl))
        connection.execute(place.statement(place.read_model.policies))
        connection.execute(_STORE, (place.name, place.read_model.sha256))


def drop(connection: Projecting, place: Place) -> None:
    """Drop the place's table, and what is known of it; harmless when there is none."""
    connection.execute(place.statement("DROP TABLE IF EXISTS {table}"))
    for statement in _FORGET:
        connection.execute(statement, (place.name,))


def move(connection: Projecting, old: Place, new: Place) -> None:
    """Let the table of one place take the name of another that was dropped, tracking and all."""
    rename = sql.SQL("ALTER TABLE {} RENAME TO {}").format(
        sql.Identifier(old.read_model.schema, old.table), sql.Identifier(new.table)
    )
    connection.execute(rename)
    for statement in _RENAME:
        connection.execute(statement, (new.name, old.name))
