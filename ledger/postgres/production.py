"""What production refuses: a service that could break its own rules, a server that forgets."""

from collections.abc import Iterator
from typing import Final

from ledger.errors import SettingsInvalid
from ledger.postgres.connect import OWNER_ROLE, Database, Role

_POWERS: Final = """
SELECT r.rolsuper OR r.rolcreaterole OR r.rolbypassrls OR r.rolreplication
    OR EXISTS (SELECT FROM pg_catalog.pg_roles AS p
                WHERE p.rolname = ANY (%s) AND pg_catalog.pg_has_role(r.oid, p.oid, 'MEMBER'))
  FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user
"""
_POWERFUL: Final = [
    OWNER_ROLE,
    *(role.value for role in Role if role not in {Role.SERVICE, Role.OWNER}),
    "pg_write_all_data",
    "pg_read_all_data",
    "pg_write_server_files",
    "pg_read_server_files",
    "pg_execute_server_program",
]


def refuse_powerful_login(database: Database) -> None:
    """Raise SettingsInvalid if the service's login could break the rules it works under.

    Meant for production: there the login must not be a superuser, make roles, pass row-level
    security, or act as therapist_owner (I1) or as any other of our roles: they see more than one
    practice, destroy keys, or read who may sign in.
    """
    for place in _databases(database):
        with place.connect(Role.SERVICE) as connection:
            row = connection.execute(_POWERS, [_POWERFUL]).fetchone()
        if row is None or row[0]:
            raise SettingsInvalid(
                "the service's login can change or destroy what it must only add to: give"
                " DATABASE_URL and VAULT_DATABASE_URL a login that is a member of"
                " therapist_service alone, and WRITER_, SEALER_, PROJECTOR_, RETENTION_ and"
                " GATE_DATABASE_URL logins of their own (docs/settings.md)"
            )


def refuse_forgetful_server(database: Database) -> None:
    """Raise SettingsInvalid if a commit could be answered before it is on disk (I10)."""
    for place in _databases(database):
        with place.connect(Role.SERVICE) as connection:
            shown = connection.execute(
                "SELECT name FROM pg_catalog.pg_settings WHERE name = ANY (%s) AND setting = 'off'",
                [_DURABLE],
            ).fetchall()
        if shown:
            names = ", ".join(str(name) for (name,) in shown)
            raise SettingsInvalid(
                f"PostgreSQL would forget what it acknowledged: switch on its {names}"
            )


_DURABLE: Final = ["fsync", "full_page_writes", "synchronous_commit"]


def _databases(database: Database) -> Iterator[Database]:
    yield database
    if database.separate_vault is not None:
        yield database.separate_vault
