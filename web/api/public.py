"""What everybody may read of the API: its description, and what each code means."""

from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from web.access import Row
from web.api.answers import answer_of
from web.api.openapi import description
from web.api.operation import PREFIX, AnyOperation
from web.api.problems import TYPES, Problem
from web.api.reading import JSON_TYPE
from web.errors import PageError
from web.guard import Endpoint

DESCRIPTION_PATH: Final = f"{PREFIX}/openapi.json"
PUBLIC_ROWS: Final = (
    Row(method="GET", path=DESCRIPTION_PATH, why_none="describes the API and names nobody"),
    Row(method="GET", path=TYPES + "{code}", why_none="says what a code means"),
)


def describing(operations: tuple[AnyOperation, ...]) -> Endpoint:
    """Return what answers `GET /api/v1/openapi.json`; made once."""
    text = document(operations)

    async def answer(_: Request) -> Response:
        return Response(text, media_type=JSON_TYPE)

    return answer


def document(operations: tuple[AnyOperation, ...]) -> bytes:
    """Return the description as it is served and kept in the docs."""
    return msgspec.json.format(msgspec.json.encode(description(operations)), indent=2) + b"\n"


async def explain(request: Request) -> Response:
    """Answer `GET /api/v1/problems/{code}`."""
    code = request.path_params["code"]
    answer = answer_of(code)
    if answer is None:
        raise PageError("not-found")
    told = Problem(
        type=TYPES + code,
        title=answer.title,
        status=answer.status,
        detail=answer.sentence,
        code=code,
    )
    return Response(msgspec.json.encode(told), media_type=JSON_TYPE)
