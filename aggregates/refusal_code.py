"""What every code of a refusal is: a stable name and a fixed sentence.

The sentence belongs to the code and takes no argument, so no refusal can repeat what was typed.
"""

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """Base of the lists of codes; docs/errors.md has a line for each code there is."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Self:
        """Make the member of this name, with its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member
