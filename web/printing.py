"""Makes PDFs: tagged, to be read aloud; with their fonts inside, to be kept for decades."""

import re
from pathlib import Path
from typing import Final

import msgspec
import typst

# Latin letters with all their marks; what is beyond stands in some of the fonts only.
_BEYOND: Final = re.compile("[^\\x00-\u024f]")


def printed(template: Path, told: dict[str, object], time_s: int) -> bytes:
    """Return the PDF of what is told, by the names under which the template asks for it.

    It is dated so many seconds after 1970 UTC. Where a sign stands in no font, such as one of a
    Chinese name, all signs beyond Latin letters are printed by their numbers, for a page that is
    missing would be worse. Raises `RuntimeError`, which repeats nothing of it, where the template
    is at fault.
    """
    inputs = {name: msgspec.json.encode(value).decode() for name, value in told.items()}
    try:
        return _compiled(template, inputs, time_s)
    except RuntimeError:
        plain = {name: _BEYOND.sub(_number, text) for name, text in inputs.items()}
    try:
        return _compiled(template, plain, time_s)
    except RuntimeError:  # its message quotes what the template was told
        raise RuntimeError("a template to print does not compile") from None


def _number(found: re.Match[str]) -> str:
    """Return a sign's number as JSON has a backslash and what follows it."""
    return "\\" + found[0].encode("ascii", "backslashreplace").decode()


def _compiled(template: Path, inputs: dict[str, str], time_s: int) -> bytes:
    return typst.compile(
        template,
        root=template.parent,
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        sys_inputs=inputs,
        timestamp=time_s,
        ignore_system_fonts=True,
    )
