"""The tree keeps the house rules, and each rule catches what it is there to catch."""

import tomllib
from pathlib import Path, PurePath

import pytest

from tests import tidy_rules as tidy

LONG_FUNCTION = "def long():\n" + "    pass\n" * tidy.FUNCTION_LINES_MAX
LONG_METHOD = "class A:\n    async def long(self):\n" + "        pass\n" * tidy.FUNCTION_LINES_MAX
RIGHT_TO_LEFT = chr(0x202E)

BAD: list[tuple[tidy.Rule, str, str]] = [
    (tidy.short_enough, "ledger/a.py", "x\n" * (tidy.FILE_LINES_MAX + 1)),
    (tidy.short_enough, "web/a.css", "x\n" * (tidy.FILE_LINES_MAX + 1)),
    (tidy.short_functions, "ledger/a.py", LONG_FUNCTION),
    (tidy.short_functions, "tests/a.py", LONG_METHOD),
    (tidy.opens_with_a_sentence, "ledger/a.py", "x = 1\n"),
    (tidy.opens_with_a_sentence, "ledger/a.py", ""),
    (tidy.opens_with_a_sentence, "ledger/a.py", '"""No full stop"""\n'),
    (tidy.opens_with_a_sentence, "ledger/a.py", '"""One. Two."""\n'),
    (tidy.opens_with_a_sentence, "ledger/a.py", '"""One that goes\non."""\n'),
    (tidy.nothing_left_over, "a.md", "TO" + "DO later\n"),
    (tidy.nothing_left_over, "a.sql", "-- FIX" + "ME\n"),
    (tidy.nothing_left_over, "a.py", "# XX" + "X\n"),
    (tidy.no_control_characters, "a.md", "a\x1b[0m\n"),
    (tidy.no_control_characters, "a.md", "a\r\n"),
    (tidy.no_control_characters, "a.py", f"a{RIGHT_TO_LEFT}b\n"),
    (tidy.no_machine_paths, "a.md", "see /" + "work/main\n"),
    (tidy.no_machine_paths, "a.py", 'folder = "/' + 'tmp/build"\n'),
    (tidy.no_machine_paths, "a.py", 'folder = "/' + 'work"\n'),
    (tidy.no_machine_paths, "a.md", "/" + "root/.config\n"),
    (tidy.no_machine_paths, "a.md", "/" + "home/somebody\n"),
    (tidy.no_package_hosts, "a.md", "https://pypi" + ".org/simple\n"),
    (tidy.no_package_hosts, "a.toml", "files.python" + "hosted.org\n"),
    (tidy.no_address_in_locks, "requirements.lock", "a @ https" + "://example.org/a.whl\n"),
    (tidy.no_address_in_locks, "requirements.lock", "--index" + "-url simple\n"),
    (tidy.no_print, "ledger/a.py", "print(1)\n"),
    (tidy.no_print, "web/a.py", "show = print\n"),
    (
        tidy.ciphers_stay_in_the_ledger,
        "web/a.py",
        "from cryptography.hazmat.primitives.ciphers.aead import AESGCM\n",
    ),
    (tidy.ends_with_a_newline, "a.md", "a"),
    (tidy.ends_with_a_newline, "a.md", "a\n\n"),
    (tidy.short_recipes, "Makefile", "a:\n" + "\tb\n" * (tidy.RECIPE_LINES_MAX + 1)),
    (tidy.short_recipes, "Makefile", "a:\n\t" + "b" * tidy.RECIPE_COLUMNS_MAX + "\n"),
    (tidy.short_recipes, "Makefile", "a:\n\tb \\\n\tc\n"),
]

GOOD: list[tuple[tidy.Rule, str, str]] = [
    (tidy.short_enough, "ledger/a.py", "x\n" * tidy.FILE_LINES_MAX),
    (tidy.short_functions, "a.py", LONG_FUNCTION.replace("    pass\n", "", 1)),
    (tidy.opens_with_a_sentence, "a.py", '"""One: two, e.g. three (RFC 6962)."""\n'),
    (
        tidy.no_machine_paths,
        "a.md",
        "practice/root/checkpoint, </root>, /tmp, ../home/a, /workers\n",
    ),
    (tidy.no_address_in_locks, "requirements.lock", "a==1 \\\n    --hash=sha256:00\n"),
    (tidy.no_print, "therapist_os.py", "print(1)\n"),
    (tidy.short_recipes, "Makefile", "a:\n\tb\n\nc:\n\td\n"),
]


@pytest.mark.parametrize("rule", tidy.RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule: tidy.Rule) -> None:
    """The whole tree has no complaint from this rule."""
    complaints: list[str] = []
    for path in tidy.files():
        if not tidy.is_exempt(path) and (text := tidy.text_of(tidy.ROOT / path)) is not None:
            complaints += rule(path, text)
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("rule", "name", "text"), BAD)
def test_a_rule_catches_what_breaks_it(rule: tidy.Rule, name: str, text: str) -> None:
    """Each rule complains of its bad samples and names the file."""
    complaints = list(rule(PurePath(name), text))
    assert complaints
    assert all(each.startswith(name) for each in complaints)


@pytest.mark.parametrize(("rule", "name", "text"), GOOD)
def test_a_rule_lets_pass_what_keeps_it(rule: tidy.Rule, name: str, text: str) -> None:
    """Each rule is silent about what lies just inside its limit."""
    assert list(rule(PurePath(name), text)) == []


def test_every_rule_has_a_bad_sample() -> None:
    """A rule that was never seen to fail proves nothing."""
    assert {rule for rule, _, _ in BAD} == set(tidy.RULES)


def test_no_file_is_large() -> None:
    """No file of the tree exceeds one mebibyte."""
    sizes = {path: (tidy.ROOT / path).stat().st_size for path in tidy.files()}
    assert [path for path, size in sizes.items() if size > tidy.FILE_BYTES_MAX] == []


def test_every_package_folder_is_listed_for_the_build() -> None:
    """A folder of modules that the project file forgets would be missing from an installation."""
    project = tomllib.loads((tidy.ROOT / "pyproject.toml").read_text())
    folders = {
        path.parent
        for path in tidy.files()
        if path.suffix in {".py", ".sql"} and path.parts[0] in tidy.LIBRARIES
    }
    assert {".".join(folder.parts) for folder in folders} == set(
        project["tool"]["setuptools"]["packages"],
    )


def test_the_walk_leaves_out_what_is_ignored(tmp_path: Path) -> None:
    """Ignored folders and files are not part of the tree; everything else is."""
    (tmp_path / ".gitignore").write_text("build/\n*.log\n")
    (tmp_path / "build").mkdir()
    for name in ("build/a.py", "a.log", "kept.py"):
        (tmp_path / name).write_text("")
    assert tidy.files(tmp_path) == [PurePath(".gitignore"), PurePath("kept.py")]


def test_bytes_that_are_not_text_are_not_read_as_text(tmp_path: Path) -> None:
    """A picture or a binary vector is left to the size limit alone."""
    (tmp_path / "a").write_bytes(b"\x89PNG\0")
    (tmp_path / "b").write_bytes(b"\xff")
    assert tidy.text_of(tmp_path / "a") is None
    assert tidy.text_of(tmp_path / "b") is None
