"""Private text shows as <private> on every way out but one."""

import copy
import dataclasses
import io
import json
import logging
import pickle
import pprint
import reprlib
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn, cast

import msgspec
import pytest

from aggregates.private import SHOWN, Private

PERSON = "Zaphod Beeblebrox"


@dataclasses.dataclass(frozen=True)
class Page:
    """A plain dataclass that holds a private text."""

    alias: Private


class Row(msgspec.Struct, frozen=True):
    """A struct that holds a private text."""

    alias: Private


PRIVATE = Private(PERSON)
ANYTHING: Any = PRIVATE  # the type checker would not let these ways out pass

SHOWINGS: dict[str, Callable[[], object]] = {
    "repr": lambda: repr(PRIVATE),
    "str": lambda: str(PRIVATE),
    "format": lambda: format(PRIVATE),
    "format with a width": lambda: format(PRIVATE, ">40"),
    "f-string": lambda: f"{PRIVATE} {PRIVATE!r} {PRIVATE!s} {PRIVATE!a} {PRIVATE:>30}",
    "percent": lambda: "%s %r %a" % (PRIVATE, PRIVATE, PRIVATE),  # noqa: UP031 - the way out tested
    "str.format": lambda: "{} {!r} {:x}".format(PRIVATE, PRIVATE, PRIVATE),  # noqa: UP032 - likewise
    "pprint": lambda: pprint.pformat({"alias": PRIVATE}),
    "reprlib": lambda: reprlib.repr([PRIVATE]),
    "list": lambda: str([PRIVATE]),
    "dataclass": lambda: repr(Page(PRIVATE)),
    "asdict": lambda: repr(dataclasses.asdict(Page(PRIVATE))),
    "astuple": lambda: repr(dataclasses.astuple(Page(PRIVATE))),
    "struct": lambda: repr(Row(PRIVATE)),
    "struct as dict": lambda: repr(msgspec.structs.asdict(Row(PRIVATE))),
    "copy": lambda: repr(copy.copy(PRIVATE)),
    "deep copy": lambda: repr(copy.deepcopy([PRIVATE])),
    "exception": lambda: str(ValueError(PRIVATE)),
    "attributes": lambda: getattr(PRIVATE, "__dict__", {}),
    "json with a default": lambda: json.dumps(PRIVATE, default=str),
}

REFUSALS: dict[str, Callable[[], object]] = {
    "pickle": lambda: pickle.dumps(PRIVATE),
    "pickle of a dataclass": lambda: pickle.dumps(Page(PRIVATE), protocol=0),
    "getstate": PRIVATE.__getstate__,
    "reduce": PRIVATE.__reduce__,
    "json": lambda: json.dumps({"alias": PRIVATE}),
    "msgspec json": lambda: msgspec.json.encode(PRIVATE),
    "msgspec json of a struct": lambda: msgspec.json.encode(Row(PRIVATE)),
    "msgspec messagepack": lambda: msgspec.msgpack.encode(Row(PRIVATE)),
    "to builtins": lambda: msgspec.to_builtins(Row(PRIVATE)),
    "joining": lambda: "-".join(2 * [ANYTHING]),
    "adding": lambda: "x" + ANYTHING,
    "iterating": lambda: [*ANYTHING],
    "measuring": lambda: len(ANYTHING),
    "ordering": lambda: Private("a") > ANYTHING,
    "bytes": lambda: bytes(ANYTHING),
}


def fail_with(alias: Private) -> NoReturn:
    """Raise an error that carries the text and has it among its locals."""
    raise ValueError(alias)


@pytest.mark.parametrize("way", SHOWINGS)
def test_a_private_text_is_not_shown(way: str) -> None:
    """Each way to make text of a value shows that it is private, and no more."""
    shown = str(SHOWINGS[way]())
    assert "Zaphod" not in shown
    assert "Beeblebrox" not in shown


@pytest.mark.parametrize("way", REFUSALS)
def test_a_private_text_is_not_given_away(way: str) -> None:
    """Each way to turn a value into bytes or parts fails, and the failure is silent about it."""
    with pytest.raises((TypeError, AttributeError)) as refused:
        REFUSALS[way]()
    assert "Zaphod" not in str(refused.value)


def test_only_reveal_opens_it() -> None:
    """The one door."""
    assert PRIVATE.reveal() == PERSON


def test_it_shows_one_fixed_text_whatever_it_holds() -> None:
    """Nor does its length show."""
    assert {str(Private("")), str(Private("x" * 1000))} == {SHOWN}


def test_logging_does_not_write_it() -> None:
    """Neither as an argument nor in an exception's text."""
    written = io.StringIO()
    logger = logging.getLogger("test_private")
    logger.propagate = False
    logger.addHandler(logging.StreamHandler(written))
    logger.error("alias %s of %r", PRIVATE, {"alias": PRIVATE})
    try:
        fail_with(PRIVATE)
    except ValueError:
        logger.exception("failed")
    assert "Zaphod" not in written.getvalue()
    assert SHOWN in written.getvalue()


def test_a_traceback_with_locals_does_not_show_it() -> None:
    """Crash reporters print local variables."""
    try:
        fail_with(PRIVATE)
    except ValueError as error:
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert "Zaphod" not in "".join(report.format())


def test_its_size_in_memory_does_not_tell_its_length() -> None:
    """The text is a reference away."""
    assert sys.getsizeof(Private("a")) == sys.getsizeof(Private("a" * 1000))


def test_equal_texts_are_equal_and_hash_alike() -> None:
    """Rules compare without opening."""
    assert Private("J.D.") == Private("J.D.")
    assert Private("J.D.") != Private("J.E.")
    assert Private("J.D.") != "J.D."
    assert len({Private("J.D."), Private("J.D.")}) == 1


def test_it_is_frozen() -> None:
    """No one swaps the text behind a rule's back."""
    for name in ("_text", "other"):
        with pytest.raises(AttributeError):
            setattr(PRIVATE, name, "x")
        with pytest.raises(AttributeError):
            delattr(PRIVATE, name)


def test_only_valid_text_is_taken() -> None:
    """The codec's own error would quote a lone surrogate and what stands around it."""
    with pytest.raises(ValueError, match="valid Unicode") as invalid:
        Private("Zaphod\ud800")
    assert "Zaphod" not in repr(invalid.value)
    with pytest.raises(TypeError, match="must be a str"):
        Private(cast("Any", b"Zaphod"))
