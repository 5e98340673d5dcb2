"""Where an embedded cluster lives: under DATA_DIR, or outside when PostgreSQL cannot get there.

DATA_DIR/postgres holds the locks, and the cluster too if the user that runs PostgreSQL can reach
it. Root runs PostgreSQL as another user, who cannot enter a private folder such as /root; then the
cluster lives in FALLBACK_PARENT and DATA_DIR/postgres/elsewhere says where. No permission of a
folder that was there before is ever changed.
"""

import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import SettingsInvalid, Tampered
from ledger.postgres.account import (
    Account,
    account_for_new_cluster,
    account_of_owner,
    can_enter,
    is_root,
)
from ledger.postgres.say import Say

FALLBACK_PARENT: Final = Path("/var/lib/therapist-os")
# Linux's limit for the address of a unix socket, less its closing zero byte.
SOCKET_PATH_LENGTH_MAX: Final = 103 if os.uname().sysname == "Darwin" else 107
_SOCKET_NAME: Final = ".s.PGSQL.5432"
SOCKET_LOCK_NAME: Final = f"{_SOCKET_NAME}.lock"
_RANDOM_BYTES: Final = 8
_BELONGS_TO: Final = "belongs-to"


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one cluster and the user it runs as."""

    control: Path
    home: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.home / "cluster"

    @property
    def unfinished(self) -> Path:
        """Where initdb works; renamed to `cluster` when it is done."""
        return self.home / "cluster.unfinished"

    @property
    def config(self) -> Path:
        """Settings and access rules: PostgreSQL may read them, never write."""
        return self.home / "config"

    @property
    def logs(self) -> Path:
        """PostgreSQL's log files, one a weekday."""
        return self.home / "logs"

    @property
    def start_log(self) -> Path:
        """What initdb and a starting PostgreSQL say before the log files are open."""
        return self.home / "start.log"


def find_place(control: Path, fallback_parent: Path, say: Say) -> Place:
    """Return where the cluster is, or is to be made; only under the start lock.

    Raises Tampered if the recorded place is gone, SettingsInvalid if another user owns it.
    """
    record = control / "elsewhere"
    home = Path(record.read_text().strip()) if record.exists() else control
    if record.exists() and not (home / "cluster").is_dir():
        raise Tampered(
            "the database recorded in DATA_DIR/postgres/elsewhere is gone: restore it,"
            " or delete DATA_DIR to begin anew"
        )
    if (home / "cluster").is_dir():
        return Place(control, home, account_of_owner(home / "cluster"))
    account = account_for_new_cluster(say)
    if can_enter(account, control):
        return Place(control, control, account)
    home = _fallback_home(fallback_parent, control.parent)
    say(f"PostgreSQL's user cannot enter DATA_DIR, so the database lives in {home}.")
    return Place(control, home, account)


def record_place(place: Place) -> None:
    """Write down where a finished cluster is, if it is not below DATA_DIR."""
    if place.home == place.control:
        return
    record = place.control / "elsewhere"
    unfinished = record.with_suffix(".unfinished")
    unfinished.write_text(f"{place.home}\n")
    unfinished.replace(record)


def control_folder(data_dir: Path) -> Path:
    """Return DATA_DIR/postgres, made if absent; raises SettingsInvalid if that is not possible."""
    # Root's PostgreSQL runs as another user, who must pass through but need not look around.
    mode = 0o711 if is_root() else 0o700
    control = data_dir / "postgres"
    try:
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        for folder in (data_dir, control):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                folder.chmod(mode)
    except OSError:
        raise SettingsInvalid(
            "DATA_DIR cannot be made here: set DATA_DIR to a folder this user may write to"
        ) from None
    if control.stat().st_uid != os.geteuid():
        raise SettingsInvalid("the database under DATA_DIR is another user's: run as that user")
    return control


def _fallback_home(parent: Path, data_dir: Path) -> Path:
    try:
        if not parent.exists():
            parent.mkdir(parents=True)
            parent.chmod(0o755)
        for note in parent.glob(f"*/{_BELONGS_TO}"):
            # Left by a first start that was interrupted: there is nothing in it yet.
            if note.read_text() == f"{data_dir}\n" and not (note.parent / "cluster").exists():
                return note.parent
        # A random name: a new DATA_DIR at an old path must not meet the old path's database.
        home = parent / secrets.token_hex(_RANDOM_BYTES)
        home.mkdir()
        home.chmod(0o711)
        (home / _BELONGS_TO).write_text(f"{data_dir}\n")
    except OSError:
        raise SettingsInvalid(
            "PostgreSQL's user cannot enter DATA_DIR, and no folder could be made elsewhere:"
            " set DATA_DIR to a folder that other users may pass through"
        ) from None
    return home


def private_folder(folder: Path, account: Account) -> None:
    """Make a folder that only PostgreSQL's user (and root) may enter."""
    if not folder.exists():
        folder.mkdir()
        if account.dropped:
            os.chown(folder, account.user_id, account.group_id)
        folder.chmod(0o700)


def socket_folder(place: Place) -> Path:
    """Return the folder of the server's socket, private and with a path short enough."""
    folder = place.home / "socket"
    if _fits(folder):
        private_folder(folder, place.account)
        return folder
    record = place.home / "socket-elsewhere"
    if record.exists():
        recorded = Path(record.read_text().strip())
        if _is_private(recorded, place.account):
            return recorded
    made = _short_folder()
    if place.account.dropped:
        os.chown(made, place.account.user_id, place.account.group_id)
    record.write_text(f"{made}\n")
    return made


def _fits(folder: Path) -> bool:
    # libpq and PostgreSQL both read commas as the end of one folder and the start of another.
    plain = not set(str(folder)) & {",", '"', "\n"}
    return plain and len(os.fsencode(folder / _SOCKET_NAME)) <= SOCKET_PATH_LENGTH_MAX


def _short_folder() -> Path:
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 -- mkdtemp makes a private folder with a random name
        made = Path(tempfile.mkdtemp(prefix="therapist-os-", dir=parent))
        if _fits(made):
            return made
        made.rmdir()
    raise SettingsInvalid("no path is short enough for a socket: set DATA_DIR to a shorter path")


def _is_private(folder: Path, account: Account) -> bool:
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return False
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == account.user_id
        and stat.S_IMODE(status.st_mode) == stat.S_IRWXU
    )
