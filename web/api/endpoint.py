"""Carries a call out: reads it, gives its command an id of its own, and answers in JSON."""

from typing import Final
from uuid import UUID

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.refusal import FieldsRefused, Refused
from ledger.errors import Conflict
from ledger.ids import NIL, derived
from web.api.operation import AnyOperation, Call, Nothing, Reply
from web.api.problems import ApiError, problem
from web.api.reading import JSON_TYPE, check_accepts, key_of, read_body, read_query, seen_version
from web.api.structs import StrictStruct
from web.guard import Endpoint, program_of, standing_of
from web.identity.api_commands import Sent
from web.identity.entering import identity_of
from web.parts import parts_of

_NO_CONTENT: Final = 204


def endpoint_of(operation: AnyOperation) -> Endpoint:
    """Return what answers this operation, once the guard has let somebody in."""

    async def answer(request: Request) -> Response:
        try:
            check_accepts(request)
            body = Nothing()
            if operation.body is not Nothing:
                body = await read_body(request, operation.body)
            reply = await run_in_threadpool(_carry_out, operation, request, body)
        except (ApiError, FieldsRefused) as error:
            return problem(error)
        except Refused as refused:
            if refused.field is None:
                raise
            return problem(refused)
        return _response(operation, reply)

    return answer


def _carry_out(operation: AnyOperation, request: Request, body: StrictStruct) -> Reply:
    version = seen_version(request) if operation.needs_version else None
    query = read_query(request, operation.query)
    command_id = _command_id(request, body, version) if operation.is_change else NIL
    call = Call(
        request=request,
        session=program_of(request),
        standing=standing_of(request),
        body=body,
        query=query,
        command_id=command_id,
        version=version,
    )
    try:
        return operation.handler(call)
    except Conflict:
        if version is None:
            raise
    raise ApiError("version-stale")


def _command_id(request: Request, body: StrictStruct, version: int | None) -> UUID:
    """Return the id of the command; raises ApiError key-reused for what was sent otherwise before.

    The ledger knows a command for ever, the gate what was sent for a day: a key that only the
    ledger knows is too old to compare, so it is refused.
    """
    actor = program_of(request).actor
    command_id = derived("api", actor.practice_id, actor.person_id, key_of(request))
    said = (request.method, request.url.path, version, body)
    sent = msgspec.json.encode(said, order="sorted")
    was_handled = parts_of(request).services.was_handled(actor, command_id)
    known = identity_of(request).api_commands.note(command_id, sent)
    if known is Sent.OTHERWISE or (known is Sent.NEW and was_handled):
        raise ApiError("key-reused")
    return command_id


def _response(operation: AnyOperation, reply: Reply) -> Response:
    headers = dict[str, str]()
    if reply.version is not None:
        headers["etag"] = f'"{reply.version}"'
    if reply.location is not None:
        headers["location"] = reply.location
    if reply.value is None:
        return Response(None, _NO_CONTENT, headers)
    assert type(reply.value) is operation.answer, "the description of the API says so"
    return Response(msgspec.json.encode(reply.value), operation.status, headers, JSON_TYPE)
