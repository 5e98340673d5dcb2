"""A time-stamping authority over HTTP (RFC 3161 section 3.4), and when it is believed."""

from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from ledger.errors import ProofInvalid, SettingsInvalid, Unavailable
from ledger.http_post import post

TIMEOUT_S: Final = 20.0
_US: Final = 1_000_000


class Stamp(NamedTuple):
    """The response as it came (DER), and the moment it states, microseconds since 1970 UTC."""

    response: bytes
    time_us: int


class Authority(Protocol):
    """Who can say that bytes existed."""

    @property
    def chain(self) -> bytes:
        """The certificates, in PEM, that openssl needs to verify a stamp."""
        ...

    def stamp(self, content: bytes) -> Stamp:
        """Have the SHA-256 of the content stamped, and verify the stamp.

        Raises `Unavailable` when there is no answer, `ProofInvalid` for one that does not verify.
        """
        ...


def stated_time_us(response: bytes) -> int:
    """Return the moment that a stamp states. Raises `ProofInvalid` for what is no stamp."""
    try:
        return _time_us(decode_timestamp_response(response))
    except ValueError:
        raise ProofInvalid("what is stored as a timestamp is none; run fsck") from None


def _time_us(response: TimeStampResponse) -> int:
    return int(response.tst_info.gen_time.timestamp() * _US)


def configured(url: str | None, certificates: Path | None) -> Authority | None:
    """Return the authority of the settings, None without one. Raises `SettingsInvalid`."""
    if url is None and certificates is None:
        return None
    if url is None or certificates is None:
        raise SettingsInvalid("set both TIMESTAMP_AUTHORITY_URL and TIMESTAMP_CERTIFICATES")
    return HttpAuthority(url, certificates)


class HttpAuthority:
    """An authority at an address, believed under the certificates in a PEM file."""

    def __init__(self, url: str, certificates: Path) -> None:
        """Read the certificates: the self-signed ones are trusted, the others lead to them.

        Raises `SettingsInvalid` for an address or a file that cannot be used.
        """
        if urlsplit(url).scheme not in {"http", "https"}:
            raise SettingsInvalid("TIMESTAMP_AUTHORITY_URL is no address: set http(s)://...")
        try:
            self._chain = certificates.read_bytes()
            self._certificates = x509.load_pem_x509_certificates(self._chain)
        except (OSError, ValueError):
            raise SettingsInvalid(
                "TIMESTAMP_CERTIFICATES cannot be read: set the path of certificates in PEM"
            ) from None
        self._url = url

    @property
    def chain(self) -> bytes:
        """The certificates, in PEM, that openssl needs to verify a stamp."""
        return self._chain

    def stamp(self, content: bytes) -> Stamp:
        """Have the SHA-256 of the content stamped, and verify the stamp.

        Raises `Unavailable` when there is no answer, `ProofInvalid` for one that does not verify.
        """
        builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
        asked = builder.nonce(nonce=True).build()
        raw = self._ask(asked.as_bytes())
        try:
            response = decode_timestamp_response(raw)
            self._verify(response, content, asked.nonce)
        except (ValueError, VerificationError):
            raise ProofInvalid("its answer does not verify") from None
        return Stamp(raw, _time_us(response))

    def _ask(self, query: bytes) -> bytes:
        headers = {"content-type": "application/timestamp-query"}
        status, raw = post(self._url, query, TIMEOUT_S, headers)
        if status != 200:  # noqa: PLR2004 -- HTTP's
            raise Unavailable(f"it refused with status {status}")
        return raw

    def _verify(self, response: TimeStampResponse, content: bytes, nonce: int | None) -> None:
        builder = VerifierBuilder(nonce=nonce)
        for certificate in self._certificates:
            if certificate.subject == certificate.issuer:
                builder = builder.add_root_certificate(certificate)
            else:
                builder = builder.add_intermediate_certificate(certificate)
        builder.build().verify(response, sha256(content).digest())
