"""Words beside a name that are no part of its initials: titles, degrees, suffixes, particles."""

from collections.abc import Sequence
from typing import Final


def _words(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_TITLES = _words(
    "dr dra mr mrs ms miss mx prof professor doctor rev reverend hon sir dame rabbi imam "
    "pastor sra srta señor señora señorita herr frau mme mlle monsieur madame capt sgt lt "
    "col"
)
_GENERATIONS = _words("jr sr jnr snr esq")
_ROMAN_NUMERALS = _words("II III IV VI VII VIII")
_DEGREES = _words("phd psyd edd dds dnp dsw lmft lcsw lpcc amft asw apcc mft msw mba mph lep")
# Two letters are too short to take for a degree unless they are written as one: Md is a name.
_SHORT_DEGREES = _words("MD RN NP")
_PARTICLES = _words(
    "von van vom zu zum zur der den dem 't ten ter te op de del della delle dei degli di da "
    "das do dos du des la las le les los el al bin bint ibn abu af av"
)
_JOINING_WORDS = _words("and und et with plus")
_GROUP_WORDS = _words("couple couples family families group parents siblings twins")
_JOINING_WORDS_LOWER = _words("or och og")

WORDS_MAX: Final = 8


def joins_persons(words: Sequence[str]) -> bool:
    """Tell whether a word makes several persons of the others: `Ana and Luis`, `Roe family`."""
    return (
        any(word.casefold() in _GROUP_WORDS for word in words)
        or any(word.casefold() in _JOINING_WORDS for word in words[1:])
        or any(word in _JOINING_WORDS_LOWER for word in words[1:])
        or _spanish_and(words)
    )


def without_titles(words: Sequence[str]) -> list[str]:
    """Drop the titles a segment begins with; may leave nothing."""
    start = 0
    while start < len(words) and words[start].rstrip(".").casefold() in _TITLES:
        start += 1
    return list(words[start:])


def without_suffixes(words: Sequence[str], *, keep: int) -> list[str]:
    """Drop the suffixes and degrees a segment ends with, but never the first `keep` words."""
    end = len(words)
    while end > keep and _is_suffix(words[end - 1]):
        end -= 1
    return list(words[:end])


def without_particles(tokens: Sequence[str]) -> list[str]:
    """Drop the particles at either end: `van der Berg` is Berg, but Van Morrison stays."""
    start = _leading_particles(tokens)
    end = len(tokens)
    while end - start > len("AB") and tokens[end - 1] in _PARTICLES:
        end -= 1
    return list(tokens[start:end])


def _leading_particles(tokens: Sequence[str]) -> int:
    count = 0
    while count < len(tokens) and tokens[count].casefold() in _PARTICLES:
        count += 1
    if count == 0:
        return 0
    lower = tokens[0].islower()
    if count == len(tokens):
        return count - 1 if lower else 0
    # A single capitalised one may be a given name: Van, Al, Di.
    return count if lower or count > 1 else 0


def _is_suffix(word: str) -> bool:
    # "J.R." are initials where "Jr." is none, but "M.D." and "Ph.D." are the degree.
    once = word.rstrip(".")
    degree = word.replace(".", "")
    return (
        once.casefold() in _GENERATIONS
        or once in _ROMAN_NUMERALS
        or degree in _SHORT_DEGREES
        or degree.casefold() in _DEGREES
    )


def _spanish_and(words: Sequence[str]) -> bool:
    """`Ana y Luis` are two, `José Ortega y Gasset` is one: two words before, one after."""
    if "y" not in words[1:-1]:
        return False
    before = words.index("y", 1)
    return before == 1 or len(words) - before - 1 > 1
