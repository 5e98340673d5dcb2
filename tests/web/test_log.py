"""What the service says of itself has no room for what somebody typed."""

import logging
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.log import UNNAMED, Event, kind_and_place, say_failed

CANARY = "Zebulon Quark"


def _raised() -> Exception:
    try:
        int(CANARY)
    except ValueError as error:
        return error
    raise AssertionError


def test_a_line_is_json_of_names_ids_and_numbers(caplog: pytest.LogCaptureFixture) -> None:
    """One line an event, whatever the error says."""
    say_failed(_raised(), UUID(int=7), 6)
    (failed,) = (msgspec.json.decode(record.getMessage()) for record in caplog.records)
    assert failed.pop("place").startswith("test_log.py:")
    assert failed == {
        "event": Event.REQUEST_FAILED.value,
        "at_us": 6,
        "error_id": str(UUID(int=7)),
        "kind": "builtins.ValueError",
    }
    assert CANARY not in caplog.text
    assert all(record.levelno == logging.ERROR for record in caplog.records)


@given(st.text(min_size=1))
def test_a_kind_made_of_text_is_not_repeated(text: str) -> None:
    """A class can be made at run time with any name; only names of code are said."""
    kind, _ = kind_and_place(type("X", (Exception,), {"__qualname__": text, "__module__": "m"})())
    assert kind in {f"m.{text}", UNNAMED}
    assert kind.replace("_", "a").replace(".", "a").replace(":", "a").isalnum()
    assert kind.isascii()


def test_an_error_from_nowhere_has_no_place() -> None:
    """One that was never raised."""
    assert kind_and_place(ValueError(CANARY)) == ("builtins.ValueError", UNNAMED)
