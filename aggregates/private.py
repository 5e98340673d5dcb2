"""Personal text that cannot be printed, logged, pickled or formatted by accident (I11)."""

import re
from typing import Final, NoReturn, Self, SupportsIndex, final

SHOWN: Final = "<private>"
_SURROGATES = re.compile("[\ud800-\udfff]")


@final
class Private:
    """A text of a person; shows as `<private>` everywhere and opens only through `reveal()`.

    Raises TypeError for anything but str, and ValueError for text that is no valid Unicode:
    the codec would otherwise quote it in its own error.
    """

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        if type(text) is not str:
            raise TypeError("private text must be a str")
        if _SURROGATES.search(text):
            raise ValueError("private text must be valid Unicode")
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """Return the text: for the page of an allowed person, a rule, or the sealing codec."""
        return self._text

    def __repr__(self) -> str:
        return SHOWN

    def __str__(self) -> str:
        return SHOWN

    def __format__(self, format_spec: str, /) -> str:
        # The specification is ignored: a width would tell the length of nothing, but an error would
        # tempt somebody to reveal.
        return SHOWN

    def __eq__(self, other: object, /) -> bool:
        return isinstance(other, Private) and self._text == other._text

    def __hash__(self) -> int:
        return hash((Private, self._text))

    def __setattr__(self, name: str, value: object, /) -> NoReturn:
        raise AttributeError("private text is frozen")

    def __delattr__(self, name: str, /) -> NoReturn:
        raise AttributeError("private text is frozen")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object, /) -> Self:
        return self

    def __getstate__(self) -> NoReturn:
        raise TypeError("private text is not pickled")

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> NoReturn:
        raise TypeError("private text is not pickled")

    def __reduce__(self) -> NoReturn:
        raise TypeError("private text is not pickled")
