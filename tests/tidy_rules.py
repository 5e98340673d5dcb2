"""The house rules that no linter knows, each a function from one file to its complaints."""

import ast
import os
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import TypeAlias

ROOT = Path(__file__).parent.parent
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
FILE_BYTES_MAX = 1024 * 1024
# The verifier is one file, since an auditor copies and reads just that one.
STANDS_ALONE = {"ledger/bundle/verify.py": 1200}
RECIPE_LINES_MAX = 5
RECIPE_COLUMNS_MAX = 100
LIBRARIES = ("aggregates", "commands", "ledger", "projections", "retention", "web")
CODE = {".py", ".sql", ".js", ".css", ".html", ".typ"}
# Vectors and golden files are wrong on purpose here and there; what other hands wrote stays as it
# came.
EXEMPT = ("tests/vectors/*", "tests/golden/*", "*/vendor/*", "*.min.js", "LICENSE")

Rule: TypeAlias = Callable[[PurePath, str], Iterator[str]]

# Patterns that do not match their own text, so that this file keeps its own rules.
LEFTOVER = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
MACHINE_PATH = re.compile(
    r"(?<![\w.<}*])/(?:work(?=[/\s\"'`),;:]|$)|(?:tmp|root|home)/[\w.])", re.MULTILINE
)
PACKAGE_HOST = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|(?:deb|security|ftp)\.debian\.org|crates\.io",
)
LOCK_ADDRESS = re.compile(r"://|^\s*--(?!hash=)", re.MULTILINE)
CIPHERS = re.compile(r"\bcryptography\.hazmat\.primitives\.ciphers\b")
SECOND_SENTENCE = re.compile(r"[.!?]\s+[A-Z]")


def files(root: Path = ROOT) -> list[PurePath]:
    """Every file under `root` that its ignore file does not name, as paths relative to it."""
    ignored = [".git", *(line.rstrip("/") for line in (root / ".gitignore").read_text().split())]

    def kept(names: list[str]) -> list[str]:
        return [name for name in names if not any(fnmatch(name, each) for each in ignored)]

    found: list[PurePath] = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = kept(subfolders)
        found += [Path(folder, name).relative_to(root) for name in kept(names)]
    return sorted(found)


def text_of(path: Path) -> str | None:
    """Read a file as text; None when its bytes are not text."""
    content = path.read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def is_exempt(path: PurePath) -> bool:
    """Whether what stands in the file is not ours to change."""
    return any(fnmatch(path.as_posix(), each) for each in EXEMPT)


def short_enough(path: PurePath, text: str) -> Iterator[str]:
    """A file of code is one idea: at most 300 lines, but for what must stand alone."""
    lines = text.count("\n")
    allowed = STANDS_ALONE.get(str(path), FILE_LINES_MAX)
    if path.suffix in CODE and lines > allowed:
        yield f"{path}: {lines} lines, more than {allowed}"


def short_functions(path: PurePath, text: str) -> Iterator[str]:
    """A function is at most 40 lines from `def` to its last one."""
    for node in _nodes(path, text):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield f"{path}:{node.lineno}: {node.name} has {lines} lines"


def opens_with_a_sentence(path: PurePath, text: str) -> Iterator[str]:
    """A module starts by saying in one sentence, on one line, what it is for."""
    if path.suffix != ".py":
        return
    first = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
    if not first:
        yield f"{path}:1: no docstring that says what the file is for"
    elif "\n" in first or not first.endswith(".") or SECOND_SENTENCE.search(first):
        yield f"{path}:1: the docstring's first line is not one sentence of its own"


def nothing_left_over(path: PurePath, text: str) -> Iterator[str]:
    """Work that is left stands in the tracker, not in the code."""
    yield from _matches(path, text, LEFTOVER, "a leftover note")


def no_control_characters(path: PurePath, text: str) -> Iterator[str]:
    """What is seen is what is there: no control, bidirectional or zero-width characters."""
    yield from _matches(path, text, CONTROL, "a control character")


def no_machine_paths(path: PurePath, text: str) -> Iterator[str]:
    """No path that exists on one machine only; the folders of every system may be named."""
    yield from _matches(path, text, MACHINE_PATH, "a path of one machine")


def no_package_hosts(path: PurePath, text: str) -> Iterator[str]:
    """Where packages come from is each machine's own setting."""
    yield from _matches(path, text, PACKAGE_HOST, "a package host")


def no_address_in_locks(path: PurePath, text: str) -> Iterator[str]:
    """A lock pins by hash; it names no address and sets no installer option."""
    if path.suffix == ".lock":
        yield from _matches(path, text, LOCK_ADDRESS, "an address or an option")


def no_print(path: PurePath, text: str) -> Iterator[str]:
    """Libraries do not print: what they say could be personal."""
    if path.parts[0] not in LIBRARIES:
        return
    for node in _nodes(path, text):
        if isinstance(node, ast.Name) and node.id == "print":
            yield f"{path}:{node.lineno}: print in a library"


def ciphers_stay_in_the_ledger(path: PurePath, text: str) -> Iterator[str]:
    """Only the ledger seals; what others import of the library are certificates and signatures."""
    if path.suffix == ".py" and path.parts[0] not in {"ledger", "tests"}:
        yield from _matches(path, text, CIPHERS, "a cipher outside the ledger")


def ends_with_a_newline(path: PurePath, text: str) -> Iterator[str]:
    """A text file ends with exactly one newline."""
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        yield f"{path}: does not end with exactly one newline"


def short_recipes(path: PurePath, text: str) -> Iterator[str]:
    """A recipe is a few lines that a person could type."""
    if path.name != "Makefile":
        return
    run = 0
    for number, line in enumerate(text.splitlines(), 1):
        run = run + 1 if line.startswith("\t") else 0
        if run > RECIPE_LINES_MAX:
            yield f"{path}:{number}: a recipe of more than {RECIPE_LINES_MAX} lines"
        if run and (len(line) > RECIPE_COLUMNS_MAX or line.endswith("\\")):
            yield f"{path}:{number}: a recipe line nobody would type"


RULES: tuple[Rule, ...] = (
    short_enough,
    short_functions,
    opens_with_a_sentence,
    nothing_left_over,
    no_control_characters,
    no_machine_paths,
    no_package_hosts,
    no_address_in_locks,
    no_print,
    ciphers_stay_in_the_ledger,
    ends_with_a_newline,
    short_recipes,
)


def _nodes(path: PurePath, text: str) -> Iterator[ast.AST]:
    if path.suffix == ".py":
        yield from ast.walk(ast.parse(text))


def _matches(path: PurePath, text: str, pattern: re.Pattern[str], what: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {what}"
