"""Initials: one person's name goes in, at most three letters come out, or a refusal."""
# ruff: noqa: RUF001 - names in many alphabets are what is tested

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.initials import LENGTH_MAX, initials
from aggregates.name_characters import script
from aggregates.refusal import Refused

GRAMMAR = re.compile(r"(?:[^\W\d_]\.){1,3}")

# The table of SECURITY 1.1, row by row.
GOLDEN = [
    ("John Doe", "J.D."),
    ("Doe, John", "J.D."),
    ("Doe, John Q., Jr.", "J.D."),
    ("Mary-Jane O'Neil", "M.O."),
    ("Ludwig van Beethoven", "L.B."),
    ("van der Berg", "B."),
    ("Cher", "C."),
    ("Dr. María José García Márquez", "M.M."),
    ("J.D.", "J.D."),
    ("j d", "J.D."),
    ("Ångström Åke", "Å.Å."),
    ("A\u030angström A\u030ake", "Å.Å."),
    ("\ufb01ona", "F."),
    ("ßen Groß", "S.G."),
    ("James T. Kirk III", "J.K."),
    ("Jean-Luc Picard (Bobby)", "J.P."),
]
GOLDEN_REFUSALS = [
    ("JD", "client-ambiguous"),
    ("王芳", "client-code-needed"),
    ("李小龙", "client-code-needed"),
    ("\u202eeoD nhoJ", "client-hidden-characters"),
    ("John\u200bDoe", "client-hidden-characters"),
    ("john.doe@example.com", "client-email"),
    ("12345", "client-digits"),
    ("John Doe & Jane Doe", "client-several-persons"),
    ("John Doe; DROP TABLE", "client-several-persons"),
    ("John Doe; DROP…", "client-several-persons"),
]

NAMES = [
    # order, titles, degrees, suffixes
    ("Doe, Dr. John", "J.D."),
    ("Prof. Dr. Jane Roe", "J.R."),
    ("John Doe Jr", "J.D."),
    ("JOHN DOE JR.", "J.D."),
    ("John Smith MD", "J.S."),
    ("John Smith, M.D.", "J.S."),
    ("John Smith, PhD", "J.S."),
    ("John Smith Ph. D.", "J.S."),
    ("John Smith, LMFT, PsyD", "J.S."),
    ("Doe, Jr.", "D."),
    ("Doe Jr.", "D."),
    ("Doe, MD", "D."),
    # particles at either end, and given names that look like them
    ("de la Cruz, Maria", "M.C."),
    ("Beethoven, Ludwig van", "L.B."),
    ("Van Der Berg", "B."),
    ("de Groot Smith", "G.S."),
    ("van Le", "L."),
    ("de la Los", "L."),
    ("Ludwig Beethoven van", "L.B."),
    ("DE LA CRUZ", "C."),
    ("Van Morrison", "V.M."),
    ("Al Pacino", "A.P."),
    ("Minh Do", "M.D."),
    ("anh le", "A.L."),
    ("Van Le", "V.L."),
    ("Charles d'Artagnan", "C.A."),
    ("D’Angelo", "D."),
    ("Gerard van 't Hoff", "G.H."),
    ("Yo-Yo Ma", "Y.M."),
    ("Or Cohen", "O.C."),
    ("Bo Xu Li", "B.L."),
    ("Smith Jones, M. J.", "M.J."),
    ("Maria do Carmo Sousa e Silva de Almeida", "M.A."),
    # nicknames, punctuation, spaces
    ('John "Jack" Doe', "J.D."),
    ("John “Jack” Doe", "J.D."),
    ("J.-L. Picard", "J.P."),
    ("  Jane \u00a0 Roe ", "J.R."),
    ("Mr. T", "T."),
    ("John" + 73 * " " + "Doe", "J.D."),
    ("Kaʻiulani ʻAolani", "K.A."),
    # initials are initials, also where a title or suffix would be spelt alike
    ("J. D.", "J.D."),
    ("j.d", "J.D."),
    ("J.Q.D.", "J.Q.D."),
    ("M.J.G.M.", "M.M."),
    ("D.R.", "D.R."),
    ("M.D.", "M.D."),
    ("M.S.", "M.S."),
    ("Doe, J.R.", "J.D."),
    ("j y d", "J.Y.D."),
    ("R.N.", "R.N."),
    # Spanish surnames
    ("José Ortega y Gasset", "J.G."),
    ("José Luis Ortega y Gasset", "J.G."),
    ("García Márquez, María", "M.M."),
    # other alphabets stay as they are
    ("Иван Петров", "И.П."),
    ("Ελένη Παπαδοπούλου", "Ε.Π."),
    ("محمد علي", "م.ع."),
    ("ｊｏｈｎ ｄｏｅ", "J.D."),
]

