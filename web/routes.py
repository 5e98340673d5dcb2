"""Every address of the front, made of its row in the table and of what answers it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.routing import Route

from web import assets
from web.access import ROWS
from web.guard import Endpoint, guarded
from web.pages import (
    access,
    audit,
    delete,
    health,
    replay,
    security_txt,
    session,
    sign_in,
    trail,
    week,
)

HANDLERS: Final[Mapping[tuple[str, str], Endpoint]] = MappingProxyType(
    {
        ("GET", "/"): week.home,
        ("GET", "/week/{day}"): week.show,
        ("POST", "/week/{day}"): week.log,
        ("GET", "/session/{stream_id}"): session.show,
        ("POST", "/session/{stream_id}"): session.correct,
        ("GET", "/session/{stream_id}/delete"): delete.ask,
        ("POST", "/session/{stream_id}/delete"): delete.delete,
        ("GET", "/trail"): trail.show,
        ("GET", "/replay"): replay.show,
        ("GET", "/access"): access.show,
        ("GET", "/sign-in"): sign_in.show,
        ("POST", "/sign-in"): sign_in.redeem,
        ("POST", "/sign-out"): sign_in.leave,
        ("GET", "/audit/p/{slot:int}/{path:path}"): audit.of_practice_log,
        ("GET", "/audit/{path:path}"): audit.of_root_log,
        ("GET", "/healthz"): health.show,
        ("GET", "/readyz"): health.ready,
        ("GET", security_txt.ADDRESS): security_txt.show,
        ("GET", "/static/{fingerprint}/{name}"): assets.serve,
    }
)
# In the order of the table: the first that matches answers.
ROUTES: Final = tuple(
    Route(row.path, guarded(row, HANDLERS[row.method, row.path]), methods=[row.method])
    for row in ROWS
)
