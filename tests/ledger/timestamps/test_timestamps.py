"""A checkpoint is stamped by an authority that is verified; the next epoch carries the stamp."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import NoReturn
from uuid import uuid4

import pytest

from ledger.epoch import NO_TIMESTAMP, decode_epoch_record
from ledger.errors import ProofInvalid, SettingsInvalid, Unavailable
from ledger.fsck.difference import Difference, Name
from ledger.postgres.connect import Role
from ledger.timestamps import authority as authority_of
from ledger.timestamps import stamper as stamper_of
from ledger.timestamps import stored
from ledger.timestamps.authority import Authority, HttpAuthority, configured, stated_time_us
from ledger.timestamps.stamper import Stamper, due_in_s, stamp_newest
from tests.fix_ledger import TestedLedger
from tests.fix_tsa import TimeStamping
from tests.ledger.raw_server import NOT_AN_ANSWER, answering

pytestmark = pytest.mark.postgres
PATIENCE_S = 20.0
DAY_S = 86_400


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


def until(holds: Callable[[], object]) -> None:
    """Wait for something that another thread does."""
    end_s = monotonic() + PATIENCE_S
    while not holds():
        assert monotonic() < end_s
        sleep(0.01)


@pytest.fixture
def start(ledger: TestedLedger) -> Iterator[Callable[[Authority], tuple[Stamper, list[str]]]]:
    """Start a stamper, until the test is over; with what it tells."""
    started: list[Stamper] = []

    def stamping(authority: Authority) -> tuple[Stamper, list[str]]:
        said = list[str]()
        started.append(
            Stamper(
                lambda: ledger.database.connect(Role.SEALER), authority, ledger.clock, said.append
            )
        )
        started[-1].start()
        return started[-1], said

    yield stamping
    for each in started:
        each.stop()


def test_an_authority_that_is_away_delays_nothing_and_is_told_of(
    ledger: TestedLedger,
    authority: TimeStamping,
    start: Callable[[Authority], tuple[Stamper, list[str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Epochs are made all the same; it is asked again, and both is told once."""
    monkeypatch.setattr(stamper_of, "RETRY_FIRST_S", 0.05)
    grow(ledger)
    away = HttpAuthority("http://127.0.0.1:9/", authority.certificates)
    stamper, said = start(away)
    until(lambda: said)
    assert stamper.is_late
    assert grow(ledger) == 2
    with pytest.raises(Unavailable):
        away.stamp(b"text")
    monkeypatch.setattr(away, "_url", authority.url)
    until(lambda: len(said) == 2)
    assert not stamper.is_late
    who = "the time-stamping authority"
    assert said == [
        f"{who} does not stamp: it does not answer; epochs go on without it",
        f"{who} stamps again",
    ]


def test_what_nobody_expected_makes_it_late_and_ends_nothing(
    ledger: TestedLedger,
    trusted: HttpAuthority,
    start: Callable[[Authority], tuple[Stamper, list[str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its words, which may be somebody's, are not told."""
    monkeypatch.setattr(stamper_of, "RETRY_FIRST_S", 0.05)
    honest = trusted.stamp

    def broken(_content: bytes) -> NoReturn:
        raise KeyError("Jane Doe")

    monkeypatch.setattr(trusted, "stamp", broken)
    grow(ledger)
    stamper, said = start(trusted)
    until(lambda: said)
    assert stamper.is_late
    assert "does not stamp: an unexpected KeyError" in said[0]
    assert "Jane" not in said[0]
    monkeypatch.setattr(trusted, "stamp", honest)
    until(lambda: len(said) == 2)


def test_a_restart_stamps_no_second_time_a_day(
    ledger: TestedLedger,
    authority: TimeStamping,
    trusted: HttpAuthority,
    start: Callable[[Authority], tuple[Stamper, list[str]]],
) -> None:
    """What counts is the moment that the newest stored stamp states."""
    grow(ledger)
    with ledger.database.connect(Role.SEALER) as connection:
        assert due_in_s(connection, ledger.clock.now) == 0
        assert stamp_newest(connection, trusted)
        stated_us = stated_time_us(stored.up_to(connection, 1)[0].response)
        for age_s, due_s in ((0, DAY_S), (3_600, DAY_S - 3_600), (DAY_S, 0), (9 * DAY_S, 0)):
            assert due_in_s(connection, stated_us + age_s * 1_000_000) == due_s
        assert due_in_s(connection, stated_us - 2_000_000) == DAY_S - 2
        assert due_in_s(connection, stated_us - 2 * DAY_S * 1_000_000) == 0
    grow(ledger)
    ledger.clock.now = stated_us + 3_600 * 1_000_000
    _stamper, said = start(trusted)
    sleep(1)
    assert (authority.asked, said) == (1, [])
    ledger.clock.now = stated_us + DAY_S * 1_000_000
    start(trusted)
    until(lambda: authority.asked == 2)


def test_a_stored_stamp_that_is_none_is_told_of() -> None:
    """Rather than stamped over."""
    for raw in (b"", b"\x30\x00", b"\x30\x05\x30\x03\x02\x01\x02"):
        with pytest.raises(ProofInvalid, match="fsck"):
            stated_time_us(raw)


@pytest.mark.parametrize("raw", NOT_AN_ANSWER)
def test_an_answer_that_is_not_one_is_none(
    authority: TimeStamping, monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    """Not HTTP, a refusal that breaks off, a body that does."""
    monkeypatch.setattr(authority_of, "TIMEOUT_S", 0.3)
    with answering(raw) as address, pytest.raises(Unavailable, match="does not answer"):
        HttpAuthority(address, authority.certificates).stamp(b"text")


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
