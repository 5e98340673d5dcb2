"""Which tests stand on which side of a rule's threshold; docs/rules.md names them."""

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Final, TypeVar

import pytest

from aggregates.bbs.rules import RULES

Test = TypeVar("Test", bound=Callable[..., None])
HERE: Final = Path(__file__).parent


class Side(StrEnum):
    """Where a test stands."""

    KEPT = "kept"
    BROKEN = "broken"


SIDES: Final[dict[str, dict[Side, set[str]]]] = {
    name: {side: set[str]() for side in Side} for name in RULES
}


def kept(*rule_ids: str) -> Callable[[Test], Test]:
    """Run a test for each rule and track, with something that just keeps the rule."""
    return _on(Side.KEPT, rule_ids)


def broken(*rule_ids: str) -> Callable[[Test], Test]:
    """Run a test for each rule and track, with something that just breaks the rule."""
    return _on(Side.BROKEN, rule_ids)


def load() -> None:
    """Import every test of the rules, so that `SIDES` is whole."""
    for path in sorted(HERE.glob("test_rules_*.py")):
        import_module(f"tests.aggregates.bbs.{path.stem}")


def _on(side: Side, rule_ids: tuple[str, ...]) -> Callable[[Test], Test]:
    cases = [(name, track) for name in rule_ids for track in RULES[name].citations]

    def decorate(test: Test) -> Test:
        for name in rule_ids:
            SIDES[name][side].add(test.__name__)
        names = [f"{name}-{track}" for name, track in cases]
        return pytest.mark.parametrize(("rule_id", "track"), cases, ids=names)(test)

    return decorate
