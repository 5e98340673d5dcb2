"""How the embedded server tells a person what it does to their machine."""

from collections.abc import Callable

Say = Callable[[str], None]


def say_nothing(sentence: str) -> None:
    """Keep quiet; the default, for tests and tools."""
    del sentence
