"""All operations of the API: a resource is added by its file and its name here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from web.access import Row
from web.api import (
    activities,
    me,
    members,
    progress,
    public,
    replay,
    sessions,
    setup,
    supervised,
    trail,
    weekly_log,
    weeks,
)
from web.api.endpoint import endpoint_of
from web.api.operation import AnyOperation
from web.guard import Endpoint

_RESOURCES: Final = (
    *(me, weeks, sessions, activities, setup, weekly_log, progress, supervised),
    *(trail, members, replay),
)
OPERATIONS: Final[tuple[AnyOperation, ...]] = tuple(
    operation for resource in _RESOURCES for operation in resource.OPERATIONS
)
API_ROWS: Final[tuple[Row, ...]] = (*(each.row for each in OPERATIONS), *public.PUBLIC_ROWS)
API_HANDLERS: Final[Mapping[tuple[str, str], Endpoint]] = MappingProxyType(
    {(each.row.method, each.row.path): endpoint_of(each) for each in OPERATIONS}
    | {
        ("GET", public.PUBLIC_ROWS[0].path): public.describing(OPERATIONS),
        ("GET", public.PUBLIC_ROWS[1].path): public.explain,
    }
)
