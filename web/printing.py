"""Makes PDFs: tagged, to be read aloud; with their fonts inside, to be kept for decades."""

from pathlib import Path

import msgspec
import typst


def printed(template: Path, told: dict[str, object], time_s: int) -> bytes:
    """Return the PDF of what is told, by the names under which the template asks for it.

    It is dated so many seconds after 1970 UTC. Raises `RuntimeError`, which repeats nothing of it,
    where the template is at fault.
    """
    try:
        return typst.compile(
            template,
            root=template.parent,
            format="pdf",
            pdf_standards=["ua-1", "a-2a"],
            sys_inputs={name: msgspec.json.encode(value).decode() for name, value in told.items()},
            timestamp=time_s,
            ignore_system_fonts=True,
        )
    except RuntimeError:  # its message quotes what the template was told
        raise RuntimeError("a template to print does not compile") from None
