"""Where a bundle's files go: a folder or a zip, there in whole or not at all."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from ledger.errors import SettingsInvalid

ZIP_SUFFIX = ".zip"
# The earliest time a zip can hold: a bundle's bytes follow from its checkpoint and nothing else.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16


class Files(Protocol):
    """Takes one file after another; a path is given once."""

    def write(self, path: str, content: bytes) -> None:
        """Write a whole file."""
        ...


class Folder:
    """Files in a folder, readable by its owner alone."""

    def __init__(self, top: Path) -> None:
        self._top = top

    def write(self, path: str, content: bytes) -> None:
        """Write a whole file, in folders made as they are needed."""
        place = self._top / path
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(place, flags, 0o600), "wb") as file:
            file.write(content)


class Zip:
    """Files in a zip, stored as they are and without times."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    def write(self, path: str, content: bytes) -> None:
        """Write a whole file."""
        info = ZipInfo(path, _NO_TIME)
        info.external_attr = _READABLE
        info.create_system = 3  # what ZipInfo takes from the machine it runs on
        self._archive.writestr(info, content, ZIP_STORED)


@contextmanager
def new_files(place: Path) -> Generator[Files]:
    """Give the files of a new folder, or of a new zip where the name ends so.

    They are written beside `place` and get its name when the block has ended well; otherwise
    nothing is left. Raises `SettingsInvalid` when something is there already, or its parent is not.
    """
    if os.path.lexists(place):
        raise SettingsInvalid("there is something at the bundle's place already: name a new one")
    if not place.parent.is_dir():
        raise SettingsInvalid("the folder that the bundle is to be put in does not exist: make it")
    unfinished = place.with_name(f".{place.name}.unfinished")
    _remove(unfinished)
    try:
        if place.suffix == ZIP_SUFFIX:
            descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w+b") as file, ZipFile(file, "w") as archive:
                yield Zip(archive)
        else:
            unfinished.mkdir(mode=0o700)
            yield Folder(unfinished)
        unfinished.rename(place)
    finally:
        _remove(unfinished)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
