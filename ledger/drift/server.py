"""Which settings of a server keep guards on, and personal text out of its log (SECURITY 1.2)."""

from collections.abc import Iterator
from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.drift.differences import Difference

# Without these the guards do not guard, whatever the catalogue says.
GUARDS: Final = {
    "session_replication_role": ("origin",),
    "row_security": ("on",),
    "allow_system_table_mods": ("off",),
    "ignore_system_indexes": ("off",),
}
# What a server writes about statements: never their parameters, nor rows that were rejected.
QUIET: Final = {
    "log_parameter_max_length": ("0",),
    "log_parameter_max_length_on_error": ("0",),
    "log_error_verbosity": ("terse",),
    "log_min_error_statement": ("panic",),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
    "log_statement": ("ddl", "none"),
    "debug_print_parse": ("off",),
    "debug_print_rewritten": ("off",),
    "debug_print_plan": ("off",),
}
_READ: Final = "SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY (%s)"


def server_differences(connection: Connection[TupleRow]) -> Iterator[Difference]:
    """Yield the settings that are not as they should be; what cannot be read is left out."""
    wanted = {**GUARDS, **QUIET}
    found = dict(connection.execute(_READ, [list(wanted)]).fetchall())
    for name, good in wanted.items():
        value = found.get(name)
        if value is not None and value not in good:
            what = f"is {value}, not {' or '.join(good)}"
            act = f"ALTER SYSTEM SET {name} = '{good[0]}', then reload"
            yield Difference(f"setting {name}", what, act, is_grave=name in GUARDS)
