"""A checkpoint is stamped by an authority that is verified; the next epoch carries the stamp."""

from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import pytest

from ledger.epoch import NO_TIMESTAMP, decode_epoch_record
from ledger.errors import ProofInvalid, SettingsInvalid, Unavailable
from ledger.fsck.difference import Difference, Name
from ledger.postgres.connect import Role
from ledger.timestamps import stored
from ledger.timestamps.authority import HttpAuthority, configured
from ledger.timestamps.stamper import Stamper, stamp_newest
from tests.fix_ledger import TestedLedger
from tests.fix_tsa import TimeStamping

pytestmark = pytest.mark.postgres
PATIENCE_S = 20.0


def grow(ledger: TestedLedger) -> int:
    ledger.append(uuid4(), ledger.event(uuid4(), 1))
    return ledger.seal()


def carried(ledger: TestedLedger) -> list[bytes]:
    with ledger.database.connect(Role.SEALER) as connection:
        rows = connection.execute("SELECT record FROM ledger.epochs ORDER BY epoch").fetchall()
    return [decode_epoch_record(row[0]).timestamp_hash for row in rows]


@pytest.fixture
def trusted(authority: TimeStamping) -> HttpAuthority:
    """The client of the tests' authority."""
    return HttpAuthority(authority.url, authority.certificates)


def test_the_next_epoch_carries_the_stamp(ledger: TestedLedger, trusted: HttpAuthority) -> None:
    """Every later one too, until the next stamp; fsck agrees."""
    grow(ledger)
    with ledger.database.connect(Role.SEALER) as connection:
        assert stamp_newest(connection, trusted)
        assert not stamp_newest(connection, trusted)
        first = stored.newest_hash(connection)
    grow(ledger)
    grow(ledger)
    with ledger.database.connect(Role.SEALER) as connection:
        assert stamp_newest(connection, trusted)
        second = stored.newest_hash(connection)
    grow(ledger)
    assert first not in {second, NO_TIMESTAMP}
    assert carried(ledger) == [NO_TIMESTAMP, first, first, second]
    ledger.check()


def test_openssl_verifies_what_is_stored(
    ledger: TestedLedger, trusted: HttpAuthority, authority: TimeStamping, tmp_path: Path
) -> None:
    """Over the checkpoint's note as it was signed, and not over another."""
    grow(ledger)
    with ledger.database.connect(Role.SEALER) as connection:
        stamp_newest(connection, trusted)
        [stamp] = stored.up_to(connection, 1)
        row = connection.execute("SELECT note FROM ledger.checkpoints WHERE size = 1").fetchone()
    assert row is not None
    (tmp_path / "token.tsr").write_bytes(stamp.response)
    (tmp_path / "chain.pem").write_bytes(stamp.chain)
    for note, is_good in ((row[0], True), (row[0] + b"\n", False)):
        (tmp_path / "checkpoint").write_bytes(note)
        verified = authority.openssl(
            *("ts", "-verify", "-data", str(tmp_path / "checkpoint")),
            *("-in", str(tmp_path / "token.tsr"), "-CAfile", str(tmp_path / "chain.pem")),
        )
        assert (verified.returncode == 0) is is_good


def test_an_answer_that_does_not_verify_is_not_stored(
    ledger: TestedLedger, trusted: HttpAuthority, authority: TimeStamping
) -> None:
    """Neither nonsense, nor an older answer played again, of other bytes or of the same."""
    grow(ledger)
    with ledger.database.connect(Role.SEALER) as connection:
        found = stored.newest_unstamped(connection)
        assert found is not None
        for replayed in (
            b"\x30\x00",
            trusted.stamp(b"something else").response,
            trusted.stamp(found[1]).response,
        ):
            authority.replayed = replayed
            with pytest.raises(ProofInvalid):
                stamp_newest(connection, trusted)
            authority.replayed = None
        assert stored.up_to(connection, 9) == []


def test_a_stamp_of_an_untrusted_authority_is_refused(
    trusted: HttpAuthority, authority: TimeStamping, tmp_path: Path
) -> None:
    """What it is signed with must lead to the certificates that were set."""
    assert trusted.stamp(b"text").time_us > 0
    other = TimeStamping(tmp_path)
    other.make()
    with pytest.raises(ProofInvalid):
        HttpAuthority(authority.url, other.certificates).stamp(b"text")


def test_an_authority_that_is_away_delays_nothing_and_shows(
    ledger: TestedLedger, tmp_path: Path, authority: TimeStamping
) -> None:
    """Epochs are made all the same; it is asked again later."""
    del tmp_path
    grow(ledger)
    away = HttpAuthority("http://127.0.0.1:9/", authority.certificates)
    stamper = Stamper(lambda: ledger.database.connect(Role.SEALER), away)
    stamper.start()
    deadline_s = monotonic() + PATIENCE_S
    while not stamper.is_late and monotonic() < deadline_s:
        sleep(0.01)
    assert stamper.is_late
    assert grow(ledger) == 2
    stamper.stop()
    with pytest.raises(Unavailable):
        away.stamp(b"text")


def test_fsck_finds_a_timestamp_that_was_taken_away(
    ledger: TestedLedger, trusted: HttpAuthority
) -> None:
    """The epochs that carry it say that it was there."""
    grow(ledger)
    with ledger.database.connect(Role.SEALER) as connection:
        stamp_newest(connection, trusted)
    grow(ledger)
    with ledger.database.connect(Role.OWNER) as connection:
        connection.execute("ALTER TABLE ledger.timestamps DISABLE TRIGGER no_change")
        connection.execute("DELETE FROM ledger.timestamps")
    with pytest.raises(Difference) as found:
        ledger.check()
    assert found.value.name is Name.TIMESTAMP_DIFFERS


def test_settings_that_cannot_be_right_are_refused(tmp_path: Path) -> None:
    """Both settings or none; an address of the web; certificates in PEM."""
    (tmp_path / "none.pem").write_text("nothing")
    assert configured(None, None) is None
    for url, path in (
        ("http://tsa.example/", None),
        (None, tmp_path / "none.pem"),
        ("http://tsa.example/", tmp_path / "none.pem"),
        ("http://tsa.example/", tmp_path / "absent.pem"),
        ("file:///etc/passwd", tmp_path / "none.pem"),
    ):
        with pytest.raises(SettingsInvalid):
            configured(url, path)
