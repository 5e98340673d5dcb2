"""The command line does what its help says, in one sentence when it cannot."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import therapist_os
from ledger import checkpoint, note
from ledger.errors import Busy, KeyMissing, SettingsInvalid, Tampered, Unavailable
from ledger.postgres.connect import Role
from ledger.postgres.embedded import EmbeddedServer
from ledger.seal_log.signer import LAST_FILE, SIGNER_FOLDER, signing_as

pytestmark = pytest.mark.postgres
PROJECT = Path(__file__).parent.parent
AFTER_JOINING = ("--position", "7", "--state")


def _run(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATA_DIR": str(data_dir)}
    environment.pop("DATABASE_URL", None)
    return subprocess.run(  # noqa: S603 -- our own program, with arguments of our own
        [sys.executable, "-m", "therapist_os", *arguments],
        cwd=PROJECT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demo practice in it."""
    folder = tmp_path_factory.mktemp("demo")
    made = _run(folder, "demo")
    assert made.returncode == therapist_os.DONE, made.stderr
    return folder


def test_fsck_says_what_it_checked_and_exits_0(data_dir: Path) -> None:
    checked = _run(data_dir, "fsck")
    assert checked.returncode == therapist_os.DONE, checked.stderr
    assert "no difference" in checked.stdout
    assert "0 events appended since the last epoch" in checked.stdout


def test_fsck_in_json_counts_the_same_events_as_replay(data_dir: Path) -> None:
    report = msgspec.json.decode(_run(data_dir, "fsck", "--json").stdout)
    told = _run(data_dir, "replay", "demo", "--json").stdout.splitlines()
    # The operator's log has one event of its own, and this replay has put one into the practice's.
    assert report["events"] == len(told)
    assert msgspec.json.decode(told[-1])["type"] == "operator-read.v1"


def test_replay_never_names_a_client_or_a_setting(data_dir: Path) -> None:
    told = _run(data_dir, "replay", "demo").stdout
    assert "logged a session" in told
    assert not any(word in told for word in ("J.D.", "M.O.", "C-014", "Elm Street", "Example"))


