"""What a supervisor's browser does on the page that signs."""

import html
import re
from typing import Final

from aggregates.hours.week_statement import statement_challenge
from tests.web.identity.authenticator import Authenticator, challenge_in

_HIDDEN: Final = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')
_TAG: Final = re.compile(r"</?span>")
_FORM: Final = re.compile(
    r'action="([^"]*)" class="stack with-scripts"[^>]*data-options="([^"]*)">'
)


def statements_on(page: str) -> list[str]:
    """Return the statements that a page shows."""
    found = re.findall(r'<pre class="statement"[^>]*>(.*?)</pre>', page, re.DOTALL)
    return [html.unescape(_TAG.sub("", each)) for each in found]


def answers(page: str, passkey: Authenticator) -> dict[str, dict[str, str]]:
    """Return by its address what each form of a page would send, signed for what is shown there."""
    sent: dict[str, dict[str, str]] = {}
    forms = list(_FORM.finditer(page))
    for form, statement in zip(forms, statements_on(page), strict=True):
        options = html.unescape(form[2])
        assert challenge_in(options) == statement_challenge(statement)
        passkey.count += 1
        hidden = dict(_HIDDEN.findall(page[form.end() : page.index("</form>", form.end())]))
        sent[form[1]] = {**hidden, "answer": passkey.get(options)}
    return sent


def answer(page: str, passkey: Authenticator) -> dict[str, str]:
    """Return what the only form of a page would send."""
    (sent,) = answers(page, passkey).values()
    return sent
