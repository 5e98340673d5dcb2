"""No statement is built from what somebody said: row-level security stops no SQL of a stranger."""

import ast
from collections.abc import Iterator

from tests import tidy_rules as tidy

# What is not a constant of its module, and why it is none of anybody's words: tables of read models
# (`statement`), our own files, and choices between constants.
KNOWN = {
    "ledger/drift/catalogue.py: query",
    "ledger/keys/destroyer.py: statement",
    "ledger/postgres/embedded.py: sql.SQL('CREATE DATABASE {}').format(name)",
    "ledger/postgres/migrate.py: migration.text",
    "ledger/reader.py: _STREAM_BACKWARDS if asked.is_backwards else _STREAM",
    "projections/definitions.py: place.statement('DROP TABLE IF EXISTS {table}')",
    "projections/definitions.py: place.statement(place.read_model.policies)",
    "projections/definitions.py: place.statement(place.read_model.ddl)",
    "projections/definitions.py: rename",
    "projections/definitions.py: statement",
    "projections/pages.py: place.statement(_HOLD_TABLE)",
    "projections/pages.py: place.statement(write.statement)",
    "projections/rebuild.py: old.statement(_EXCLUDE_ALL)",
}


def statements() -> Iterator[str]:
    """Yield each thing that is executed and is neither literal text nor a constant."""
    for path in tidy.files():
        if path.suffix != ".py" or path.parts[0] not in tidy.LIBRARIES:
            continue
        for node in ast.walk(ast.parse((tidy.ROOT / path).read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in {"execute", "executemany", "copy"} or not node.args:
                continue
            said = node.args[0]
            is_constant = isinstance(said, ast.Name) and said.id.isupper()
            if not (is_constant or isinstance(said, ast.Constant)):
                yield f"{path}: {ast.unparse(said)}"


def test_every_statement_is_a_constant_or_known() -> None:
    """A new one has to be looked at, and its reason written here."""
    assert set(statements()) == KNOWN
