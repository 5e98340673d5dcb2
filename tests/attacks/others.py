"""Every value that differs from a fact in one place, for tests that none of them passes."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import Enum
from types import NoneType
from typing import Any, Final, cast
from uuid import UUID

from msgspec import Struct, structs

from aggregates.private import Private


def _other_choice(value: object) -> object:
    assert isinstance(value, Enum)
    return next(each for each in type(value) if each is not value)


# The first that fits: an Enum of texts is no text, and what is not there is there.
_OTHER: Final[tuple[tuple[Any, Callable[[Any], Any]], ...]] = (
    (Enum, _other_choice),
    (UUID, lambda value: UUID(int=value.int ^ 1 << 64)),
    (date, lambda value: value + timedelta(7)),
    (bytes, lambda value: value[:-1] + bytes([value[-1] ^ 1])),
    (int, lambda value: value + 1),
    (Private, lambda value: Private(value.reveal() + "x")),
    (NoneType, lambda _: Private("x")),
)


def others(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 -- any field of a fact
    """Yield values of the same kind, each after the place in which it differs."""
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            for place, other in others(getattr(value, name)):
                yield f"{name} {place}".strip(), structs.replace(value, **{name: other})
    elif isinstance(value, tuple):
        several = cast("tuple[Any, ...]", value)
        yield "less", several[1:]
        yield "twice", (several[0], *several)
        for place, other in others(several[0]):
            yield place, (other, *several[1:])
    else:
        yield "", next(change(value) for kind, change in _OTHER if isinstance(value, kind))
