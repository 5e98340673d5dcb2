"""Reads a posted form strictly: one encoding, one value a name, nothing spooled to disk."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import Request

from aggregates.session_entry import SessionEntry, as_fields
from ledger.ids import derived
from web.errors import PageError
from web.limits import FORM_FIELDS_MAX

FORM_TYPE: Final = "application/x-www-form-urlencoded"
_VERSION_LENGTH_MAX: Final = 18


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of the body. Raises PageError not-a-form or bad-form."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != FORM_TYPE:
        raise PageError("not-a-form")
    body = await request.body()
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=FORM_FIELDS_MAX,
        )
    except ValueError:
        pairs = None
    # Raised here, outside the handler: the codec's own error quotes the body and would be chained.
    if pairs is None or len(dict(pairs)) != len(pairs):
        raise PageError("bad-form")
    return dict(pairs)


def form_id(form: Mapping[str, str]) -> UUID:
    """Return the id of the form that was filled in. Raises PageError bad-form."""
    return parse_id(form.get("command_id", ""), "bad-form")


def form_version(form: Mapping[str, str]) -> int:
    """Return the version the person saw. Raises PageError bad-form."""
    text = form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) <= _VERSION_LENGTH_MAX):
        raise PageError("bad-form")
    return int(text)


def parse_id(text: str, code: str) -> UUID:
    """Return the id that `text` spells in its one form. Raises PageError with `code`."""
    try:
        parsed = UUID(text)
    except ValueError:
        parsed = None
    if parsed is None or str(parsed) != text:
        raise PageError(code)
    return parsed


def command_id(form: UUID, entry: SessionEntry) -> UUID:
    """Return the id of the command "this entry, from this form".

    The same form sent twice is one command; but a form brought back by the browser's history,
    filled in anew, is another one and must not be swallowed as a repetition. The form's id is
    random and kept nowhere, so the id tells nothing about the entry.
    """
    return command_id_of(form, as_fields(entry).values())


def command_id_of(form: UUID, said: Iterable[str]) -> UUID:
    """Return the same for any form, from the values of its fields."""
    digest = sha256("\n".join(said).encode()).digest()
    return derived("form", form, UUID(bytes=digest[:16]))