REFUSALS = [
    ("", "client-missing"),
    (" \n ", "client-missing"),
    ("x" * 81, "client-too-long"),
    ("JQD", "client-ambiguous"),
    ("jd", "client-ambiguous"),
    ("J-D", "client-ambiguous"),
    ("Dr. JD", "client-ambiguous"),
    ("John Doe and Jane Doe", "client-several-persons"),
    ("John AND Jane", "client-several-persons"),
    ("John (and Jane) Doe", "client-several-persons"),
    ("John/Jane", "client-several-persons"),
    ("John or Jane", "client-several-persons"),
    ("Roe family", "client-several-persons"),
    ("the Roe Twins", "client-several-persons"),
    ("Ana y Luis", "client-several-persons"),
    ("Ana Paz y Luis Gil", "client-several-persons"),
    ("Ana y Luis Gil", "client-several-persons"),
    ("John Doe, Jane Doe", "client-several-persons"),
    ("John, Jane, Bob", "client-several-persons"),
    ("Li Wu, Bo Xu", "client-several-persons"),
    ("García Márquez, María José", "client-several-persons"),
    ("John Doe 3rd", "client-digits"),
    ("Ⅲ", "client-digits"),
    ("John\tDoe", "client-hidden-characters"),
    ("John\x00Doe", "client-hidden-characters"),
    ("J\ufe0fohn", "client-hidden-characters"),
    ("\ud800", "client-hidden-characters"),
    ("\ue000", "client-hidden-characters"),
    ("John 🙂", "client-not-a-name"),
    ("❤", "client-not-a-name"),
    ("John_Doe", "client-not-a-name"),
    ("=cmd()", "client-not-a-name"),
    ("John (Bob", "client-not-a-name"),
    ("John - Doe", "client-not-a-name"),
    ("Dr.", "client-not-a-name"),
    ("(Bobby)", "client-not-a-name"),
    ("...", "client-not-a-name"),
    ("she said that she would come again on friday", "client-not-a-name"),
    ("Иван Smith", "client-mixed-scripts"),
    ("J\u043ehn Doe", "client-mixed-scripts"),
    ("김철수", "client-code-needed"),
    ("たなか", "client-code-needed"),
    ("Wang 芳", "client-code-needed"),
]


@pytest.mark.parametrize(("name", "expected"), GOLDEN + NAMES)
def test_a_name_becomes_its_initials(name: str, expected: str) -> None:
    """Each row is one way people write names."""
    assert initials(name) == expected


@pytest.mark.parametrize(("text", "code"), GOLDEN_REFUSALS + REFUSALS)
def test_what_is_not_one_name_is_refused_with_its_reason(text: str, code: str) -> None:
    """Ambiguity, several persons, digits, addresses, hidden characters: never guessed at."""
    with pytest.raises(Refused) as refused:
        initials(text)
    assert refused.value.code == code


# The ends of each range of Default_Ignorable_Code_Point with category Mn.
INVISIBLE_MARKS = (
    *(0x034F, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F),
    *(0xFE00, 0xFE0F, 0xE0100, 0xE01EF),
)