def test_replay_as_of_a_moment_ends_there(data_dir: Path) -> None:
    lines = _run(data_dir, "replay", "demo", "--json").stdout.splitlines()
    events = [msgspec.json.decode(line) for line in lines]
    middle = events[len(events) // 2]["recorded_at_us"]
    moment = f"{_iso(middle)}"
    then = _run(data_dir, "replay", "demo", "--as-of", moment, "--json").stdout.splitlines()
    expected = [event for event in events if event["recorded_at_us"] <= middle]
    assert [msgspec.json.decode(line) for line in then] == expected


def test_the_state_at_a_position_is_told_and_never_names_anybody(data_dir: Path) -> None:
    """Five joined and one signed before the first session; the proofs of all events hold."""
    before = msgspec.json.decode(_run(data_dir, "replay", "demo", *AFTER_JOINING, "--json").stdout)
    assert [each["role"] for each in before["members"]] == [
        "owner",
        "therapist",
        "supervisor",
        "supervisor",
        "compliance-officer",
    ]
    assert (before["size"], before["weeks"]) == (8, [])
    told = _run(data_dir, "replay", "demo", "--state").stdout
    assert "version demo-1" in told
    assert not any(word in told for word in ("J.D.", "M.O.", "C-014", "Elm Street", "Example"))
    proven = _run(data_dir, "replay", "demo", "--proofs")
    assert proven.returncode == therapist_os.DONE
    events = _run(data_dir, "replay", "demo", "--json").stdout.splitlines()
    # The looks of the command line came after the epoch.
    sealed = [e for e in events if msgspec.json.decode(e)["type"] != "operator-read.v1"]
    assert proven.stdout.count("holds: sealed by epoch 0") == len(sealed)


def test_a_time_and_a_position_are_not_given_together(data_dir: Path) -> None:
    both = ("--at", "2026-01-01", "--position", "1")
    assert _run(data_dir, "replay", "demo", *both).returncode == therapist_os.WRONG
    state = ("--state", "--proofs")
    assert _run(data_dir, "replay", "demo", *state).returncode == therapist_os.WRONG


def test_a_database_behind_its_signer_gives_no_bundle(data_dir: Path, tmp_path: Path) -> None:
    """As after restoring an older one: refused with the status that fsck ends with."""
    last = data_dir / SIGNER_FOLDER / LAST_FILE
    before, place = last.read_bytes(), tmp_path / "bundle"
    held = checkpoint.decode(note.decode(before).text)
    further = checkpoint.Checkpoint(held.origin, held.size + 1, held.root)
    key = signing_as(data_dir, held.origin)(held.origin)
    last.write_bytes(note.sign(further.encode(), key).encode())
    bundled, checked = _run(data_dir, "bundle", "demo", str(place)), _run(data_dir, "fsck")
    last.write_bytes(before)
    assert bundled.returncode == checked.returncode == therapist_os.FOUND
    assert "does not extend the signer's last checkpoint" in bundled.stderr
    assert "signer-ahead" in checked.stderr
    assert not place.exists()
    assert _run(data_dir, "bundle", "demo", str(place)).returncode == therapist_os.DONE


def test_a_second_demo_changes_nothing(data_dir: Path) -> None:
    before = _run(data_dir, "fsck", "--json").stdout
    assert _run(data_dir, "demo").returncode == therapist_os.DONE
    assert msgspec.json.decode(before)["events"] == _events(data_dir)


def test_read_models_can_be_rebuilt(data_dir: Path) -> None:
    assert _run(data_dir, "rebuild", "all").returncode == therapist_os.DONE


def test_drift_names_a_change_and_exits_1(data_dir: Path) -> None:
    unchanged = _run(data_dir, "drift")
    assert (unchanged.returncode, unchanged.stdout) == (therapist_os.DONE, "no difference\n")
    _as_superuser(data_dir, b"ALTER TABLE ledger.events DISABLE TRIGGER no_change")
    try:
        changed = _run(data_dir, "drift")
        report = msgspec.json.decode(_run(data_dir, "drift", "--json").stdout)
        accepted = _run(data_dir, "drift", "--accept")
    finally:
        _as_superuser(data_dir, b"ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER no_change")
    assert changed.returncode == therapist_os.FOUND
    assert changed.stdout.startswith("table ledger.events: trigger no_change was always: ")
    assert changed.stdout.count("\n") == 1
    assert [each["subject"] for each in report["differences"]] == ["table ledger.events"]
    # What our migrations made cannot be accepted otherwise.
    assert accepted.returncode == therapist_os.FOUND
    assert "accepted: extension plpgsql: owner postgres\n" in accepted.stdout
    assert _run(data_dir, "drift").returncode == therapist_os.DONE


def _as_superuser(data_dir: Path, statement: bytes) -> None:
    with (
        EmbeddedServer(data_dir) as server,
        server.database.connect(Role.OWNER) as connection,
    ):
        connection.execute(statement)


def test_fsck_without_a_ledger_says_so_in_one_sentence(tmp_path: Path) -> None:
    checked = _run(tmp_path, "fsck")
    assert checked.returncode == therapist_os.WRONG
    assert checked.stderr.count("\n") == 1
    assert "Traceback" not in checked.stderr


def test_a_practice_that_is_no_id_is_wrong_usage(tmp_path: Path) -> None:
    assert _run(tmp_path, "replay", "nobody").returncode == therapist_os.WRONG


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Busy("."), therapist_os.NOT_NOW),
        (Unavailable("."), therapist_os.NOT_NOW),
        (SettingsInvalid("."), therapist_os.WRONG),
        (Tampered("."), therapist_os.FOUND),
        (KeyMissing("."), therapist_os.FOUND),
    ],
)
def test_each_error_has_its_exit_code(error: Busy, code: int) -> None:
    assert therapist_os.exit_code(error) == code


def _events(data_dir: Path) -> int:
    return msgspec.json.decode(_run(data_dir, "fsck", "--json").stdout)["events"]


def _iso(time_us: int) -> str:
    seconds, micros = divmod(time_us, 1_000_000)
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC).replace(microsecond=micros)
    return moment.isoformat()
