"""A refusal is a stable code and a plain sentence that says what to do."""

import re

import pytest

from aggregates.hours.refusals import HoursCode
from aggregates.refusal import FieldsRefused, RefusalCode, Refused
from aggregates.refusal_code import Code

ALL = (*RefusalCode, *HoursCode)


@pytest.mark.parametrize("code", ALL, ids=str)
def test_each_code_is_kebab_case_and_each_sentence_is_plain(code: Code) -> None:
    """Short, from capital to full stop, without a placeholder."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.value)
    assert re.fullmatch(r"[A-Z].{19,199}\.", code.sentence)
    assert not set("{}%<>!") & set(code.sentence)


def test_codes_and_sentences_are_distinct() -> None:
    """One code, one sentence."""
    assert len({code.sentence for code in ALL}) == len(ALL) == len({code.value for code in ALL})


def test_a_code_reads_as_its_text() -> None:
    """So that pages and tests can name it."""
    assert RefusalCode("not-yours") is RefusalCode.NOT_YOURS
    assert RefusalCode.NOT_YOURS == "not-yours"


def test_a_refusal_shows_its_code_and_sentence() -> None:
    """Which is all it has."""
    refused = Refused(RefusalCode.NOT_YOURS, field="client")
    assert str(refused) == f"not-yours: {RefusalCode.NOT_YOURS.sentence}"
    assert (refused.code, refused.field) == (RefusalCode.NOT_YOURS, "client")
    assert refused.sentence == RefusalCode.NOT_YOURS.sentence


def test_many_refusals_show_their_codes() -> None:
    """A log line says which, never what was typed."""
    errors = (Refused(RefusalCode.DATE_INVALID), Refused(RefusalCode.CLIENT_EMAIL))
    assert str(FieldsRefused(errors)) == "date-invalid, client-email"
