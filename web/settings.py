"""The settings of the front, read once from the environment into a frozen value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aggregates.email_address import read_email
from aggregates.private import Private
from aggregates.refusal import Refused
from ledger.errors import SettingsInvalid
from ledger.postgres.settings import DATA_DIR_DEFAULT, Environment, SettingDoc

HTTPS_PORT_DEFAULT: Final = 8443
HTTP_PORT_DEFAULT: Final = 8080
PUBLIC_HOST_DEFAULT: Final = "localhost"
BIND_ADDRESS_DEFAULT: Final = "127.0.0.1"
TIME_ZONE_DEFAULT: Final = "America/Los_Angeles"

_PORT_MAX: Final = 65_535
_PORT_HTTPS_STANDARD: Final = 443
_PORT_TEXT: Final = re.compile(r"0|[1-9][0-9]{0,4}", re.ASCII)
_PUBLIC_HOST: Final = re.compile(
    r"(?P<name>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::(?P<port>[0-9]+))?", re.ASCII
)

WEB_SETTINGS: Final = (
    SettingDoc("HTTPS_PORT", "port of the pages; 0 takes a free one", str(HTTPS_PORT_DEFAULT)),
    SettingDoc(
        "HTTP_PORT", "port that only redirects to HTTPS; 0 takes a free one", str(HTTP_PORT_DEFAULT)
    ),
    SettingDoc(
        "PUBLIC_HOST",
        "host people type, with :port where it is not HTTPS_PORT; redirects lead there",
        PUBLIC_HOST_DEFAULT,
    ),
    SettingDoc("BIND_ADDRESS", "address both ports listen on", BIND_ADDRESS_DEFAULT),
    SettingDoc(
        "TRUSTED_PROXIES",
        "networks, with commas, of proxies whose X-Forwarded-For is believed",
        "none: whoever connects is the client",
    ),
    SettingDoc("TIME_ZONE", "zone whose calendar decides what today is", TIME_ZONE_DEFAULT),
    SettingDoc(
        "TLS_CERTIFICATE_FILE",
        "certificate chain in PEM; must be set in production",
        "a development certificate under DATA_DIR/tls",
    ),
    SettingDoc(
        "TLS_KEY_FILE",
        "private key in PEM, readable by its owner only; must be set in production",
        "a development key under DATA_DIR/tls",
    ),
    SettingDoc(
        "RESEND_API_KEY",
        "key of the Resend account that sends mail; must be set in production",
        "none: in development links are printed on the terminal",
    ),
    SettingDoc(
        "MAIL_FROM",
        "address that mail comes from, of a domain verified at Resend; must be set with the key",
        "none",
    ),
    SettingDoc(
        "DEVELOPMENT_PASSKEYS",
        "1: also in development a link is only good for creating a passkey",
        "0: a link of the terminal signs in",
    ),
)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What the front was told."""

    data_dir: Path
    environment: Environment = Environment.DEVELOPMENT
    https_port: int = HTTPS_PORT_DEFAULT
    http_port: int = HTTP_PORT_DEFAULT
    public_host: str = PUBLIC_HOST_DEFAULT
    public_port: int = HTTPS_PORT_DEFAULT
    bind_address: str = BIND_ADDRESS_DEFAULT
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(TIME_ZONE_DEFAULT))
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    tls_certificate_file: Path | None = None
    tls_key_file: Path | None = None
    resend_api_key: Private | None = None
    mail_from: str | None = None
    development_passkeys: bool = False

    @property
    def public_origin(self) -> str:
        """The origin a browser names for our pages (RFC 6454 section 6.2)."""
        if self.public_port == _PORT_HTTPS_STANDARD:
            return f"https://{self.public_host}"
        return f"https://{self.public_host}:{self.public_port}"