@pytest.mark.parametrize("codepoint", INVISIBLE_MARKS)
def test_a_mark_that_nobody_can_see_is_refused(codepoint: int) -> None:
    """A name with one inside would not be the name it looks like."""
    refused = refusal_of(f"J{chr(codepoint)}ohn")
    assert refused is not None
    assert refused.code == "client-hidden-characters"


def test_marks_beside_the_invisible_ones_are_letters_company() -> None:
    """An accent is part of a name."""
    assert initials("J\u034eohn") == initials("J\ufe20ohn") == "J."


def test_a_script_where_one_character_is_a_name_is_offered_a_code() -> None:
    """王 is a whole surname, so its "initial" would be a name."""
    with pytest.raises(Refused, match="C-001"):
        initials("王芳")


def test_every_letter_there_is_gives_a_stable_initial() -> None:
    """A name of one letter comes out as one code point that gives itself again, or is refused."""
    for codepoint in range(sys.maxunicode + 1):
        letter = chr(codepoint)
        if unicodedata.category(letter) in {"Lu", "Ll", "Lt", "Lo"} and script(letter) != "CJK":
            assert_lawful(letter)


@given(st.text(max_size=LENGTH_MAX + 10))
def test_any_text_gives_initials_or_a_refusal(text: str) -> None:
    """Whatever is typed, the outcome is in the grammar."""
    assert_lawful(text)


WORDS = (
    "John jane DOE O'Neil van der de Le Al y and Dr. Jr. III PhD M.D. J. Q Mary-Jane (Bob) ß Åsa "
    "d'Arc \ufb01 Иван 王 3 @ & , . - ' \" ( ) \u200b \u0301 ŉ ǰ ΐ ʻ"
)


@given(
    st.lists(st.sampled_from(WORDS.split(" ")), min_size=1, max_size=9),
    st.sampled_from([" ", "", ", ", "."]),
)
def test_any_heap_of_name_parts_gives_initials_or_a_refusal(words: list[str], glue: str) -> None:
    """Parts of names in every order, which random text seldom reaches."""
    assert_lawful(glue.join(words))


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lt"]), min_size=2, max_size=20))
def test_no_two_letters_of_a_name_stand_together(name: str) -> None:
    """The grammar puts a dot after each letter, so no part of a name is readable."""
    outcome = outcome_of(name)
    runs = {name[i : i + 2] for i in range(len(name) - 1)}
    assert not any(run.casefold() in outcome.casefold() for run in runs if outcome)


@given(st.text(min_size=1, max_size=LENGTH_MAX))
def test_a_refusal_never_repeats_what_was_typed(text: str) -> None:
    """The same words come for every input with the same fault, and nothing hangs on them."""
    refused = refusal_of(text)
    if refused is not None:
        assert refused.args == (refused.code.sentence,)
        assert (refused.__context__, refused.__cause__) == (None, None)


def test_a_traceback_with_locals_holds_no_name() -> None:
    """The frames of a refusal have let go of the text."""
    refused = refusal_of("Zaphod Beeblebrox & Trillian")
    assert refused is not None
    assert refused.__traceback__ is not None
    below = refused.__traceback__.tb_next
    assert below is not None
    while below:
        assert "Zaphod" not in repr(below.tb_frame.f_locals)
        below = below.tb_next


def refusal_of(text: str) -> Refused | None:
    """Return the refusal, if any."""
    try:
        initials(text)
    except Refused as refused:
        return refused
    return None


def outcome_of(text: str) -> str:
    """Return the initials, or nothing if refused."""
    return "" if refusal_of(text) else initials(text)


def assert_lawful(text: str) -> None:
    """In the grammar, in NFC, and its own initials; or refused."""
    outcome = outcome_of(text)
    if outcome:
        assert GRAMMAR.fullmatch(outcome)
        assert unicodedata.normalize("NFC", outcome) == outcome
        assert initials(outcome) == outcome
