"""The statement of a bundle is two tagged pages that are always the same, and hide no markup."""

import subprocess
import sys
import traceback
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from pypdf import PdfReader

from projections.disclosed_weeks import SignedWeeks
from web.terminal import statement as statements
from web.terminal.statement import (
    NAME_LENGTH_MAX,
    WITNESSES_MAX,
    Column,
    Plot,
    Row,
    Statement,
    Tree,
    compiled,
)
from web.terminal.week_lists import week_lists

TIME_S = 1_790_000_000
ROOT = bytes(range(32)).hex()
TOLD = Statement(
    practice="019a6f3e-2f7c-7cc1-8d6a-0c1f3f1d9a11",
    log="ledger.example/p/1",
    days="all",
    events="12",
    first="2026-09-21 14:13:20 UTC",
    last="2026-09-22 09:00:00 UTC",
    sealed="2026-09-22 09:00:04 UTC, in epoch 3",
    plot=Plot("Events, told", "2026-09-21", "", "a bar is 1 day", [Column(0, 0.5, 1)]),
    bodies=[Row("Sealed", "12", "whole")],
    practice_log=Tree("12", "12 events", ROOT),
    root=Tree("4", "4 epochs", ROOT[::-1]),
    log_key="ledger.example+01234567+" + "A" * 44,
    witnesses=["none"],
    timestamps="none",
    weeks=week_lists(SignedWeeks()),
)
AGAIN = """
import msgspec, sys
from web.terminal.statement import Statement, compiled
told = msgspec.json.decode(sys.stdin.buffer.read(), type=Statement)
sys.stdout.buffer.write(compiled(told, int(sys.argv[1])))
"""


def pages(pdf: bytes) -> list[str]:
    """The text of each page without any white space, since lines break where they must."""
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def squeezed(words: str) -> str:
    """Words as `pages` shows them."""
    return "".join(words.split())


def dictionaries(pdf: bytes) -> list[dict[str, Any]]:
    """Every dictionary that is an object of the file, those of streams too."""
    reader = PdfReader(BytesIO(pdf))
    count = cast("int", reader.trailer["/Size"])
    every = [reader.get_object(number) for number in range(1, count)]
    return [cast("dict[str, Any]", each) for each in every if isinstance(each, dict)]


def test_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    """In another process too, where place, time zone, dates and fonts are others."""
    pdf = compiled(TOLD, TIME_S)
    assert compiled(TOLD, TIME_S) == pdf
    environment = {
        "PYTHONPATH": str(Path(statements.__file__).parents[2]),
        "TZ": "Pacific/Auckland",
        "SOURCE_DATE_EPOCH": "1",
        "TYPST_FONT_PATHS": str(tmp_path),
    }
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", AGAIN, str(TIME_S)],
        input=msgspec.json.encode(TOLD),
        stdout=subprocess.PIPE,
        check=True,
        cwd=tmp_path,
        env=environment,
    )
    assert done.stdout == pdf
    assert compiled(TOLD, TIME_S + 1) != pdf


def test_it_is_dated_by_the_moment_it_is_given() -> None:
    """And by no clock."""
    metadata = PdfReader(BytesIO(compiled(TOLD, TIME_S))).metadata
    assert metadata is not None
    assert metadata.creation_date is not None
    assert metadata.creation_date.timestamp() == TIME_S


def test_it_is_tagged() -> None:
    """As PDF/UA asks: a language, a title, headings, lists, a table, and words for the plot."""
    pdf = compiled(TOLD, TIME_S)
    reader = PdfReader(BytesIO(pdf))
    catalog = cast("dict[str, Any]", reader.trailer["/Root"])
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en-US"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    elements = [each for each in dictionaries(pdf) if "/S" in each]
    roles = {str(each["/S"]) for each in elements}
    assert {"/H1", "/P", "/L", "/LI", "/LBody", "/Table", "/TH", "/TD", "/Figure"} <= roles
    alts = [str(each["/Alt"]) for each in elements if "/Alt" in each]
    assert alts == ["Events, told"]


def test_its_fonts_are_in_it_and_come_with_the_program() -> None:
    """So that it looks the same everywhere, in decades too."""
    every = dictionaries(compiled(TOLD, TIME_S))
    fonts = [each for each in every if each.get("/Type") == "/FontDescriptor"]
    names = {str(each["/FontName"]).partition("+")[2].partition("-")[0] for each in fonts}
    assert names == {"LibertinusSerif", "DejaVuSansMono"}
    assert all({"/FontFile2", "/FontFile3"} & each.keys() for each in fonts)


def test_it_is_two_pages() -> None:
    """Also with the longest name that a log can have, and more witnesses than there is room for."""
    name = "l" * 232  # its practice's log has 255 signs
    told = msgspec.structs.replace(
        TOLD,
        log=f"{name}/p/{(1 << 63) - 1}",
        log_key=f"{name}+01234567+" + "A" * 44,
        witnesses=[f"{'w' * NAME_LENGTH_MAX}..., {TOLD.last}"] * (WITNESSES_MAX + 1),
        bodies=TOLD.bodies * 5,
    )
    first, second = pages(compiled(told, TIME_S))
    assert squeezed(told.log_key) in first
    assert "Page1of2" in first
    assert "Signature" in second


def test_it_says_how_to_verify_and_that_nothing_vouches_for_it() -> None:
    """With the three commands, and room for a custodian's hand."""
    _, second = pages(compiled(TOLD, TIME_S))
    for words in (
        "python -I verify.py BUNDLE --policy kept/policy",
        "go run bundle.go proofs.go BUNDLE",
        "openssl ts -verify -data timestamps/SIZE/checkpoint",
        "Nothing vouches for these pages. What counts is the files, and verify.py checks them.",
        "declaration of a custodian of records",
        "California Evidence Code, section 1561",
    ):
        assert squeezed(words) in second, words
    for blank in ("Name", "Title", "Signature", "Date"):
        assert blank in second


def test_what_it_is_told_is_text_and_never_markup() -> None:
    """Neither code nor emphasis, nor a reference."""
    words = '#panic("no") *b* _i_ $x$ @a <a> \\ `c` // d'
    told = msgspec.structs.replace(TOLD, days=words, witnesses=[words], timestamps=words)
    assert pages(compiled(told, TIME_S))[0].count(squeezed(words)) == 3


def test_a_template_at_fault_repeats_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever its compiler quotes stays out of the error, and of all that is shown of it."""
    template = tmp_path / "statement.typ"
    template.write_text("#panic(sys.inputs.statement)\n")
    monkeypatch.setattr(statements, "TEMPLATE", template)
    with pytest.raises(RuntimeError) as caught:
        compiled(TOLD, TIME_S)
    shown = "".join(traceback.format_exception(caught.value))
    assert "does not compile" in shown
    assert TOLD.practice not in shown
    assert ROOT not in shown
