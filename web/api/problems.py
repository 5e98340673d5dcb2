"""Errors as programs read them: application/problem+json (RFC 9457), with nothing of the input."""

from typing import Final, final
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregates.refusal import FieldsRefused, Refused
from ledger.errors import LedgerError
from web.addresses import is_for_programs
from web.api.answers import API_ANSWERS, FIELD_SENTENCES
from web.api.structs import StrictStruct
from web.errors import ANSWERS, CODE_BY_STATUS, Answer, ErrorPage, PageError
from web.render import Renderer

PROBLEM_TYPE: Final = "application/problem+json"
TYPES: Final = "/api/v1/problems/"
_TOO_MANY: Final = 429
_RETRY_AFTER_S: Final = 60


class FieldError(StrictStruct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with one field: a JSON pointer (RFC 6901) into the body, or a parameter."""

    code: str
    detail: str
    pointer: str | UnsetType = UNSET
    parameter: str | UnsetType = UNSET


class Problem(StrictStruct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong; `code` is stable, and `type` leads to what it means."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    error_id: UUID | UnsetType = UNSET
    errors: tuple[FieldError, ...] | UnsetType = UNSET


@final
class ApiError(Exception):
    """Something that only programs are told; `code` is a key of API_ANSWERS."""

    def __init__(self, code: str, *errors: FieldError) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors


def field_error(code: str, *, pointer: str | None = None, query: str | None = None) -> FieldError:
    """Return what is wrong with a field, with the fixed sentence of its code."""
    return FieldError(
        code=code,
        detail=FIELD_SENTENCES[code],
        pointer=UNSET if pointer is None else pointer,
        parameter=UNSET if query is None else query,
    )


def error_page(renderer: Renderer) -> ErrorPage:
    """Return what answers an error: a page, or a problem where a program asked."""

    def answer(
        request: Request, error: Exception, answer: Answer, error_id: str | None
    ) -> Response:
        if not is_for_programs(request.url.path):
            return renderer.error(request, answer, error_id)
        return _problem(_code_of(error), answer, refusals_of(error), error_id)

    return answer


def problem(error: ApiError | FieldsRefused | Refused) -> Response:
    """Return the answer to what a program can put right."""
    if isinstance(error, ApiError):
        return _problem(error.code, API_ANSWERS[error.code], error.errors)
    return _problem("fields-invalid", API_ANSWERS["fields-invalid"], refusals_of(error))


def refusals_of(error: Exception) -> tuple[FieldError, ...]:
    """Return what a rule said of each field; one field, when it named one."""
    match error:
        case FieldsRefused(errors=errors):
            return tuple(each for refused in errors for each in refusals_of(refused))
        case Refused(code=code, sentence=sentence, field=str(field)):
            return (FieldError(code=code.value, detail=sentence, pointer=f"/{field}"),)
        case _:
            return ()


def _problem(
    code: str, answer: Answer, errors: tuple[FieldError, ...], error_id: str | None = None
) -> Response:
    told = Problem(
        type=TYPES + code,
        title=answer.title,
        status=answer.status,
        detail=answer.sentence,
        code=code,
        error_id=UUID(error_id) if error_id else UNSET,
        errors=errors or UNSET,
    )
    headers = dict[str, str]()
    if answer is ANSWERS["token-needed"]:
        headers["www-authenticate"] = 'Bearer realm="therapist-os"'
    if answer.status == _TOO_MANY:
        headers["retry-after"] = str(_RETRY_AFTER_S)
    return Response(msgspec.json.encode(told), answer.status, headers, PROBLEM_TYPE)


def _code_of(error: Exception) -> str:
    match error:
        case PageError(code=code):
            return code
        case HTTPException(status_code=status):
            return CODE_BY_STATUS.get(status, "bad-request")
        case LedgerError(code=code) if code in ANSWERS:
            return code
        case Refused(code=code):
            return code.value
        case _:
            return "internal"
