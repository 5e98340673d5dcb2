"""The development certificate: made once, private, for this machine's names, renewed in time."""

import stat
from pathlib import Path

import pytest
from cryptography import x509

from ledger.errors import KeyFileUnsafe, SettingsInvalid
from tests.web.fake_practice import FixedClock
from web.settings import WebSettings
from web.tls import CERTIFICATE_DAYS, RENEW_DAYS_BEFORE, TlsFiles, tls_files

DAY_US = 86_400_000_000


def made(folder: Path, clock: FixedClock, host: str = "localhost") -> TlsFiles:
    """Return the files as a start would."""
    return tls_files(WebSettings(data_dir=folder, public_host=host), clock)


def names(files: TlsFiles) -> set[str]:
    """Return the names and addresses the certificate is for."""
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    listed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = listed.get_values_for_type(x509.IPAddress)
    return {*listed.get_values_for_type(x509.DNSName), *map(str, addresses)}


def test_it_is_for_this_machine(tmp_path: Path) -> None:
    """And for the public host, if that has another name."""
    clock = FixedClock()
    assert names(made(tmp_path / "a", clock)) == {"localhost", "127.0.0.1", "::1"}
    assert "app.test" in names(made(tmp_path / "b", clock, "app.test"))


def test_its_key_is_private(tmp_path: Path) -> None:
    """Nobody else can read the key or list the folder."""
    files = made(tmp_path, FixedClock())
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.key.parent.stat().st_mode) == 0o700


def test_it_is_made_once_and_renewed_a_month_before_its_end(tmp_path: Path) -> None:
    """A browser that trusts it need not be told at every start."""
    clock = FixedClock()
    first = made(tmp_path, clock).certificate.read_bytes()
    clock.us += (CERTIFICATE_DAYS - RENEW_DAYS_BEFORE) * DAY_US - 1_000_000
    assert made(tmp_path, clock).certificate.read_bytes() == first
    clock.us += 2_000_000
    assert made(tmp_path, clock).certificate.read_bytes() != first


def test_a_damaged_or_half_written_pair_is_made_anew(tmp_path: Path) -> None:
    """A crash between the two files does no harm."""
    files = made(tmp_path, FixedClock())
    files.certificate.write_text("nonsense")
    assert "localhost" in names(made(tmp_path, FixedClock()))
    files.key.unlink()
    made(tmp_path, FixedClock())
    assert files.key.exists()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Whether we made it or somebody configured it."""
    files = made(tmp_path, FixedClock())
    files.key.chmod(0o640)
    with pytest.raises(KeyFileUnsafe):
        made(tmp_path, FixedClock())
    configured = WebSettings(
        data_dir=tmp_path, tls_certificate_file=files.certificate, tls_key_file=files.key
    )
    with pytest.raises(KeyFileUnsafe):
        tls_files(configured, FixedClock())


def test_configured_files_are_taken_as_they_are(tmp_path: Path) -> None:
    """They must be there; nothing is made in their place."""
    files = made(tmp_path, FixedClock())
    configured = WebSettings(
        data_dir=tmp_path / "other", tls_certificate_file=files.certificate, tls_key_file=files.key
    )
    assert tls_files(configured, FixedClock()) == files
    files.certificate.unlink()
    with pytest.raises(SettingsInvalid):
        tls_files(configured, FixedClock())
    assert not (tmp_path / "other").exists()
