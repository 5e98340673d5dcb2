"""Connections to the ledger's database, each in exactly one of the roles it was made for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self

import psycopg
from psycopg import conninfo
from psycopg.rows import TupleRow, tuple_row
from psycopg_pool import ConnectionPool

from ledger.errors import SettingsInvalid, Unavailable
from ledger.postgres.practice import refuse_leftover
from ledger.postgres.settings import Settings
from ledger.postgres.transport import arrived_safely, pinned_parameters

CONNECT_TIMEOUT_S: Final = 10
POOL_WAIT_S_MAX: Final = 10
IDLE_IN_TRANSACTION_MS_MAX: Final = 60_000
LOCK_WAIT_MS_MAX: Final = 10_000
EMBEDDED_DATABASE_NAME: Final = "therapist_os"
EMBEDDED_ADMIN: Final = "postgres"
OWNER_ROLE: Final = "therapist_owner"


class Role(StrEnum):
    """Who a connection is to the database; OWNER is the admin login that migrates."""

    SERVICE = "therapist_service"
    WRITER = "therapist_writer"
    SEALER = "therapist_sealer"
    PROJECTOR = "therapist_projector"
    RETENTION = "therapist_retention"
    CHECKER = "therapist_checker"
    AUDITOR = "therapist_auditor"
    SUPERVISOR_READER = "therapist_supervisor_reader"
    BACKUP = "therapist_backup"
    MONITOR = "therapist_monitor"
    GATE = "therapist_gate"
    OWNER = "admin"


# Who reads whole ledgers and who builds indexes may take long, or endless (0).
_STATEMENT_MS_MAX: Final = {
    Role.PROJECTOR: 120_000,
    Role.RETENTION: 300_000,
    Role.CHECKER: 0,
    Role.AUDITOR: 0,
    Role.BACKUP: 0,
    Role.GATE: 10_000,
    Role.OWNER: 0,
}
_STATEMENT_MS_USUAL: Final = 30_000
_IDLE_MS_MAX: Final = {Role.AUDITOR: 600_000, Role.CHECKER: 600_000}
_LOCK_MS_MAX: Final = {Role.OWNER: 120_000}
# What pages read with: a transaction says for whom, and nothing of it may be left afterwards.
_SPEAKING: Final = {Role.SERVICE, Role.SUPERVISOR_READER}
# On a socket the kernel vouches for both ends; the environment's wishes would only get in the way.
_SOCKET: Final = {"sslmode": "disable", "channel_binding": "disable", "require_auth": ""}


@dataclass(frozen=True, slots=True)
class Database:
    """One database and how each role gets in; `vault` holds the keys, often the same database."""

    parameters: Mapping[Role, Mapping[str, str]] = field(repr=False)
    separate_vault: "Database | None" = field(default=None, repr=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return the configured database; raises SettingsInvalid saying what to set.

        Needs DATABASE_URL: without it the database is an embedded one (`from_socket`).
        """
        if settings.database_url is None:
            raise SettingsInvalid("DATABASE_URL is not set: set it, or run an embedded PostgreSQL")
        main = ("DATABASE_URL", settings.database_url)
        retention = ("RETENTION_DATABASE_URL", settings.retention_database_url)
        others = {
            Role.OWNER: ("OWNER_DATABASE_URL", settings.owner_database_url),
            Role.WRITER: ("WRITER_DATABASE_URL", settings.writer_database_url),
            Role.SEALER: ("SEALER_DATABASE_URL", settings.sealer_database_url),
            Role.PROJECTOR: ("PROJECTOR_DATABASE_URL", settings.projector_database_url),
            Role.CHECKER: ("CHECKER_DATABASE_URL", settings.checker_database_url),
            Role.AUDITOR: ("AUDITOR_DATABASE_URL", settings.auditor_database_url),
            Role.SUPERVISOR_READER: ("SUPERVISOR_DATABASE_URL", settings.supervisor_database_url),
            Role.GATE: ("GATE_DATABASE_URL", settings.gate_database_url),
            Role.MONITOR: ("MONITOR_DATABASE_URL", settings.monitor_database_url),
        }
        if settings.vault_database_url is None:
            return cls(_parameters(main, {**others, Role.RETENTION: retention}))
        vault = ("VAULT_DATABASE_URL", settings.vault_database_url)
        vault_others = {
            Role.OWNER: ("VAULT_OWNER_DATABASE_URL", settings.vault_owner_database_url),
            Role.RETENTION: retention,
            Role.CHECKER: ("VAULT_CHECKER_DATABASE_URL", settings.vault_checker_database_url),
        }
        keys = cls(_parameters(vault, vault_others))
        return cls(_parameters(main, others), keys)

    @classmethod
    def from_address(cls, setting: str, address: str) -> Self:
        """Return the database at one address that was read from `setting`, for every role."""
        return cls(_parameters((setting, address), {}))

    @classmethod
    def from_socket(cls, base: str, name: str = EMBEDDED_DATABASE_NAME) -> Self:
        """Return the embedded server's database `name`; each role logs in as itself."""
        parameters: dict[Role, Mapping[str, str]] = {}
        for role in Role:
            login = EMBEDDED_ADMIN if role is Role.OWNER else role.value
            address = conninfo.make_conninfo(base, user=login, dbname=name, **_SOCKET)
            pinned = pinned_parameters("DATA_DIR", address)
            parameters[role] = _session(role, pinned, set_role=False)
        return cls(parameters)

    def named(self, name: str) -> "Database":
        """Return another database of the same server, keys and all in one."""
        renamed = {role: {**values, "dbname": name} for role, values in self.parameters.items()}
        return Database(renamed)

    @property
    def name(self) -> str:
        """The database's name as the service sees it."""
        return self.parameters[Role.SERVICE].get("dbname", "")

    @property
    def vault(self) -> "Database":
        """The database that holds the keys: this one, unless they live apart."""
        return self.separate_vault or self

    def with_vault(self, vault: "Database") -> "Database":
        """Return this database with its keys in `vault`."""
        return replace(self, separate_vault=vault)

    def conninfo(self, role: Role) -> str:
        """Return the connection string of a role, complete: the environment cannot change it."""
        return conninfo.make_conninfo("", **self.parameters[role])

    def connect(self, role: Role, *, autocommit: bool = True) -> psycopg.Connection[TupleRow]:
        """Return a new connection; raises Unavailable, or SettingsInvalid if it went astray."""
        try:
            connection = psycopg.connect(
                self.conninfo(role), autocommit=autocommit, row_factory=tuple_row
            )
        except psycopg.OperationalError:
            raise Unavailable(
                f"the database refused or did not answer {role.value}:"
                " check that PostgreSQL runs and that the login may connect"
            ) from None
        try:
            self._check_arrival(role, connection)
        except SettingsInvalid:
            connection.close()
            raise
        return connection

    def pool(self, role: Role, size_max: int) -> ConnectionPool[psycopg.Connection[TupleRow]]:
        """Return an open pool of autocommit connections in one role; close it after use."""
        options: dict[str, Any] = {"autocommit": True, "row_factory": tuple_row}
        return ConnectionPool(
            self.conninfo(role),
            kwargs=options,
            min_size=1,
            max_size=size_max,
            timeout=POOL_WAIT_S_MAX,
            configure=lambda connection: self._check_arrival(role, connection),
            reset=refuse_leftover if role in _SPEAKING else None,
            name=role.value,
            open=True,
        )

    def _check_arrival(self, role: Role, connection: psycopg.Connection[TupleRow]) -> None:
        if not arrived_safely(connection.pgconn, self.parameters[role]):
            raise SettingsInvalid(
                "the database's name led away from this machine without a verified server:"
                " add sslmode=verify-full and sslrootcert=FILE to its URL"
            )


