"""Reading a form field by field, so that a person hears of all mistakes at once."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from aggregates.refusal import FieldsRefused, Refused
from aggregates.refusal_code import Code

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)


class FormReading:
    """Collects one refusal a field; `finish` raises them together."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self._refusals: dict[str, Refused] = {}

    def read(self, field: str, parse: Callable[[str], T]) -> T | None:
        """Return the parsed field, or None after noting its refusal; a missing field is empty."""
        try:
            return parse(self._fields.get(field, "").strip())
        except Refused as refusal:
            # A fresh one: the caught one's traceback holds frames that saw the text.
            self._refusals.setdefault(field, refusal.beside(field))
        return None

    def refuse(self, field: str, code: Code) -> None:
        """Note a refusal that needs more than one field."""
        self._refusals.setdefault(field, Refused(code, field=field))

    def finish(self) -> None:
        """Raise FieldsRefused, in the order of reading, if any field was refused."""
        if self._refusals:
            raise FieldsRefused(tuple(self._refusals.values()))


def present(value: T | None) -> T:
    """Return what a finished reading must have read."""
    assert value is not None
    return value


def read_choice(text: str, choices: type[Choice], unknown: Code) -> Choice:
    """Return the choice of this value; raises Refused with the code handed in."""
    for choice in choices:
        if choice.value == text:
            return choice
    raise Refused(unknown)
