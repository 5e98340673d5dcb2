"""Writes the parts of the docs that are made from the code: `make docs`."""

import re
from collections.abc import Callable

from tests import tidy_rules as tidy

PART = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
TARGET = re.compile(r"^([a-z-]+):.*?## (.*)$", re.MULTILINE)
HELP_COLUMNS = 100


def make_targets() -> str:
    """Return the table of make targets."""
    rows = TARGET.findall((tidy.ROOT / "Makefile").read_text())
    lines = [f"| `{name}` | {meaning} |" for name, meaning in rows]
    return "\n".join(["| target | does |", "|---|---|", *lines])


PARTS: dict[str, Callable[[], str]] = {"make-targets": make_targets}


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


if __name__ == "__main__":
    main()
