"""Files of the logs for auditors and witnesses: checkpoints, tiles, entries and proofs."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.audit_files import Served
from web.assets import CACHE_FOR_EVER
from web.errors import PageError
from web.guard import reading
from web.parts import parts_of
from web.who import who

CACHE_FOR_EVER_HERE: Final = CACHE_FOR_EVER.replace("public", "private")


async def of_root_log(request: Request) -> Response:
    """Answer `GET /audit/{path}`: it tells nothing of anybody, so everybody may ask."""
    ask = parts_of(request).services.root_log_file
    return _answer(await run_in_threadpool(ask, request.path_params["path"]), CACHE_FOR_EVER)


async def of_practice_log(request: Request) -> Response:
    """Answer `GET /audit/p/{slot}/{path}` to members of the practice whose log it is."""
    records = await reading(request)
    slot, path = request.path_params["slot"], request.path_params["path"]
    served = await run_in_threadpool(records.practice_log_file, who(request), slot, path)
    return _answer(served, CACHE_FOR_EVER_HERE)


def _answer(served: Served | None, forever: str) -> Response:
    if served is None:
        raise PageError("not-found")
    headers = {"cache-control": forever} if served.is_immutable else {}
    return Response(served.content, media_type=served.media_type, headers=headers)
