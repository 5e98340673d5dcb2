"""What may stand in for a client: initials, numbered initials, or a neutral code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.alias import read_alias
from aggregates.client_code import client_code
from aggregates.refusal import Refused


@pytest.mark.parametrize("text", ["C-001", "c-001", " C-001 "])
def test_a_code_has_one_form(text: str) -> None:
    """However it is typed."""
    assert read_alias(text) == "C-001"


@pytest.mark.parametrize(
    "text",
    [
        "C001",
        "C-1",
        "C-0001",
        "CC-001",
        "1-001",
        "C-00a",
        "C-\u0660\u0660\u0661",
        "Ç-001",
        "C-001x",
        "",
    ],
)
def test_what_is_almost_a_code_is_none(text: str) -> None:
    """A strict pattern leaves no room for a name or a date of birth."""
    assert client_code(text) is None


def test_two_clients_with_the_same_initials_are_numbered_by_the_therapist() -> None:
    """The second J.D. is J.D.2."""
    assert read_alias("J.D.2") == "J.D.2"
    assert read_alias(" j.d.12 ") == "J.D.12"


@pytest.mark.parametrize(
    "text", ["J.D.1", "J.D.0", "J.D.02", "J.D.100", "John Doe 2", "John.Doe.2", "J.D.²", "2"]
)
def test_any_other_number_is_refused(text: str) -> None:
    """The first needs none, and a name cannot ride in on a number."""
    with pytest.raises(Refused) as refused:
        read_alias(text)
    assert refused.value.code == "client-digits"


def test_a_numbered_character_that_is_a_whole_name_is_refused_as_ever() -> None:
    """The number does not open another way past `initials`."""
    with pytest.raises(Refused) as refused:
        read_alias("王.2")
    assert refused.value.code == "client-code-needed"


@given(st.text(max_size=20) | st.from_regex(r"[A-Za-z](\.[a-z]\.)?-?[0-9]{0,4}", fullmatch=True))
def test_an_alias_is_its_own_alias(text: str) -> None:
    """So that an entry read back from its own form is the same entry."""
    try:
        alias = read_alias(text)
    except Refused:
        return
    assert read_alias(alias) == alias
