"""The rules are pure: no clock, no ids, no chance, no input or output."""

import ast
from pathlib import Path

import pytest

AGGREGATES = sorted((Path(__file__).parents[2] / "aggregates").rglob("*.py"))
ALLOWED = {
    *("aggregates", "collections", "dataclasses", "datetime", "enum", "functools", "hashlib"),
    *("bisect", "itertools", "operator", "struct"),
    *("msgspec", "re", "types", "typing", "unicodedata", "uuid"),
}
IMPURE_CALLS = {"now", "today", "utcnow", "uuid1", "uuid4", "open", "print", "getnode"}


@pytest.mark.parametrize("path", AGGREGATES, ids=lambda path: path.stem)
def test_a_rule_imports_only_what_is_pure(path: Path) -> None:
    """Msgspec and the parts of the standard library that ask nothing of the machine."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert {alias.name.partition(".")[0] for alias in node.names} <= ALLOWED
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] in ALLOWED


@pytest.mark.parametrize("path", AGGREGATES, ids=lambda path: path.stem)
def test_a_rule_asks_neither_clock_nor_chance(path: Path) -> None:
    """Time and ids come in as arguments (I12)."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert name not in IMPURE_CALLS