def read_web_settings(environ: Mapping[str, str]) -> WebSettings:
    """Return the settings in `environ`; an empty value counts as not set.

    Raises SettingsInvalid, naming the setting and what to set, never its value.
    """
    https_port = _port(environ, "HTTPS_PORT", HTTPS_PORT_DEFAULT)
    public_host, public_port = _public_host(environ.get("PUBLIC_HOST") or PUBLIC_HOST_DEFAULT)
    certificate, key = environ.get("TLS_CERTIFICATE_FILE"), environ.get("TLS_KEY_FILE")
    environment = _environment(environ.get("ENVIRONMENT") or Environment.DEVELOPMENT)
    if bool(certificate) != bool(key) or (
        environment is Environment.PRODUCTION and not certificate
    ):
        raise SettingsInvalid("set both TLS_CERTIFICATE_FILE and TLS_KEY_FILE")
    api_key, mail_from = environ.get("RESEND_API_KEY") or None, _mail_from(environ)
    if bool(api_key) != bool(mail_from) or (
        environment is Environment.PRODUCTION and api_key is None
    ):
        raise SettingsInvalid("set both RESEND_API_KEY and MAIL_FROM")
    return WebSettings(
        data_dir=Path(environ.get("DATA_DIR") or DATA_DIR_DEFAULT).absolute(),
        environment=environment,
        https_port=https_port,
        http_port=_port(environ, "HTTP_PORT", HTTP_PORT_DEFAULT),
        public_host=public_host,
        public_port=https_port if public_port is None else public_port,
        bind_address=environ.get("BIND_ADDRESS") or BIND_ADDRESS_DEFAULT,
        trusted_proxies=_networks(environ.get("TRUSTED_PROXIES") or ""),
        time_zone=_time_zone(environ.get("TIME_ZONE") or TIME_ZONE_DEFAULT),
        tls_certificate_file=Path(certificate) if certificate else None,
        tls_key_file=Path(key) if key else None,
        resend_api_key=Private(api_key) if api_key else None,
        mail_from=mail_from,
        development_passkeys=_yes(environ, "DEVELOPMENT_PASSKEYS", environment),
    )


def _mail_from(environ: Mapping[str, str]) -> str | None:
    value = environ.get("MAIL_FROM")
    if not value:
        return None
    try:
        return read_email(value).reveal()
    except Refused:
        raise SettingsInvalid(
            "MAIL_FROM is no address: set one such as sign-in@example.org, without a name"
        ) from None


def _yes(environ: Mapping[str, str], name: str, environment: Environment) -> bool:
    value = environ.get(name) or "0"
    if value not in {"0", "1"}:
        raise SettingsInvalid(f"{name} is neither: set 0 or 1")
    if value == "1" and environment is Environment.PRODUCTION:
        raise SettingsInvalid(
            f"{name} is for development only: production always asks for passkeys"
        )
    return value == "1"


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not _PORT_TEXT.fullmatch(value) or int(value) > _PORT_MAX:
        raise SettingsInvalid(f"{name} is not a port: set a number from 0 to {_PORT_MAX}")
    return int(value)


def _public_host(value: str) -> tuple[str, int | None]:
    match = _PUBLIC_HOST.fullmatch(value)
    if match is None:
        raise SettingsInvalid(
            "PUBLIC_HOST is not a host: set a name in lower case, such as app.example.org,"
            " with :port at most"
        )
    port = match["port"]
    return match["name"], None if port is None else _port({"PUBLIC_HOST": port}, "PUBLIC_HOST", 0)


def _environment(value: str) -> Environment:
    try:
        return Environment(value)
    except ValueError:
        raise SettingsInvalid("ENVIRONMENT is unknown: set development or production") from None


def _networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        found = tuple(ip_network(each.strip()) for each in value.split(",")) if value else ()
    except ValueError:
        found = None
    # A network of everything would believe anybody.
    if found is None or any(network.prefixlen == 0 for network in found):
        raise SettingsInvalid(
            "TRUSTED_PROXIES is not a list of networks: set some such as 10.0.0.5/32,"
            " with commas between"
        )
    return found


def _time_zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsInvalid(
            "TIME_ZONE is unknown: set a name of the zone database, such as America/Los_Angeles"
        ) from None
