"""Initials of one person's name, or a refusal: the only way a name is ever taken in (P13)."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import chain
from typing import Final

from aggregates.name_characters import (
    APOSTROPHES,
    HYPHENS,
    QUOTES,
    character_refusal,
    is_letter,
    mixes_scripts,
)
from aggregates.name_words import (
    WORDS_MAX,
    joins_persons,
    without_particles,
    without_suffixes,
    without_titles,
)
from aggregates.refusal import RefusalCode, Refused

LENGTH_MAX: Final = 80
LETTERS_MAX: Final = 3
_SEGMENTS_MAX = 2  # "surname, given"
_AMBIGUOUS_LETTERS_MAX = 3

_SAME_CHARACTER = str.maketrans(
    dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys(HYPHENS, "-") | dict.fromkeys(QUOTES, '"')
)
_NICKNAME = re.compile(r'\([^()]*\)|"[^"]*"')
_SPACED_DEGREE = re.compile(r"\bPh\.?\s+D\b\.?")
_ELISION = re.compile(r"^(?:d|l|dell|dall|all)'(?=[^\W\d_])")


def initials(text: str) -> str:
    """Return the initials of one person's name: one to three letters, each followed by a dot.

    First and last name count; titles, degrees, suffixes, nicknames and particles do not. What is
    already initials comes back unchanged. Raises Refused for anything that is not one person's
    name or could be read in two ways; the refusal repeats nothing of the text.
    """
    outcome = _convert(text)
    # A traceback that shows locals must not show a name.
    del text
    if isinstance(outcome, RefusalCode):
        raise Refused(outcome)
    return "".join(f"{letter}." for letter in outcome)


def _convert(text: str) -> list[str] | RefusalCode:
    if len(text) > LENGTH_MAX:
        return RefusalCode.CLIENT_TOO_LONG
    trimmed = text.strip()
    if not trimmed:
        return RefusalCode.CLIENT_MISSING
    plain = unicodedata.normalize("NFKC", trimmed)
    refusal = character_refusal(trimmed) or character_refusal(plain)
    if refusal is not None:
        return refusal
    if mixes_scripts(plain):
        return RefusalCode.CLIENT_MIXED_SCRIPTS
    words = _words(plain.translate(_SAME_CHARACTER))
    return words if isinstance(words, RefusalCode) else _letters(words)


def _words(plain: str) -> list[str] | RefusalCode:
    """Return the words of the name in speaking order: given names first."""
    all_words = re.sub(r'[(),"]', " ", plain).split()
    if len(all_words) > WORDS_MAX or any(word.strip("-") == "" for word in all_words):
        return RefusalCode.CLIENT_NOT_A_NAME
    if joins_persons(all_words) and not _only_single_letters(all_words):
        return RefusalCode.CLIENT_SEVERAL_PERSONS
    name = _SPACED_DEGREE.sub("PhD", _NICKNAME.sub(" ", plain))
    if re.search(r'[()"]', name):
        return RefusalCode.CLIENT_NOT_A_NAME
    return _speaking_order([segment.split() for segment in name.split(",")])


def _speaking_order(segments: Sequence[Sequence[str]]) -> list[str] | RefusalCode:
    bare = [
        without_suffixes(without_titles(segment), keep=1 if place == 0 else 0)
        for place, segment in enumerate(segments)
    ]
    named = [segment for segment in bare if segment]
    if len(named) > _SEGMENTS_MAX:
        return RefusalCode.CLIENT_SEVERAL_PERSONS
    if len(named) == _SEGMENTS_MAX and all(_is_full_name(segment) for segment in named):
        # "John Doe, Jane Roe" and "García Márquez, María José" look the same.
        return RefusalCode.CLIENT_SEVERAL_PERSONS
    return list(chain.from_iterable(reversed(named)))


def _is_full_name(words: Sequence[str]) -> bool:
    long_words = [word for word in words if sum(map(is_letter, word)) > 1]
    return len(without_particles(long_words)) > 1


def _letters(words: Sequence[str]) -> list[str] | RefusalCode:
    tokens = [token for word in words for token in _tokens(word)]
    if not tokens:
        return RefusalCode.CLIENT_NOT_A_NAME
    if _only_single_letters(tokens):
        chosen = tokens if len(tokens) <= LETTERS_MAX else [tokens[0], tokens[-1]]
    else:
        chosen = without_particles(tokens)
    if len(chosen) == 1 and _could_be_initials(chosen[0]):
        return RefusalCode.CLIENT_AMBIGUOUS
    if not _only_single_letters(tokens) and len(chosen) > 1:
        chosen = [chosen[0], chosen[-1]]
    return [_initial(token) for token in chosen]


def _tokens(word: str) -> list[str]:
    """Split `J.D.`, drop `d'` and edge punctuation, and keep what has a letter."""
    parts = (part if part == "'t" else _ELISION.sub("", part) for part in word.split("."))
    return [part for part in parts if any(map(is_letter, part))]


def _only_single_letters(tokens: Sequence[str]) -> bool:
    return all(sum(map(is_letter, token)) <= 1 for token in tokens)


def _could_be_initials(token: str) -> bool:
    """`JD` or `jd`, but not `Jo`: two or three letters in one case."""
    count = sum(map(is_letter, token))
    return 1 < count <= _AMBIGUOUS_LETTERS_MAX and (token.isupper() or token.islower())


def _initial(token: str) -> str:
    """Return the first letter, in upper case, as one code point: ß gives S, å gives Å."""
    first = next(character for character in token if is_letter(character))
    return unicodedata.normalize("NFKC", first.upper())[0]
