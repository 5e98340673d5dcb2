"""Fills in the templates: everything is escaped, and a name that is missing is an error."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from web import assets
from web.errors import Answer
from web.headers import NONCE_KEY

ROLE_KEY: Final = "web.role"
NEWS_KEY: Final = "web.news"
FOLDER: Final = Path(__file__).parent / "templates"


class Renderer:
    """Turns a template and its values into a response."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def page(
        self, request: Request, template: str, values: dict[str, object], *, status: int = 200
    ) -> Response:
        """Return the page; `values` are the only place where private text is open."""
        text = self._environment.get_template(template).render(
            values
            | {
                "asset": assets.address,
                "nonce": request.scope[NONCE_KEY],
                # htmx puts the page into one that has its scripts; bringing them again is refused.
                "swapped": request.headers.get("hx-request") == "true",
                "path": request.url.path,
                "role": request.scope.get(ROLE_KEY, ""),
                "news": request.scope.get(NEWS_KEY, ()),
            }
        )
        return HTMLResponse(text, status)

    def error(self, request: Request, answer: Answer, error_id: str | None) -> Response:
        """Return the page of an error: its title, its sentence and its id."""
        return self.page(
            request, "error.html", {"answer": answer, "error_id": error_id}, status=answer.status
        )
