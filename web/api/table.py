"""All operations of the API: a resource is added by its file and its line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from web.access import Row
from web.api import sessions
from web.api.endpoint import endpoint_of
from web.api.operation import AnyOperation
from web.guard import Endpoint

OPERATIONS: Final[tuple[AnyOperation, ...]] = (*sessions.OPERATIONS,)
API_ROWS: Final[tuple[Row, ...]] = tuple(each.row for each in OPERATIONS)
API_HANDLERS: Final[Mapping[tuple[str, str], Endpoint]] = MappingProxyType(
    {(each.row.method, each.row.path): endpoint_of(each) for each in OPERATIONS}
)
