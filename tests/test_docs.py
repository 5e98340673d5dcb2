"""The docs name everything that a user or operator can meet, and nothing that is not there."""

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import ledger
import therapist_os
from aggregates.catalogue import SPECS
from aggregates.hours.refusals import HoursCode
from aggregates.refusal import RefusalCode
from ledger.errors import LedgerError
from ledger.fsck.difference import Name
from ledger.postgres.connect import OWNER_ROLE
from ledger.postgres.connect import Role as DatabaseRole
from ledger.postgres.settings import SETTINGS
from tests import docs_reading, generate_docs
from tests import tidy_rules as tidy
from web.routes import ROUTES
from web.settings import WEB_SETTINGS

PAGES = [path for path in tidy.files() if path.suffix == ".md"]


def error_codes() -> set[str]:
    """Return the codes of every error the ledger can raise."""
    for module in pkgutil.walk_packages(ledger.__path__, "ledger."):
        importlib.import_module(module.name)
    return {error.code for error in descendants(LedgerError)}


def descendants(base: type[LedgerError]) -> Iterator[type[LedgerError]]:
    for child in base.__subclasses__():
        yield child
        yield from descendants(child)


def assert_documents(page: str, things: set[str]) -> None:
    """Compare a page's first column with what the code has, both ways and without repeats."""
    rows = docs_reading.named(docs_reading.read(page))
    assert sorted(things - set(rows)) == [], f"{page} has no line for these"
    assert sorted(set(rows) - things) == [], f"{page} names what is not there"
    assert len(rows) == len(set(rows)), f"{page} names something twice"


def test_every_event_has_its_line() -> None:
    """docs/events.md lists the tags of the catalogue."""
    assert_documents("docs/events.md", set(SPECS))


def test_every_event_is_in_the_changelog() -> None:
    """Operators and auditors hear there of each tag that a version adds."""
    told = (tidy.ROOT / "CHANGELOG.md").read_text()
    assert [tag for tag in SPECS if f"`{tag}`" not in told] == []


def test_every_error_code_has_its_line() -> None:
    """docs/errors.md lists the ledger's errors, the refusals and what fsck finds."""
    found = {each.value for each in Name}
    refused = {each.value for each in (*RefusalCode, *HoursCode)}
    assert_documents("docs/errors.md", error_codes() | refused | found)


def test_every_route_has_its_line() -> None:
    """docs/routes.md lists each method and path of the front."""
    found = {
        f"{method} {route.path}"
        for route in ROUTES
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert_documents("docs/routes.md", found)


def test_every_setting_has_its_line() -> None:
    """docs/settings.md lists the settings of the ledger and of the front."""
    assert_documents("docs/settings.md", {each.name for each in (*SETTINGS, *WEB_SETTINGS)})


def test_every_database_role_has_its_line() -> None:
    """docs/database.md says what each role is for, and what it reads and runs."""
    roles = [role.value for role in DatabaseRole if role is not DatabaseRole.OWNER]
    named = docs_reading.named(docs_reading.read("docs/database.md"))
    assert sorted(named) == sorted(2 * [*roles, OWNER_ROLE])


def test_every_make_target_has_its_line() -> None:
    """docs/development.md lists the targets that `make help` shows."""
    targets = {name for name, _ in generate_docs.TARGET.findall(docs_reading.read("Makefile"))}
    assert_documents("docs/development.md", targets)


def test_every_verb_and_exit_code_has_its_line() -> None:
    """docs/command-line.md lists the verbs of the command line and its exit codes."""
    verbs = set(
        re.findall(r"^ {4}([a-z-]+)(?= |$)", therapist_os.parser().format_help(), re.MULTILINE)
    )
    codes = {str(code) for code in therapist_os.EXIT_CODES}
    assert_documents("docs/command-line.md", verbs | codes)


def test_every_dependency_has_its_line() -> None:
    """ARCHITECTURE.md gives one line to each package the product depends on."""
    project = tomllib.loads((tidy.ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[\[<>=]", each)[0] for each in project["dependencies"]}
    assert_documents("ARCHITECTURE.md", names)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link inside the tree leads to a file, and to a heading where it names one."""
    assert list(docs_reading.dead_links(tidy.ROOT / page)) == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_files_that_are_named_are_there(page: Path) -> None:
    """A file that the docs name as code exists under that name."""
    assert list(docs_reading.dead_paths(tidy.ROOT / page, tidy.ROOT)) == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_generated_parts_are_fresh(page: Path) -> None:
    """`make docs` would change nothing."""
    text = docs_reading.read(str(page))
    assert generate_docs.regenerated(text) == text


def test_the_description_of_the_api_is_fresh() -> None:
    """What a program is written against is what is served."""
    kept = docs_reading.read(generate_docs.API_DESCRIPTION)
    assert kept == generate_docs.api_description()


def test_the_changelog_has_a_place_for_events() -> None:
    """Added event tags stand under a heading of their own in every version."""
    text = docs_reading.read("CHANGELOG.md")
    versions = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert versions
    assert all("\n### Events\n" in version for version in versions)


def test_a_table_names_what_stands_first_in_its_rows() -> None:
    """Only code at the start of a row counts: not the header, prose, or a fenced example."""
    text = "| a | b |\n|---|---|\n| `one` | `no` |\n| two | |\n\n`three`\n```\n| `four` |\n```\n"
    assert docs_reading.named(text) == ["one"]


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    """A link to a missing file or heading is reported; one that leads somewhere is not."""
    (tmp_path / "b.md").write_text("# Here and there\n")
    page = tmp_path / "a.md"
    page.write_text(
        "[1](b.md) [2](b.md#here-and-there) [3](b.md#gone) [4](c.md) [5](https://example.org)\n",
    )
    assert list(docs_reading.dead_links(page)) == ["b.md#gone", "c.md"]


def test_a_path_that_is_gone_is_found(tmp_path: Path) -> None:
    """Code that starts with a folder of the tree must name something in it."""
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "leaf.py").write_text("")
    page = tmp_path / "a.md"
    page.write_text("`ledger/leaf.py` `ledger/gone.py` `ledger/` `tile/0/001` `ledger`\n")
    assert list(docs_reading.dead_paths(page, tmp_path)) == ["ledger/gone.py"]
