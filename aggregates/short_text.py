"""Short free text of a form: one line, no invisible characters, a limit."""

import unicodedata

from aggregates.name_characters import is_hidden
from aggregates.refusal import Refused
from aggregates.refusal_code import Code


def one_line(text: str, *, length_max: int, too_long: Code, hidden: Code) -> str:
    """Return the text in NFC without spaces at its ends, possibly empty.

    Raises Refused with the codes handed in, for more than `length_max` characters or for control,
    format and other invisible ones.
    """
    trimmed = unicodedata.normalize("NFC", text.strip())
    fits = len(trimmed) <= length_max
    is_plain = not any(map(is_hidden, trimmed))
    # A traceback that shows locals must not show the text of a refusal.
    del text
    if not fits:
        del trimmed
        raise Refused(too_long)
    if not is_plain:
        del trimmed
        raise Refused(hidden)
    return trimmed
