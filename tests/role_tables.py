"""What each database role may do, read out of the manifest, as tables for docs/database.md."""

import re
from collections import defaultdict
from typing import Final

from ledger.drift import manifest
from ledger.drift.catalogue import Fact, decode
from ledger.drift.manifest import Layout
from ledger.postgres.connect import OWNER_ROLE, Role

_MAY: Final = re.compile(r"(\w+) may (\w+)(?: \((\w+)\))?")


def role_rights() -> str:
    """Return the table of what each role reads and runs."""
    facts = list(decode(manifest.read(Layout.WHOLE)))
    roles = [role.value for role in Role if role is not Role.OWNER]
    rows = [f"| `{role}` | {_reads(facts, role)} | {_runs(facts, role)} |" for role in roles]
    everything = f"| `{OWNER_ROLE}` | owns `ledger`, `keys`, `migrations`; no login | |"
    return "\n".join(["| role | reads | runs |", "|---|---|---|", *rows, everything])


def _reads(facts: list[Fact], role: str) -> str:
    columns: dict[str, list[str]] = defaultdict(list)
    for fact in facts:
        found = _MAY.fullmatch(fact.name)
        is_relation = fact.subject.startswith(("table ", "view "))
        if found and is_relation and found[1] == role and found[2] == "SELECT":
            columns[fact.subject.split(" ", 1)[1]] += [found[3]] if found[3] else []
    by_schema: dict[str, list[str]] = defaultdict(list)
    for name, some in sorted(columns.items()):
        schema, table = name.split(".")
        by_schema[schema].append(f"{table} ({', '.join(some)})" if some else table)
    parts = [f"`{schema}`: {_tables(facts, schema, names)}" for schema, names in by_schema.items()]
    owned = [f.subject.split(" ")[1] for f in facts if f.name == "owner" and f.value == role]
    schemas = sorted({name for name in owned if "." not in name})
    parts += [f"owns `{'`, `'.join(schemas)}`"] if schemas else []
    return "; ".join(parts)


def _tables(facts: list[Fact], schema: str, names: list[str]) -> str:
    prefix = re.compile(rf"(table|view) {schema}\.")
    there = {fact.subject for fact in facts if prefix.match(fact.subject)}
    is_all = len(names) == len(there) and not any("(" in name for name in names)
    return "all" if is_all else ", ".join(names)


def _runs(facts: list[Fact], role: str) -> str:
    names = {
        fact.subject.removeprefix("function ").partition("(")[0]
        for fact in facts
        if fact.subject.startswith("function ") and fact.name == f"{role} may EXECUTE"
    }
    return ", ".join(f"`{name}`" for name in sorted(names))