def _parameters(
    main: tuple[str, str], others: Mapping[Role, tuple[str, str | None]]
) -> dict[Role, Mapping[str, str]]:
    parameters: dict[Role, Mapping[str, str]] = {}
    for role in Role:
        setting, address = others.get(role, main)
        if address is None:
            setting, address = main
        parameters[role] = _session(role, pinned_parameters(setting, address), set_role=True)
    return parameters


def _session(role: Role, pinned: Mapping[str, str], *, set_role: bool) -> dict[str, str]:
    options = [
        f"statement_timeout={_STATEMENT_MS_MAX.get(role, _STATEMENT_MS_USUAL)}",
        f"lock_timeout={_LOCK_MS_MAX.get(role, LOCK_WAIT_MS_MAX)}",
        f"idle_in_transaction_session_timeout={_IDLE_MS_MAX.get(role, IDLE_IN_TRANSACTION_MS_MAX)}",
        "timezone=UTC",
        "search_path=pg_catalog",
    ]
    if set_role and role is not Role.OWNER:
        options.append(f"role={role.value}")
    return {
        **pinned,
        # Replaces PGOPTIONS and any options in the address: they could switch triggers off.
        "options": " ".join(f"-c {option}" for option in options),
        "application_name": f"therapist-os-{role.value}",
        "client_encoding": "UTF8",
        "connect_timeout": str(CONNECT_TIMEOUT_S),
        "keepalives_idle": "30",
        "keepalives_interval": "10",
        "keepalives_count": "3",
    }
