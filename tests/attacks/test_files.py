"""Lies in how files lie on a disk or in a zip: names, links, lengths, nonsense."""

import zipfile
from pathlib import Path

import pytest

from tests.attacks.bundles import Files
from tests.attacks.forge import Event, Lie, forged, told
from tests.attacks.on_disk import run, write_folder, write_zip
from tests.attacks.rich import rich


@pytest.fixture(scope="module")
def bundle() -> Files:
    """An honest bundle of everything."""
    return rich()


def test_folder_and_zip_are_verified_by_the_script_alone(bundle: Files, tmp_path: Path) -> None:
    """Exit status 0, and the verdict as JSON."""
    for place in (write_folder(tmp_path / "b", bundle), write_zip(tmp_path / "b.zip", bundle)):
        status, verdict_ = run(place)
        assert (status, verdict_["valid"], verdict_["events"]) == (0, True, 408)


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/outside", "a/../../b", "a\\..\\b", "policy/", "./policy"]
)
def test_a_name_that_leads_outside_is_refused(bundle: Files, tmp_path: Path, name: str) -> None:
    """Nothing is ever unpacked."""
    status, found = run(write_zip(tmp_path / "slip.zip", bundle | {name: b""}))
    assert (status, found["failure"]) == (13, "file-unsafe")
    assert {path.name for path in tmp_path.iterdir()} == {"slip.zip", "alone.py"}


def test_a_name_given_twice_is_refused(bundle: Files, tmp_path: Path) -> None:
    """Two readers could read two files."""
    place = write_zip(tmp_path / "twice.zip", bundle)
    with zipfile.ZipFile(place, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("policy", b"log other\n")
    assert run(place)[1]["failure"] == "file-unsafe"


def test_a_link_is_refused(bundle: Files, tmp_path: Path) -> None:
    """In a folder and in a zip."""
    place = write_folder(tmp_path / "b", bundle)
    (place / "policy").rename(tmp_path / "policy")
    (place / "policy").symlink_to(tmp_path / "policy")
    assert run(place)[1]["failure"] == "file-unsafe"
    link = zipfile.ZipInfo("policy")
    link.external_attr = 0o120777 << 16
    without = {name: content for name, content in bundle.items() if name != "policy"}
    with zipfile.ZipFile(write_zip(tmp_path / "b.zip", without), "a") as archive:
        archive.writestr(link, "../policy")
    assert run(tmp_path / "b.zip")[1]["failure"] == "file-unsafe"


def test_a_file_longer_than_it_can_be_is_not_read(bundle: Files, tmp_path: Path) -> None:
    """Such as a gigabyte of zeros in a small zip."""
    bomb = bundle | {"practice/tile/0/000": bytes(64 << 20)}
    assert run(write_zip(tmp_path / "bomb.zip", bomb))[1]["failure"] == "file-oversized"


def test_a_file_one_byte_longer_than_it_can_be_is_not_read(bundle: Files, tmp_path: Path) -> None:
    """Nor one whose length is another than its zip says."""
    name = "practice/tile/0/000"
    longer = bundle | {name: bundle[name] + b"\0"}
    assert run(write_zip(tmp_path / "longer.zip", longer))[1]["failure"] == "file-oversized"
    place = write_zip(tmp_path / "claims.zip", bundle)
    with zipfile.ZipFile(place, "a") as archive:
        archive.getinfo("policy").file_size += 1
        archive.writestr("more", b"")  # so that the list of files is written anew
    assert run(place)[1]["failure"] == "file-oversized"


def test_many_events_are_verified_by_several_processes(tmp_path: Path) -> None:
    """Each opens the zip for itself; a lie far back is found there too."""
    log = told([Event(1 + number % 50) for number in range(65 * 256)])
    many = forged(log, Lie(sealed_after=()))
    folder = write_folder(tmp_path / "many", many)
    for place in (folder, write_zip(tmp_path / "many.zip", many)):
        assert run(place, "--jobs", "2")[1]["events"] == len(log.leaves)
    (folder / "bodies/064").write_bytes(many["bodies/063"])
    assert run(folder, "--jobs", "2")[1]["failure"] == "body-differs"


def test_nonsense_is_not_valid(tmp_path: Path) -> None:
    """And says so without a traceback."""
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 nothing")
    for place in (tmp_path / "x.zip", tmp_path / "absent", tmp_path):
        status, found = run(place)
        assert status in {10, 90}
        assert found["valid"] is False
