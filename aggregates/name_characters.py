"""Which characters one person's name may have, and what to say about the others."""

import unicodedata
from collections.abc import Callable
from typing import Final

from aggregates.refusal import RefusalCode

APOSTROPHES: Final = "'\u2018\u2019\u02bb\u02bc"  # straight, curly, okina, modifier
HYPHENS: Final = "-\u2010\u2011"
QUOTES: Final = '"\u201c\u201d'
_PUNCTUATION = frozenset(APOSTROPHES + HYPHENS + QUOTES + ".,()")
_PERSON_SEPARATORS = frozenset("&+/;|")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LETTER_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lo"})
_NAME_CATEGORIES = _LETTER_CATEGORIES | {"Mn", "Mc", "Zs"}
# In these scripts one character is a syllable or a whole surname.
_WHOLE_NAME_SCRIPTS = frozenset(
    {
        "BOPOMOFO",
        "CJK",
        "HALFWIDTH",
        "HANGUL",
        "HENTAIGANA",
        "HIRAGANA",
        "IDEOGRAPHIC",
        "KATAKANA",
        "KATAKANA-HIRAGANA",
        "KHITAN",
        "NUSHU",
        "TANGUT",
        "YI",
    }
)
# Marks without a shape of their own (Unicode Default_Ignorable_Code_Point, category Mn).
_INVISIBLE_MARKS = (
    frozenset({0x034F, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F})
    | frozenset(range(0xFE00, 0xFE10))
    | frozenset(range(0xE0100, 0xE01F0))
)


def is_letter(character: str) -> bool:
    """Tell letters from modifiers, marks and punctuation."""
    return unicodedata.category(character) in _LETTER_CATEGORIES


def is_hidden(character: str) -> bool:
    """Tell control, format, unassigned and otherwise invisible characters."""
    return (
        unicodedata.category(character) in _HIDDEN_CATEGORIES or ord(character) in _INVISIBLE_MARKS
    )


def script(character: str) -> str:
    """Return the first word of the character's Unicode name, which is its script for letters."""
    return unicodedata.name(character, "").partition(" ")[0]


def character_refusal(text: str) -> RefusalCode | None:
    """Return why these characters cannot be a person's name, the gravest reason first."""
    for objects_to, code in _OBJECTIONS:
        if any(map(objects_to, text)):
            return code
    return None


def mixes_scripts(text: str) -> bool:
    """Tell whether letters of two scripts stand together, as look-alikes do (UTS 39)."""
    return len({script(character) for character in text if is_letter(character)}) > 1


def _is_whole_name(character: str) -> bool:
    return script(character) in _WHOLE_NAME_SCRIPTS


def _is_number(character: str) -> bool:
    return unicodedata.category(character).startswith("N")


def _is_strange(character: str) -> bool:
    return not (character in _PUNCTUATION or unicodedata.category(character) in _NAME_CATEGORIES)


_OBJECTIONS: tuple[tuple[Callable[[str], bool], RefusalCode], ...] = (
    (is_hidden, RefusalCode.CLIENT_HIDDEN_CHARACTERS),
    ("@".__eq__, RefusalCode.CLIENT_EMAIL),
    (_is_whole_name, RefusalCode.CLIENT_CODE_NEEDED),
    (_is_number, RefusalCode.CLIENT_DIGITS),
    (_PERSON_SEPARATORS.__contains__, RefusalCode.CLIENT_SEVERAL_PERSONS),
    (_is_strange, RefusalCode.CLIENT_NOT_A_NAME),
)
