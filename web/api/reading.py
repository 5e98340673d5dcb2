"""Reads what a program sends, strictly: one JSON object, each name once, known headers."""

import datetime as dt
import re
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from starlette.requests import Request

from web.addresses import parse_day
from web.api.problems import ApiError, FieldError, field_error
from web.api.structs import StrictStruct
from web.errors import PageError

JSON_TYPE: Final = "application/json"
KEY_HEADER: Final = "idempotency-key"
_KEY: Final = re.compile(r'("?)([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\1')
_TAG: Final = re.compile(r'"([1-9][0-9]{0,17})"')
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:]', re.DOTALL)
_PLACE: Final = re.compile(r" - at `\$\.([a-z_]+)")
_NAMED: Final = re.compile(r"Object missing required field `([a-z_]+)`")
_NO_WEIGHT: Final = re.compile(r"q=0(\.0{0,3})?")

T = TypeVar("T", bound=StrictStruct)


def check_accepts(request: Request) -> None:
    """Raise ApiError not-acceptable where JSON is not wanted back."""
    ranges = ",".join(request.headers.getlist("accept")) or "*/*"
    wanted = {JSON_TYPE, "application/*", "*/*"}
    for each in ranges.split(","):
        kind, *parameters = (part.strip().lower() for part in each.split(";"))
        if kind in wanted and not any(_NO_WEIGHT.fullmatch(part) for part in parameters):
            return
    raise ApiError("not-acceptable")


async def read_body(request: Request, kind: type[T]) -> T:
    """Return what the body says. Raises ApiError not-json, json-malformed or fields-invalid."""
    media_type, _, parameter = request.headers.get("content-type", "").partition(";")
    is_utf_8 = parameter.strip().lower() in {"", "charset=utf-8", 'charset="utf-8"'}
    if media_type.strip().lower() != JSON_TYPE or not is_utf_8:
        raise ApiError("not-json")
    body = await request.body()
    read = _decoded(body, kind)
    # Raised here, outside the handler: the codec's own error quotes the body and would be chained.
    if isinstance(read, ApiError):
        raise read
    if _has_a_name_twice(body):
        raise ApiError("json-malformed")
    return read


def read_query(request: Request, kind: type[T]) -> T:
    """Return what the query says. Raises ApiError fields-invalid, also for what is not known."""
    pairs = request.query_params.multi_items()
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ApiError("fields-invalid", field_error("field-unknown"))
    try:
        return msgspec.convert(fields, kind, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        message = str(error)
    field = _field_of(message, kind)
    code = "field-unknown" if "unknown field" in message else "field-invalid"
    raise ApiError("fields-invalid", field_error(code, query=field))


def query_day(text: str, name: str) -> dt.date:
    """Return the day that a parameter spells. Raises ApiError fields-invalid."""
    try:
        return parse_day(text)
    except PageError:
        raise ApiError("fields-invalid", field_error("field-invalid", query=name)) from None


def key_of(request: Request) -> UUID:
    """Return the idempotency key, quoted or not. Raises ApiError key-needed."""
    given = request.headers.getlist(KEY_HEADER)
    found = _KEY.fullmatch(given[0].strip()) if len(given) == 1 else None
    if found is None:
        raise ApiError("key-needed")
    return UUID(found[2])


def seen_version(request: Request) -> int:
    """Return the version that If-Match names. Raises ApiError version-needed or version-stale."""
    given = request.headers.getlist("if-match")
    if not given:
        raise ApiError("version-needed")
    found = _TAG.fullmatch(given[0].strip()) if len(given) == 1 else None
    if found is None:
        raise ApiError("version-stale")  # no entity tag of ours: it matches nothing
    return int(found[1])


def _decoded(body: bytes, kind: type[T]) -> T | ApiError:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        return ApiError("fields-invalid", _wrong(str(error), kind))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ApiError("json-malformed")


def _wrong(message: str, kind: type[StrictStruct]) -> FieldError:
    """Return our own words for the codec's, which quote what was sent."""
    if "unknown field" in message:
        return field_error("field-unknown", pointer="")
    field = _field_of(message, kind)
    pointer = f"/{field}" if field else ""
    if "missing required field" in message:
        return field_error("field-missing", pointer=pointer)
    is_type = message.startswith("Expected") and ", got " in message
    return field_error("field-type" if is_type else "field-invalid", pointer=pointer)


def _field_of(message: str, kind: type[StrictStruct]) -> str | None:
    """Return the field that the codec means, if it is one of ours."""
    found = _NAMED.search(message) or _PLACE.search(message)
    return found[1] if found and found[1] in kind.__struct_encode_fields__ else None


def _has_a_name_twice(body: bytes) -> bool:
    """Tell it of a body that is well-formed; the codec would take the last of them."""
    opened: list[set[str]] = []
    last = b""
    for token in _TOKEN.findall(body):
        match token:
            case b"{" | b"[":
                opened.append(set())
            case b"}" | b"]":
                opened.pop()
            case b":":
                name: str = msgspec.json.decode(last, type=str)
                if name in opened[-1]:
                    return True
                opened[-1].add(name)
            case _:
                last = token
    return False
