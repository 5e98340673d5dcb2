"""Bundles to lie with: real ones in memory, verified as an auditor would, with what was changed."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from ledger.bundle.export import VERIFIER

Files = dict[str, bytes]


def load_verifier() -> ModuleType:
    """Load verify.py as the lone file that it is."""
    spec = importlib.util.spec_from_file_location("lone_verifier", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


VERIFY = load_verifier()
OnDisk = cast("type[Any]", VERIFY.Files)


class InMemory(OnDisk):
    """A bundle's files without a disk, so that ten thousand of them can be tried."""

    now: Files = {}  # noqa: RUF012 -- set for each verification

    def __init__(self, place: str) -> None:
        self.update({name: len(content) for name, content in self.now.items()})
        self.place, self.used = place, set(VERIFY.FREE)

    def read(self, name: str, limit: int = 1 << 20) -> bytes:
        """Read as the verifier's own does."""
        VERIFY.need(name in self, "file-missing", name)
        VERIFY.need(self[name] <= limit, "file-oversized", name)
        self.used.add(name)
        return self.now[name]


def report(files: Files, **asked: object) -> dict[str, Any]:
    """Verify files in memory; returns what was found, or raises what the verifier raises."""
    InMemory.now = files
    VERIFY.__dict__["Files"] = InMemory
    try:
        return VERIFY.verify("", **asked)
    finally:
        VERIFY.__dict__["Files"] = OnDisk


def verdict(files: Files, **asked: object) -> str:
    """Verify files in memory; returns `valid` or the code of the failure.

    What is not a failure with a code of its own is the verifier's `malformed`.
    """
    try:
        report(files, **asked)
    except VERIFY.Failure as failure:
        return str(failure.code)
    except Exception:  # noqa: BLE001 -- main() treats it the same
        return "malformed"
    return "valid"


def vouched_for(files: Files) -> list[str]:
    """The files of which no bit is free: all but the pages, the verifier and certificates.

    Nor is the range of days one: another with the same events is as true.
    """
    free = {*VERIFY.FREE, "range"}
    return [name for name in files if name not in free and not name.endswith("chain.pem")]


def of_folder(place: Path) -> Files:
    """Every file of a folder, by its path in it."""
    files = sorted(path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


def changed(files: Files, name: str, change: Callable[[bytes], bytes]) -> Files:
    """The files with one of them changed, which the change must really change."""
    after = change(files[name])
    assert after != files[name]
    return files | {name: after}
