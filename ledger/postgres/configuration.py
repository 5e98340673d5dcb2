"""The embedded server's settings and access rules, written afresh at every start."""

import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ledger.postgres.place import Place

# What PostgreSQL writes to its log must be fit for anybody's eyes: no values, no rejected rows,
# no statement text (errors are terse, their statements are left out).
_QUIET: Final = {
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_statement": "ddl",
    "log_transaction_sample_rate": "0",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_hostname": "off",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
}
_LOG_FILES: Final = {
    "logging_collector": "on",
    # One file a weekday, overwritten a week later: the log stays bounded.
    "log_filename": "postgresql-%u.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_file_mode": "0600",
}
_SERVER: Final = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "row_security": "on",
    "allow_alter_system": "off",
    "shared_preload_libraries": "",
    "local_preload_libraries": "",
    "session_preload_libraries": "",
    "timezone": "UTC",
    "jit": "off",
}
_ACCESS: Final = "local all all peer map=service\n"


def write_configuration(place: Place, sockets: Path, extra: Mapping[str, str]) -> Path:
    """Write the configuration files and return the main one; `extra` settings come last.

    PostgreSQL's user can read them but not change them, so not even a superuser's SQL can let
    somebody else in.
    """
    if not place.config.exists():
        place.config.mkdir()
        place.config.chmod(0o700)
    settings = {
        "hba_file": str(place.config / "pg_hba.conf"),
        "ident_file": str(place.config / "pg_ident.conf"),
        "unix_socket_directories": str(sockets),
        "log_directory": str(place.logs),
        **_SERVER,
        **_QUIET,
        **_LOG_FILES,
        **extra,
    }
    text = "".join(f"{name} = '{_quoted(value)}'\n" for name, value in settings.items())
    main = place.config / "postgresql.conf"
    _write(place, main, text)
    _write(place, place.config / "pg_hba.conf", _ACCESS)
    _write(place, place.config / "pg_ident.conf", _identity_map(place))
    if place.account.dropped:
        os.chown(place.config, 0, place.account.group_id)
        place.config.chmod(0o750)
    return main


def _identity_map(place: Place) -> str:
    # The kernel vouches for who is at the other end; that user, and root, may be any role.
    names = {"root", pwd.getpwuid(os.geteuid()).pw_name}
    if not place.account.dropped:
        names.add(place.account.name)
    return "".join(f'service "{name}" all\n' for name in sorted(names))


def _write(place: Place, path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    if place.account.dropped:
        os.chown(unfinished, 0, place.account.group_id)
        unfinished.chmod(0o640)
    unfinished.replace(path)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
