"""The description of the API (OpenAPI 3.1), made from the declarations and their types."""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from aggregates.api_token import TokenPurpose
from web.access import MEMBERS, role_verdict
from web.api.answers import answer_of
from web.api.operation import PREFIX, AnyOperation, Nothing
from web.api.problems import PROBLEM_TYPE, Problem
from web.api.reading import JSON_TYPE
from web.api.structs import StrictStruct

Node = dict[str, Any]

VERSION: Final = "1.0.0"
_REF: Final = "#/components/schemas/{name}"
_PART: Final = re.compile(r"\{([a-z_]+)\}")
_PARTS: Final[dict[str, Node]] = {
    "day": {"type": "string", "format": "date"},
    "person_id": {"type": "string", "format": "uuid"},
    "stream_id": {"type": "string", "format": "uuid"},
}
# What any operation may answer: who asks, how often, in what form, and whether we can.
_ALWAYS: Final = (
    *("bad-request", "token-needed", "purpose-needed", "not-found", "method-not-allowed"),
    *("not-acceptable", "too-large", "fields-invalid", "too-many", "internal"),
    *("busy", "quarantined", "unavailable"),
)
_OF_CHANGES: Final = ("key-needed", "key-reused", "conflict", "event-refused")
_OF_BODIES: Final = ("json-malformed", "not-json", "too-slow")
_OF_VERSIONS: Final = ("version-needed", "version-stale")
_ABOUT: Final = (
    "Programs act for one person in one practice, with a token for one purpose, by the same rules"
    " as the pages. A token is sent in the header Authorization and nowhere else; cookies are not"
    " looked at, so no other site can make a browser act. Every look at records is in the log"
    " before it is answered, or the answer is 503. Every change takes an Idempotency-Key: sent"
    " again it happens once. Errors are application/problem+json (RFC 9457) and repeat nothing of"
    " what was sent."
)


def description(operations: Iterable[AnyOperation]) -> Node:
    """Return the OpenAPI document."""
    operations = tuple(operations)
    paths: Node = {}
    for each in operations:
        path = each.row.path.removeprefix(PREFIX)
        paths.setdefault(path, {})[each.row.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Therapist OS", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "responses": _problems(operations),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def codes_of(operation: AnyOperation) -> list[str]:
    """Return every code that an operation may answer."""
    more = (
        (operation.row.roles != MEMBERS, (role_verdict(operation.row).value,)),
        (operation.is_change, _OF_CHANGES),
        (operation.body is not Nothing, _OF_BODIES),
        (operation.needs_version, _OF_VERSIONS),
        (operation.row.baa, ("baa-not-signed",)),
    )
    also = (code for is_so, codes in more if is_so for code in codes)
    return list(dict.fromkeys((*_ALWAYS, *operation.codes, *also)))


def _schemas(operations: tuple[AnyOperation, ...]) -> Node:
    sent = (each.body for each in operations if each.body is not Nothing)
    answered = (each.answer for each in operations if each.answer is not None)
    kinds = dict.fromkeys((Problem, *sent, *answered))
    _, schemas = msgspec.json.schema_components(kinds, ref_template=_REF)
    return dict(sorted(schemas.items()))


def _operation(operation: AnyOperation) -> Node:
    tokens = sorted(operation.row.tokens, key=list(TokenPurpose).index)
    told: Node = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Roles: {', '.join(sorted(operation.row.roles))}."
        f" Purposes of tokens: {', '.join(tokens)}.",
        "parameters": [*_path(operation), *_query(operation), *_headers(operation)],
        "responses": _responses(operation),
    }
    if operation.body is not Nothing:
        content = {JSON_TYPE: {"schema": _ref(operation.body)}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _path(operation: AnyOperation) -> list[Node]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PARTS[name]}
        for name in _PART.findall(operation.row.path)
    ]


def _query(operation: AnyOperation) -> list[Node]:
    _, found = msgspec.json.schema_components([operation.query], ref_template=_REF)
    properties: Node = found[operation.query.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _inlined(schema, found)}
        for name, schema in properties.items()
    ]


def _inlined(schema: Node, found: Node) -> Node:
    """Return a parameter's schema; null is said by leaving the parameter out."""
    choices = [each for each in schema.get("anyOf", [schema]) if each != {"type": "null"}]
    (one,) = choices
    if "$ref" in one:
        one = found[one["$ref"].rpartition("/")[2]]
    kept = {name: schema[name] for name in ("description", "default") if schema.get(name)}
    return one | kept


def _headers(operation: AnyOperation) -> list[Node]:
    names = ["Idempotency-Key"] * operation.is_change + ["If-Match"] * operation.needs_version
    return [
        {"name": name, "in": "header", "required": True, "schema": _HEADERS[name]} for name in names
    ]


_HEADERS_OF: Final = {
    401: "WWW-Authenticate",
    405: "Allow",
    429: "Retry-After",
    503: "Retry-After",
}
_TAG: Final = {"type": "string", "pattern": '^"[1-9][0-9]{0,17}"$'}
_HEADERS: Final[dict[str, Node]] = {
    "Idempotency-Key": {"type": "string", "format": "uuid"},
    "If-Match": _TAG,
}


def _responses(operation: AnyOperation) -> Node:
    responses: Node = {str(operation.status): _success(operation)}
    for status, codes in _by_status(operation):
        responses[str(status)] = {"$ref": f"#/components/responses/{_name(codes)}"}
    return responses


def _problems(operations: tuple[AnyOperation, ...]) -> Node:
    """Return each answer to an error once, with the codes there are."""
    found = {_name(codes): (status, codes) for e in operations for status, codes in _by_status(e)}
    return {name: _problem(*found[name]) for name in sorted(found)}


def _problem(status: int, codes: tuple[str, ...]) -> Node:
    one_of: Node = {"properties": {"code": {"enum": list(codes)}, "status": {"const": status}}}
    told: Node = {
        "description": ", ".join(codes),
        "content": {PROBLEM_TYPE: {"schema": {"allOf": [_ref(Problem), one_of]}}},
    }
    if status in _HEADERS_OF:
        name = _HEADERS_OF[status]
        told["headers"] = {name: {"required": True, "schema": {"type": "string"}}}
    return told


def _by_status(operation: AnyOperation) -> list[tuple[int, tuple[str, ...]]]:
    found: dict[int, list[str]] = {}
    for code in codes_of(operation):
        answer = answer_of(code)
        assert answer is not None, "every code stands in one of the tables"
        found.setdefault(answer.status, []).append(code)
    return [(status, tuple(codes)) for status, codes in sorted(found.items())]


def _name(codes: tuple[str, ...]) -> str:
    return ".".join(codes)


def _success(operation: AnyOperation) -> Node:
    if operation.answer is None:
        return {"description": "done"}
    told: Node = {
        "description": (operation.answer.__doc__ or "").partition("\n")[0],
        "content": {JSON_TYPE: {"schema": _ref(operation.answer)}},
    }
    if operation.is_tagged:
        told["headers"] = {"ETag": {"required": True, "schema": _TAG}}
    return told


def _ref(kind: type[StrictStruct]) -> Node:
    return {"$ref": _REF.format(name=kind.__name__)}
