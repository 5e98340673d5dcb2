"""What only programs are told, beside the table in web/errors.py: the same kind, a code each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from aggregates.hours.refusals import HoursCode
from aggregates.refusal import RefusalCode
from aggregates.refusal_code import Code
from web.errors import ANSWERS, Answer

API_ANSWERS: Final[Mapping[str, Answer]] = MappingProxyType(
    {
        "json-malformed": Answer(
            400,
            "That is no JSON as we read it",
            "Send one JSON object (RFC 8259) in UTF-8, with each name once.",
        ),
        "key-needed": Answer(
            400,
            "This needs an idempotency key",
            "Send a fresh UUID in the header Idempotency-Key, and the same one when you try again.",
        ),
        "not-acceptable": Answer(
            406, "We answer in JSON only", "Accept application/json, or leave the header out."
        ),
        "version-stale": Answer(
            412,
            "This is not as it was when you read it",
            "Nothing was done. Read it again, and send If-Match with the entity tag it has now.",
        ),
        "not-json": Answer(
            415, "That was not sent as JSON", "Send it with Content-Type: application/json."
        ),
        "fields-invalid": Answer(
            422,
            "Something in this has to be corrected",
            "Nothing was done. Each of the errors names a field and says what it is to be.",
        ),
        "key-reused": Answer(
            422,
            "This key was used for something else",
            "Nothing was done. Send a fresh UUID in the header Idempotency-Key.",
        ),
        "version-needed": Answer(
            428,
            "Say which version you mean",
            "Send the header If-Match with the entity tag that came with what you read.",
        ),
    }
)
FIELD_SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "field-missing": "This has to be there.",
        "field-unknown": "There is a field here that we do not know; it is not named, for it"
        " may be anything.",
        "field-type": "This is to be of another type; see the description of the API.",
        "field-invalid": "This is too long, too short, too large, or not as it is to be written.",
    }
)


_REFUSALS: Final[Mapping[str, Code]] = MappingProxyType(
    {code.value: code for code in (*RefusalCode, *HoursCode)}
)


def answer_of(code: str) -> Answer | None:
    """Return the answer of a code, None where there is none; the three tables are closed."""
    answer = API_ANSWERS.get(code) or ANSWERS.get(code)
    if answer is None and code in _REFUSALS:
        return Answer(422, "That is not possible", _REFUSALS[code].sentence)
    return answer
