"""A form that was sent and not taken, without the records it is usually shown among."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from web.parts import parts_of

SESSION: Final = "entry_form.html"
ACTIVITY: Final = "activity_form.html"
DELETION: Final = "deletion_fields.html"
STATEMENT: Final = "stated_form.html"
_UNAVAILABLE: Final = 503
_RETRY_AFTER_S: Final = "2"


def form_only(request: Request, trouble: str, fields: str, form: object) -> Response:
    """Return the form as it was filled in: no look can be written down now, so nothing is shown.

    `fields` is the template that has the form's fields.
    """
    values: dict[str, object] = {
        "signed_in": "withheld",
        "trouble": trouble,
        "fields": fields,
        "form": form,
        "is_danger": fields == DELETION,
    }
    response = parts_of(request).renderer.page(
        request, "withheld.html", values, status=_UNAVAILABLE
    )
    response.headers["retry-after"] = _RETRY_AFTER_S
    return response
