"""Reads the Markdown pages as a reader does: tables, headings, links, generated parts."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests import tidy_rules as tidy

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FIRST_CELL = re.compile(r"^\|\s*`([^`]+)`", re.MULTILINE)
HEADING = re.compile(r"^#+\s+(.+)$", re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\s]+)`")
ELSEWHERE = re.compile(r"[a-z]+:")


def read(page: str) -> str:
    """Return the text of a page, named by its path from the root."""
    return (tidy.ROOT / page).read_text()


def named(text: str) -> list[str]:
    """Return what a page documents: the code at the start of each table row, in order."""
    return FIRST_CELL.findall(FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """Return the fragments that links may point to, one for each heading."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(FENCE.sub("", text))
    }


def dead_links(page: Path) -> Iterator[str]:
    """Yield the links of a page that lead to no file or to no heading."""
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        if ELSEWHERE.match(target):
            continue
        name, _, fragment = target.partition("#")
        file = page.parent / name if name else page
        found = file.exists() and (not fragment or fragment in anchors(file.read_text()))
        if not found:
            yield target


def dead_paths(page: Path, root: Path) -> Iterator[str]:
    """Yield the files and folders that a page names as code and `root` does not have."""
    for span in CODE.findall(FENCE.sub("", page.read_text())):
        top, slash, _ = span.partition("/")
        if (
            slash
            and top[:1] not in {"", "."}
            and (root / top).is_dir()
            and not (root / span).exists()
        ):
            yield span
