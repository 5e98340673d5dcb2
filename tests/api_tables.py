"""The tables of docs/api.md and docs/routes.md, made from the declarations of the API."""

from projections.plain_words import TOKEN_PURPOSES
from web.access import MEMBERS
from web.api.answers import API_ANSWERS, FIELD_SENTENCES, answer_of
from web.api.openapi import codes_of
from web.api.operation import AnyOperation
from web.api.table import OPERATIONS


def purposes() -> str:
    """Return the table of what tokens are for."""
    rows = [f"| `{each.value}` | {words} |" for each, words in TOKEN_PURPOSES.items()]
    return "\n".join(["| purpose | what the program does |", "|---|---|", *rows])


def operations() -> str:
    """Return the table of operations: who may, with which tokens, and what is written."""
    head = ["| operation | who | tokens | writes |", "|---|---|---|---|"]
    return "\n".join([*head, *map(_operation, OPERATIONS)])


def routes() -> str:
    """Return the table of the API's routes."""
    rows = [f"| `{e.row.method} {e.row.path}` | {_lower(e.summary)} |" for e in OPERATIONS]
    return "\n".join(["| route | does |", "|---|---|", *rows])


def problems() -> str:
    """Return the table of codes that are no refusals of a rule, and those of single fields."""
    found = {code for each in OPERATIONS for code in codes_of(each)} | set(API_ANSWERS)
    answers = {code: answer for code in found if (answer := answer_of(code))}
    ordered = sorted(answers.items(), key=lambda each: (each[1].status, each[0]))
    rows = [f"| `{code}` | {each.status} | {each.sentence} |" for code, each in ordered]
    fields = [f"| `{code}` | a field | {words} |" for code, words in FIELD_SENTENCES.items()]
    return "\n".join(["| code | status | sentence |", "|---|---|---|", *rows, *fields])


def _operation(operation: AnyOperation) -> str:
    row, reads = operation.row, operation.row.reads
    who = "every member" if row.roles == MEMBERS else ", ".join(sorted(row.roles))
    tokens = ", ".join(sorted(row.tokens))
    writes = f"nothing: {row.why_none}"
    if reads:
        writes = "refusals" if reads.is_answer_only else f"{reads.kind}, {reads.purpose}"
    return f"| `{row.method} {row.path}` | {who} | {tokens} | {writes} |"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
