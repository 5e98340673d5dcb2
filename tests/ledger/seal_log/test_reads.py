"""What a proof costs, counted where the database is asked: one statement, a row or two a level."""

from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from typing import ClassVar, Self, TypeVar
from uuid import UUID, uuid4

import pytest
from psycopg import Connection, Cursor
from psycopg.abc import Params, QueryNoTemplate
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.errors import Tampered
from ledger.merkle import verify_consistency, verify_inclusion
from ledger.postgres.connect import Role
from ledger.seal_log.tree_store import TileReader, Tree, extend, read_tree
from tests.fix_postgres import MakeDatabase

pytestmark = pytest.mark.postgres
SMALL, LARGE = 300, 70_000
Result = TypeVar("Result")


class CountingCursor(Cursor[TupleRow]):
    """Counts the statements sent and the rows that came back."""

    statements: ClassVar = 0
    rows_read: ClassVar = 0

    # A template string, the other kind of query, needs Python 3.14.
    def execute(  # pyright: ignore[reportIncompatibleMethodOverride] -- see above
        self,
        query: QueryNoTemplate,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> Self:
        """Execute as any cursor does."""
        super().execute(query, params, prepare=prepare, binary=binary)
        CountingCursor.statements += 1
        CountingCursor.rows_read += max(self.rowcount, 0)
        return self


def counted(work: Callable[[], Result]) -> tuple[Result, int, int]:
    """Return what some work gives, and how many statements and rows it took."""
    CountingCursor.statements = CountingCursor.rows_read = 0
    result = work()
    return result, CountingCursor.statements, CountingCursor.rows_read


def some_hash(number: int) -> bytes:
    """Return a leaf hash that depends on nothing but its number."""
    return sha256(number.to_bytes(8, "big")).digest()


def store(connection: Connection[TupleRow], size: int) -> UUID:
    """Store a tree without events, for its tiles only; returns the log's id."""
    log_id = uuid4()
    growth = tiles.grow(0, (), map(some_hash, range(size)))
    assert extend(connection, log_id, 0, growth) is not None
    return log_id


def reader_of(connection: Connection[TupleRow], log_id: UUID) -> tuple[Tree, TileReader]:
    """Open a tree as a reader does that knows nothing of it."""
    tree = read_tree(connection, log_id)
    return tree, TileReader(connection, log_id, tree)


@pytest.fixture
def connection(make_database: MakeDatabase) -> Iterator[Connection[TupleRow]]:
    """Offer the service's connection, which counts."""
    with make_database().connect(Role.SEALER) as connection:
        connection.cursor_factory = CountingCursor
        yield connection


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_tree_is_opened_with_one_row(connection: Connection[TupleRow], size: int) -> None:
    """Its size, and its edge with a hash a level, as one answer."""
    log_id = store(connection, size)
    tree, statements, rows_read = counted(partial(read_tree, connection, log_id))
    assert (tree.size, len(tree.edge)) == (size, tiles.levels(size))
    assert (statements, rows_read) == (1, 1)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_an_inclusion_proof_takes_one_statement(
    connection: Connection[TupleRow], size: int
) -> None:
    """Two hundred times the leaves cost one more row."""
    tree, reader = reader_of(connection, store(connection, size))
    for index in {0, 255, 256, size // 2, size - 1}:
        prove = partial(tiles.inclusion_proof, index, size, reader)
        proof, statements, rows_read = counted(prove)
        assert statements <= 1
        assert rows_read <= tiles.levels(size)
        verify_inclusion(proof, index, size, some_hash(index), tree.root)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_consistency_proof_takes_one_statement(
    connection: Connection[TupleRow], size: int
) -> None:
    """From any older size, also one whose edge has become full tiles since."""
    tree, reader = reader_of(connection, store(connection, size))
    for old_size in {1, 255, 256, 257, size // 2 + 1, size - 1}:
        prove = partial(tiles.consistency_proof, old_size, size, reader)
        proof, statements, rows_read = counted(prove)
        assert statements <= 1
        assert rows_read <= 2 * tiles.levels(size)
        roots = tiles.root(old_size, reader), tree.root
        verify_consistency(proof, old_size, size, *roots)


@pytest.mark.parametrize("index", [0, 100, 272])
def test_a_tile_that_is_gone_gives_no_proof(make_database: MakeDatabase, index: int) -> None:
    """The tiles behind it do not take its place."""
    database = make_database()
    with database.connect(Role.SEALER) as service:
        log_id = store(service, LARGE)
        _, reader = reader_of(service, log_id)
        with database.connect(Role.OWNER) as owner:
            owner.execute("ALTER TABLE ledger.tiles DISABLE TRIGGER USER")
            owner.execute("DELETE FROM ledger.tiles WHERE level = 0 AND index = %s", [index])
        with pytest.raises(Tampered):
            tiles.inclusion_proof(index * tiles.WIDTH, LARGE, reader)
        tiles.inclusion_proof((index + 1) * tiles.WIDTH, LARGE, reader)
