"""Writes the parts of the docs that are made from the code: `make docs`."""

import os
import re
from collections.abc import Callable
from unittest.mock import patch

import therapist_os
from ledger.bundle.verify import FAILURES, FINDINGS
from tests import api_tables, rules_docs
from tests import tidy_rules as tidy
from tests.role_tables import role_rights
from web.access import MEMBERS, ROWS, Reads, Row, Whose
from web.api.public import document
from web.api.table import OPERATIONS

PART = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
TARGET = re.compile(r"^([a-z-]+):.*?## (.*)$", re.MULTILINE)
API_DESCRIPTION = "docs/openapi.json"
# What argparse looks at, so that the same help comes out wherever it is written.
TERMINAL = {"COLUMNS": "100", "NO_COLOR": "1"}


def make_targets() -> str:
    """Return the table of make targets."""
    rows = TARGET.findall((tidy.ROOT / "Makefile").read_text())
    lines = [f"| `{name}` | {meaning} |" for name, meaning in rows]
    return "\n".join(["| target | does |", "|---|---|", *lines])


def command_help() -> str:
    """Return what `therapist-os --help` prints, as a fenced block."""
    with patch.dict(os.environ, TERMINAL):
        return f"```\n{therapist_os.parser().format_help()}```"


def verify_failures() -> str:
    """Return the table of what the auditors' verifier can find."""
    rows = [f"| `{code}` | {status} | {means} |" for code, (status, means) in FAILURES.items()]
    return "\n".join(["| code | exit status | means |", "|---|---|---|", *rows])


def verify_findings() -> str:
    """Return the table of what the auditors' verifier leaves to people."""
    rows = [f"| `{code}` | {means} |" for code, means in FINDINGS.items()]
    return "\n".join(["| finding | means |", "|---|---|", *rows])


WHOSE = {
    Whose.OWN: "one's own",
    Whose.SESSION: "one's own",
    Whose.PRACTICE: "the whole practice",
    Whose.SLOT: "the whole practice",
    Whose.SUPERVISED: "each supervisee's",
    Whose.SUPERVISEE: "that supervisee's",
    Whose.REVIEWED: "that person's",
    Whose.ROW: "its supervisee's",
    Whose.ROWS: "each of their supervisees'",
    Whose.EMERGENCY: "the person's whom the request is for",
}


def access_table() -> str:
    """Return the table of who may open what, and what is written down."""
    head = ["| route | who | sign-in | agreement | writes |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(_access_row(row) for row in ROWS)])


def _access_row(row: Row) -> str:
    everybody = "every member" if row.roles == MEMBERS else ", ".join(sorted(row.roles))
    who = everybody if row.roles else "everybody" if row.is_public else "whoever is signed in"
    sign_in = "" if row.is_public else row.assurance.value
    cells = [
        f"`{row.method} {row.path}`",
        who,
        f"{sign_in}, fresh" if row.step_up else sign_in,
        "signed" if row.baa else "",
        _writes(row.reads) if row.reads else f"nothing: {row.why_none}",
    ]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _writes(reads: Reads) -> str:
    shown = ", if shown" if reads.is_answer_only else ""
    return f"{reads.kind}, {reads.purpose}: {WHOSE[reads.whose]}{shown}"


def api_description() -> str:
    """Return the description of the API as it is kept beside the pages that tell of it."""
    return document(OPERATIONS).decode()


PARTS: dict[str, Callable[[], str]] = {
    "access-table": access_table,
    "api-operations": api_tables.operations,
    "api-problems": api_tables.problems,
    "api-purposes": api_tables.purposes,
    "api-routes": api_tables.routes,
    "command-help": command_help,
    "make-targets": make_targets,
    "role-rights": role_rights,
    "rule-sets": rules_docs.rule_sets,
    "rules-judged": rules_docs.rules_judged,
    "rules-not-judged": rules_docs.rules_not_judged,
    "rules-open": rules_docs.rules_open,
    "verify-failures": verify_failures,
    "verify-findings": verify_findings,
}


def regenerated(text: str) -> str:
    """Return a page with its generated parts made anew; raises KeyError for an unknown part."""
    return PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", text)


def main() -> None:
    """Rewrite the pages whose generated parts are out of date, and name them."""
    for path in tidy.files():
        if path.suffix != ".md":
            continue
        page = tidy.ROOT / path
        before = page.read_text()
        after = regenerated(before)
        if after != before:
            page.write_text(after)
            print(path)  # noqa: T201 -- the command says what it changed
    described = tidy.ROOT / API_DESCRIPTION
    if not described.exists() or described.read_text() != api_description():
        described.write_text(api_description())
        print(API_DESCRIPTION)  # noqa: T201 -- the command says what it changed


if __name__ == "__main__":
    main()
