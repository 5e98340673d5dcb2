"""Bundles as files, and the verifier run over them as an auditor runs it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec

from ledger.bundle.export import VERIFIER
from tests.attacks.bundles import Files


def run(place: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    """Run the verifier from a copy that stands alone."""
    copy = place.parent / "alone.py"
    copy.write_bytes(VERIFIER.read_bytes())
    command = [sys.executable, "-I", str(copy), str(place), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- our own words
    assert done.stderr == b""
    return done.returncode, msgspec.json.decode(done.stdout, type=dict[str, object])


def write_zip(place: Path, files: Files) -> Path:
    """Write a zip as anybody would."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place


def write_folder(place: Path, files: Files) -> Path:
    """Write a folder."""
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place
