"""The operating-system user that PostgreSQL runs as: never root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import SettingsInvalid
from ledger.postgres.say import Say

SYSTEM_USER: Final = "therapist-os-postgres"
_TIME_LIMIT_S: Final = 30


@dataclass(frozen=True, slots=True)
class Account:
    """A user PostgreSQL runs as; `dropped` if that is not the user we are."""

    name: str
    user_id: int
    group_id: int
    dropped: bool

    @property
    def run_user(self) -> int | None:
        """The user subprocess must change to, if any."""
        return self.user_id if self.dropped else None

    @property
    def run_group(self) -> int | None:
        """The group subprocess must change to, if any."""
        return self.group_id if self.dropped else None

    @property
    def run_extra_groups(self) -> tuple[int, ...] | None:
        """None of our other groups go along when the user changes."""
        return () if self.dropped else None


def is_root() -> bool:
    """Tell whether this process may do anything."""
    return os.geteuid() == 0


def account_of_current_user() -> Account:
    """Return the user that runs this process."""
    entry = pwd.getpwuid(os.geteuid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, dropped=False)


def account_of_owner(cluster: Path) -> Account:
    """Return the user that owns an existing cluster, who alone can run it.

    Raises SettingsInvalid if that is root, or somebody else while we are not root.
    """
    owner_id = cluster.stat().st_uid
    if not is_root():
        if owner_id != os.geteuid():
            raise SettingsInvalid("the database under DATA_DIR is another user's: run as that user")
        return account_of_current_user()
    if owner_id == 0:
        raise SettingsInvalid(
            "the database under DATA_DIR belongs to root, and PostgreSQL never runs as root:"
            f" chown it to {SYSTEM_USER}"
        )
    try:
        entry = pwd.getpwuid(owner_id)
    except KeyError:
        raise SettingsInvalid(
            "the database under DATA_DIR belongs to a user that is gone: chown it to one that is"
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, dropped=True)


def account_for_new_cluster(say: Say) -> Account:
    """Return ourselves, or for root a system user of its own, made if it is not there."""
    if not is_root():
        return account_of_current_user()
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _make_system_user()
        say(f"Made the system user {SYSTEM_USER}: PostgreSQL does not run as root.")
        entry = pwd.getpwnam(SYSTEM_USER)
    if entry.pw_uid == 0:
        raise SettingsInvalid(f"the user {SYSTEM_USER} is root: give it an id of its own")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, dropped=True)


def _make_system_user() -> None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise SettingsInvalid(
            f"PostgreSQL does not run as root: make a system user {SYSTEM_USER},"
            " or run as an ordinary user, or set DATABASE_URL"
        )
    command = [program, "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    made = subprocess.run(command, check=False, capture_output=True, timeout=_TIME_LIMIT_S)  # noqa: S603 -- fixed words
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise SettingsInvalid(
            f"the system user {SYSTEM_USER} could not be made (useradd exit {made.returncode}):"
            " make it, or run as an ordinary user, or set DATABASE_URL"
        ) from None


def can_enter(account: Account, folder: Path) -> bool:
    """Tell whether the user can reach into `folder`, by trying it."""
    return not account.dropped or _succeeds(account, ["/bin/sh", "-c", 'cd -- "$0"', str(folder)])


def can_run(account: Account, program: str) -> bool:
    """Tell whether the user can run `program`, by asking it for its version."""
    return not account.dropped or _succeeds(account, [program, "--version"])


def _succeeds(account: Account, command: list[str]) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 -- fixed words and our own paths
            command,
            check=False,
            capture_output=True,
            cwd="/",
            timeout=_TIME_LIMIT_S,
            user=account.run_user,
            group=account.run_group,
            extra_groups=account.run_extra_groups,
        )
    except OSError:
        return False
    return done.returncode == 0
