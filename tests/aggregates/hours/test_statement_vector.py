"""The published statement and its challenge: what was signed once stays so."""

from pathlib import Path
from typing import Final

from aggregates.hours.week_statement import statement_challenge, week_statement
from tests.aggregates.hours_examples import HASH, PRACTICE, ROW, SIGNED_AT_US

ROOT: Final = Path(__file__).parents[3]
TEXT: Final = (ROOT / "tests/golden/week_statement.txt").read_text()
CHALLENGE: Final = "8389c1665d3416904e466d9577a7f6ff9b9de52413e3aa727e5633e031cd1e2f"


def test_the_statement_is_the_golden_text() -> None:
    """Byte for byte; another grammar gets another title and another domain."""
    assert week_statement(PRACTICE, ROW, SIGNED_AT_US, HASH[:16]) == TEXT
    assert statement_challenge(TEXT).hex() == CHALLENGE


def test_the_docs_show_the_golden_text_and_its_challenge() -> None:
    """A stranger can begin with it."""
    docs = (ROOT / "docs/format.md").read_text()
    assert f"```\n{TEXT}```\n" in docs
    assert f"`{CHALLENGE}`" in docs
    assert f"these {TEXT.count(chr(10))} lines" in docs
