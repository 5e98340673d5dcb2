"""A form that was sent and not taken, without the records it is usually shown among."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from web.pages.activity_form import ActivityForm
from web.pages.deletion_form import DeletionForm
from web.pages.entry_form import EntryForm
from web.pages.stated_form import StatedForm
from web.parts import parts_of

_UNAVAILABLE: Final = 503
_RETRY_AFTER_S: Final = "2"


def form_only(
    request: Request,
    trouble: str,
    *,
    entry: EntryForm | ActivityForm | None = None,
    deletion: DeletionForm | None = None,
    stated: StatedForm | None = None,
) -> Response:
    """Return the form as it was filled in: no look can be written down now, so nothing is shown."""
    is_activity = isinstance(entry, ActivityForm)
    values: dict[str, object] = {
        "signed_in": "withheld",
        "trouble": trouble,
        "form": None if is_activity else entry,
        "activity": entry if is_activity else None,
        "deletion": deletion,
        "stated": stated,
    }
    response = parts_of(request).renderer.page(
        request, "withheld.html", values, status=_UNAVAILABLE
    )
    response.headers["retry-after"] = _RETRY_AFTER_S
    return response
