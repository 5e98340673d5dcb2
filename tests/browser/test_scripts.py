"""What scripts add: a name is converted before it leaves the page, and the page is not reloaded."""

from typing import cast

import pytest
from playwright.sync_api import Error

from aggregates import name_words
from aggregates.alias import read_alias
from aggregates.refusal import Refused
from tests.aggregates.test_initials import GOLDEN, GOLDEN_REFUSALS, NAMES, REFUSALS
from tests.browser.conftest import Visitor
from tests.browser.steps import a_code, a_day, fill, line_of, refused_quietly

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

ALIASES = ["C-001", "c-001", "J.D.2", "j.d.3", "C-01", "J.D.1", "JD2", "J.Q.D.", " "]
_LISTS = [cast("frozenset[str]", x) for x in vars(name_words).values() if isinstance(x, frozenset)]
WORDS = sorted(word for words in _LISTS for word in words)


def examples() -> list[str]:
    """Return every name the rules are specified by, and each special word in each place."""
    tables = (GOLDEN, GOLDEN_REFUSALS, NAMES, REFUSALS)
    names = [name for table in tables for name, _ in table if name.isprintable()]
    for word in WORDS:
        for spelt in (word, word.capitalize(), word.upper(), f"{word}."):
            names += [spelt, f"{spelt} John Doe", f"John {spelt} Doe", f"John Doe {spelt}"]
            names += [f"Doe, {spelt}", f"Doe {spelt}, John"]
    return names + ALIASES


def on_the_server(name: str) -> str | None:
    """Return the alias, or None for a refusal."""
    try:
        return read_alias(name)
    except Refused:
        return None


def test_the_page_and_the_server_agree_on_every_name(visitor: Visitor) -> None:
    """Whatever the page sends is what the server would have made of the name itself."""
    visitor.go("/")
    names = examples()
    made = visitor.page.evaluate("names => names.map((name) => toAlias(name))", names)
    wrong = [
        (name, here, there)
        for name, here in zip(names, made, strict=True)
        if here != (there := on_the_server(name))
    ]
    assert wrong == []


def test_a_name_does_not_leave_the_page(visitor: Visitor) -> None:
    """What goes over the line holds the initials only, in whichever field order it was typed."""
    sent: list[str] = []
    visitor.page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    visitor.go(f"/week/{a_day().isoformat()}")
    fill(visitor, "Zebulon Quixote", start="20:30")
    visitor.page.get_by_label("Client").press("Enter")
    visitor.page.get_by_role("status").wait_for()
    assert any("client=Z.Q." in each for each in sent)
    assert not any("Zebulon" in each or "Quixote" in each for each in sent)


def test_what_cannot_be_initials_is_not_sent(visitor: Visitor) -> None:
    """The sentence stands beside the field, and the field is where the cursor is."""
    sent: list[str] = []
    visitor.go(f"/week/{a_day().isoformat()}")
    visitor.page.on("request", lambda request: sent.append(request.method))
    fill(visitor, "Zebulon & Yolanda Quixote")
    visitor.page.get_by_role("button", name="Log session").click()
    visitor.page.locator("#client-error").wait_for()
    assert "POST" not in sent
    assert visitor.page.evaluate("document.activeElement.id") == "client"


def test_logging_does_not_reload_the_page(visitor: Visitor) -> None:
    """The list and the form are exchanged, and the notice has the focus."""
    client = a_code()
    visitor.go(f"/week/{a_day().isoformat()}")
    visitor.page.evaluate("window.isSamePage = true")
    fill(visitor, client)
    visitor.page.get_by_role("button", name="Log session").click()
    line_of(visitor, client).wait_for()
    assert visitor.page.evaluate("window.isSamePage") is True
    assert visitor.page.evaluate("document.activeElement.getAttribute('role')") == "status"
    assert visitor.page.get_by_label("Client").input_value() == ""


def test_weeks_are_paged_without_a_reload_and_back_works(visitor: Visitor) -> None:
    """The address follows, and the browser's back button leads back."""
    visitor.go("/")
    first = visitor.page.url
    visitor.page.evaluate("window.isSamePage = true")
    visitor.page.get_by_role("link", name="Earlier").click()
    visitor.page.get_by_text("Last week", exact=True).wait_for()
    assert visitor.page.evaluate("window.isSamePage") is True
    assert visitor.page.url != first
    visitor.page.go_back()
    visitor.page.locator(".eyebrow").get_by_text("This week", exact=True).wait_for()
    assert visitor.page.url == first


def test_a_mistake_gets_the_cursor(visitor: Visitor) -> None:
    """The first field that is wrong, after the page was exchanged."""
    visitor.go(f"/week/{a_day().isoformat()}")
    fill(visitor, a_code(), minutes="none")
    visitor.page.get_by_role("button", name="Log session").click()
    visitor.page.locator("#minutes-error").wait_for()
    assert visitor.page.evaluate("document.activeElement.id") == "minutes"
    refused_quietly(visitor)


def test_the_code_leaves_the_address_at_once(visitor: Visitor) -> None:
    """It is in the field, and no longer in the address bar."""
    visitor.go("/sign-in#a-code-that-is-none")
    code = visitor.page.get_by_label("One-time code")
    assert code.input_value() == "a-code-that-is-none"
    assert visitor.page.url == f"{visitor.origin}/sign-in"


def test_injected_markup_and_code_are_refused(visitor: Visitor) -> None:
    """Trusted Types and the policy stand behind the escaping."""
    visitor.go("/")
    for attack in (
        "document.body.innerHTML = '<p>x</p>'",
        "document.write('x')",
        "setTimeout('1')",
        "document.createElement('script').text = '1'",
        "trustedTypes.createPolicy('mine', {createHTML: (text) => text})",
    ):
        with pytest.raises(Error):
            visitor.page.evaluate(f"() => {{ {attack} }}")
    visitor.complaints.clear()
