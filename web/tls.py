"""TLS 1.3 and nothing older, with a development certificate made at the first start (P7)."""

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ledger.clock import Clock
from ledger.errors import KeyFileUnsafe, SettingsInvalid
from web.settings import WebSettings

CERTIFICATE_DAYS: Final = 90
RENEW_DAYS_BEFORE: Final = 30
_OTHERS_MODE: Final = 0o077

ContextFactory = Callable[[Any, Callable[[], ssl.SSLContext]], ssl.SSLContext]


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """A certificate chain and its private key, both PEM files."""

    certificate: Path
    key: Path


def tls_files(settings: WebSettings, clock: Clock) -> TlsFiles:
    """Return the configured files, or a development pair that has a month left at least.

    Raises KeyFileUnsafe when the key can be read by others, SettingsInvalid when a file is missing.
    """
    if settings.tls_certificate_file is None or settings.tls_key_file is None:
        return _development_files(settings, datetime.fromtimestamp(clock.now_us() / 1e6, UTC))
    files = TlsFiles(settings.tls_certificate_file, settings.tls_key_file)
    if not files.certificate.is_file() or not files.key.is_file():
        raise SettingsInvalid("TLS_CERTIFICATE_FILE or TLS_KEY_FILE is not there: set their paths")
    _check_private(files.key)
    return files


def context_factory(files: TlsFiles) -> ContextFactory:
    """Return what uvicorn calls to get its context: TLS 1.3 only (RFC 8446), no 0-RTT."""

    def build(_config: object, _default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(files.certificate, files.key)
        context.set_alpn_protocols(["http/1.1"])
        return context

    return build


def _development_files(settings: WebSettings, now: datetime) -> TlsFiles:
    folder = settings.data_dir / "tls"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = TlsFiles(folder / "development.crt", folder / "development.key")
    if files.key.exists() and files.certificate.exists():
        _check_private(files.key)
        if _serves_on(files.certificate, settings.public_host, now):
            return files
    _make_pair(files, settings.public_host, now)
    return files


def _serves_on(certificate_file: Path, host: str, now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    started = certificate.not_valid_before_utc <= now
    lasts = now + timedelta(days=RENEW_DAYS_BEFORE) < certificate.not_valid_after_utc
    return started and lasts and host in names.get_values_for_type(x509.DNSName)


def _make_pair(files: TlsFiles, host: str, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, host, now)
    # The key first: a certificate without its key would be taken for a whole pair.
    files.certificate.unlink(missing_ok=True)
    _write_private(
        files.key,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    _write_private(files.certificate, certificate.public_bytes(serialization.Encoding.PEM))


def _certificate(key: ec.EllipticCurvePrivateKey, host: str, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Therapist OS development")])
    names: list[x509.GeneralName] = [
        x509.DNSName(dns_name) for dns_name in dict.fromkeys(("localhost", host))
    ]
    names += [x509.IPAddress(ip_address(address)) for address in ("127.0.0.1", "::1")]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )


def _write_private(path: Path, content: bytes) -> None:
    """Write with 0600 from the first byte and replace at once: half a file is never served."""
    unfinished = path.with_suffix(path.suffix + ".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _check_private(key_file: Path) -> None:
    if key_file.stat().st_mode & _OTHERS_MODE:
        raise KeyFileUnsafe("the TLS key file can be read by others: set its mode to 0600")
