"""The settings of the service, read once from the environment into a frozen value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from ledger.errors import SettingsInvalid

DATA_DIR_DEFAULT: Final = ".data"
LEDGER_NAME_DEFAULT: Final = "localhost/therapist-os"
# A log's origin is the name, "/p/" and a slot of up to 20 digits, and must fit 255 bytes.
LEDGER_NAME_LENGTH_MAX: Final = 200
_LEDGER_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9._-]*)*")


class Environment(StrEnum):
    """Where the service runs; production refuses what is only convenient for development."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """One setting: its name in the environment, its meaning in one line, its default in words."""

    name: str
    meaning: str
    default: str


SETTINGS: Final = (
    SettingDoc("DATA_DIR", "folder for everything kept outside the database", DATA_DIR_DEFAULT),
    SettingDoc(
        "DATABASE_URL",
        "PostgreSQL of the ledger",
        "none: a PostgreSQL is started under DATA_DIR",
    ),
    SettingDoc(
        "VAULT_DATABASE_URL",
        "PostgreSQL of the record keys, when they live apart",
        "the ledger's database",
    ),
    SettingDoc("OWNER_DATABASE_URL", "login that migrates the ledger's database", "DATABASE_URL"),
    SettingDoc(
        "VAULT_OWNER_DATABASE_URL",
        "login that migrates the keys' database",
        "VAULT_DATABASE_URL",
    ),
    SettingDoc("WRITER_DATABASE_URL", "login that appends events", "DATABASE_URL"),
    SettingDoc(
        "SEALER_DATABASE_URL",
        "login that makes epochs, and stores timestamps and cosignatures",
        "DATABASE_URL",
    ),
    SettingDoc("PROJECTOR_DATABASE_URL", "login that fills the read models", "DATABASE_URL"),
    SettingDoc(
        "RETENTION_DATABASE_URL",
        "login that destroys keys, at the database that holds them",
        "VAULT_DATABASE_URL, else DATABASE_URL",
    ),
    SettingDoc(
        "CHECKER_DATABASE_URL",
        "login that checks the whole ledger and writes bundles",
        "DATABASE_URL",
    ),
    SettingDoc(
        "VAULT_CHECKER_DATABASE_URL",
        "login that checks which keys there are, when they live apart",
        "VAULT_DATABASE_URL",
    ),
    SettingDoc("AUDITOR_DATABASE_URL", "login that reads leaves and proofs", "DATABASE_URL"),
    SettingDoc(
        "SUPERVISOR_DATABASE_URL",
        "login that reads what supervisors are shown, and nothing else",
        "DATABASE_URL",
    ),
    SettingDoc(
        "GATE_DATABASE_URL", "login that knows who may sign in, and nothing else", "DATABASE_URL"
    ),
    SettingDoc(
        "MONITOR_DATABASE_URL", "login that is told counts and ages, and no row", "DATABASE_URL"
    ),
    SettingDoc(
        "LEDGER_NAME",
        "name of the ledger in its signed checkpoints; never changes afterwards",
        LEDGER_NAME_DEFAULT,
    ),
    SettingDoc(
        "TIMESTAMP_AUTHORITY_URL",
        "RFC 3161 authority that stamps a checkpoint a day",
        "none: nothing is stamped",
    ),
    SettingDoc(
        "TIMESTAMP_CERTIFICATES",
        "file with the authority's certificates in PEM, up to a self-signed one",
        "must be set with the address",
    ),
    SettingDoc(
        "WITNESS_POLICY",
        "file with the policy (C2SP tlog-policy): the log's key, the witnesses that are asked to"
        " cosign, and the quorum a bundle must have",
        "none: no witness is asked",
    ),
    SettingDoc("ENVIRONMENT", "development or production", Environment.DEVELOPMENT.value),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service was told; addresses may hold passwords, so repr leaves them out."""

    data_dir: Path
    environment: Environment = Environment.DEVELOPMENT
    ledger_name: str = LEDGER_NAME_DEFAULT
    database_url: str | None = field(default=None, repr=False)
    vault_database_url: str | None = field(default=None, repr=False)
    owner_database_url: str | None = field(default=None, repr=False)
    vault_owner_database_url: str | None = field(default=None, repr=False)
    writer_database_url: str | None = field(default=None, repr=False)
    sealer_database_url: str | None = field(default=None, repr=False)
    projector_database_url: str | None = field(default=None, repr=False)
    retention_database_url: str | None = field(default=None, repr=False)
    checker_database_url: str | None = field(default=None, repr=False)
    vault_checker_database_url: str | None = field(default=None, repr=False)
    auditor_database_url: str | None = field(default=None, repr=False)
    supervisor_database_url: str | None = field(default=None, repr=False)
    gate_database_url: str | None = field(default=None, repr=False)
    monitor_database_url: str | None = field(default=None, repr=False)
    timestamp_authority_url: str | None = field(default=None, repr=False)
    timestamp_certificates: Path | None = None
    witness_policy: Path | None = None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`; an empty value counts as not set.

    Raises SettingsInvalid, naming the setting and what to set, never its value.
    """
    urls = {name: environ.get(name) or None for name in _URL_NAMES}
    if urls["DATABASE_URL"] is None:
        for name, url in urls.items():
            if url is not None:
                raise SettingsInvalid(
                    f"{name} is set but DATABASE_URL is not: set DATABASE_URL too"
                )
    for name in ("VAULT_OWNER_DATABASE_URL", "VAULT_CHECKER_DATABASE_URL"):
        if urls[name] and not urls["VAULT_DATABASE_URL"]:
            raise SettingsInvalid(
                f"{name} is set but VAULT_DATABASE_URL is not: set VAULT_DATABASE_URL too"
            )
    return Settings(
        data_dir=_data_dir(environ.get("DATA_DIR") or DATA_DIR_DEFAULT),
        environment=_environment(environ.get("ENVIRONMENT") or Environment.DEVELOPMENT),
        ledger_name=_ledger_name(environ.get("LEDGER_NAME") or LEDGER_NAME_DEFAULT),
        database_url=urls["DATABASE_URL"],
        vault_database_url=urls["VAULT_DATABASE_URL"],
        owner_database_url=urls["OWNER_DATABASE_URL"],
        vault_owner_database_url=urls["VAULT_OWNER_DATABASE_URL"],
        writer_database_url=urls["WRITER_DATABASE_URL"],
        sealer_database_url=urls["SEALER_DATABASE_URL"],
        projector_database_url=urls["PROJECTOR_DATABASE_URL"],
        retention_database_url=urls["RETENTION_DATABASE_URL"],
        checker_database_url=urls["CHECKER_DATABASE_URL"],
        vault_checker_database_url=urls["VAULT_CHECKER_DATABASE_URL"],
        auditor_database_url=urls["AUDITOR_DATABASE_URL"],
        supervisor_database_url=urls["SUPERVISOR_DATABASE_URL"],
        gate_database_url=urls["GATE_DATABASE_URL"],
        monitor_database_url=urls["MONITOR_DATABASE_URL"],
        timestamp_authority_url=environ.get("TIMESTAMP_AUTHORITY_URL") or None,
        timestamp_certificates=_path(environ.get("TIMESTAMP_CERTIFICATES")),
        witness_policy=_path(environ.get("WITNESS_POLICY")),
    )


_URL_NAMES: Final = tuple(doc.name for doc in SETTINGS if doc.name.endswith("DATABASE_URL"))


def _data_dir(value: str) -> Path:
    if "\0" in value:
        raise SettingsInvalid("DATA_DIR holds a zero byte: set it to the path of a folder")
    # Absolute at once: a later change of the working folder must not move the ledger.
    folder = Path(value).absolute()
    if folder.exists() and not folder.is_dir():
        raise SettingsInvalid("DATA_DIR is not a folder: set it to the path of a folder")
    return folder


def _path(value: str | None) -> Path | None:
    return Path(value).absolute() if value else None


def _environment(value: str) -> Environment:
    try:
        return Environment(value)
    except ValueError:
        raise SettingsInvalid("ENVIRONMENT is unknown: set development or production") from None


def _ledger_name(value: str) -> str:
    if len(value) > LEDGER_NAME_LENGTH_MAX or not _LEDGER_NAME.fullmatch(value):
        raise SettingsInvalid(
            "LEDGER_NAME is not a name for a log: set something like ledger.example.org/practices,"
            f" lower case, no scheme, at most {LEDGER_NAME_LENGTH_MAX} characters"
        )
    return value
