"""The settings of the front: sensible alone, strict about what they are given."""

from pathlib import Path

import pytest

from ledger.errors import SettingsInvalid
from web.settings import WEB_SETTINGS, read_web_settings

WRONG = [
    ("HTTPS_PORT", "65536"),
    ("HTTPS_PORT", "+1"),
    ("HTTP_PORT", "08080"),
    ("HTTP_PORT", "http"),
    ("PUBLIC_HOST", "https://app.example.org"),
    ("PUBLIC_HOST", "app.example.org:0443"),
    ("PUBLIC_HOST", "a b"),
    ("TIME_ZONE", "Mars/Olympus"),
    ("TIME_ZONE", "../etc/passwd"),
    ("ENVIRONMENT", "staging"),
    ("TLS_KEY_FILE", "key.pem"),
    ("ENVIRONMENT", "production"),
    ("TRUSTED_PROXIES", "proxy.example.org"),
    ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ("TRUSTED_PROXIES", "10.0.0.1,,10.0.0.2"),
    ("TRUSTED_PROXIES", "192.0.2.1/32,0.0.0.0/0"),
    ("TRUSTED_PROXIES", "::/0"),
    ("RESEND_API_KEY", "re_123"),
    ("MAIL_FROM", "sign-in@example.org"),
    ("MAIL_FROM", "Somebody <sign-in@example.org>"),
    ("DEVELOPMENT_PASSKEYS", "yes"),
]


def test_nothing_set_is_a_development_server_on_this_machine() -> None:
    """What `make run` uses."""
    settings = read_web_settings({"DATA_DIR": "", "HTTPS_PORT": ""})
    assert settings.public_origin == "https://localhost:8443"
    assert (settings.bind_address, settings.http_port) == ("127.0.0.1", 8080)
    assert settings.data_dir == Path(".data").absolute()
    assert settings.time_zone.key == "America/Los_Angeles"


def test_the_public_origin_follows_the_port_unless_it_has_its_own() -> None:
    """Behind a balancer people type another port than the one we listen on."""
    origins = {
        read_web_settings({"HTTPS_PORT": port, "PUBLIC_HOST": host}).public_origin
        for port, host in (("9443", ""), ("8443", "app.test:443"), ("443", "app.test"))
    }
    assert origins == {"https://localhost:9443", "https://app.test"}


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_named_but_not_repeated(name: str, value: str) -> None:
    """The sentence says what to set."""
    with pytest.raises(SettingsInvalid) as caught:
        read_web_settings({name: value})
    assert name.partition("_")[0] in str(caught.value) or "TLS_KEY_FILE" in str(caught.value)
    assert value not in str(caught.value).replace("development or production", "")


PRODUCTION = {
    "ENVIRONMENT": "production",
    "TLS_CERTIFICATE_FILE": "c.pem",
    "TLS_KEY_FILE": "k.pem",
    "RESEND_API_KEY": "re_123",
    "MAIL_FROM": "sign-in@example.org",
}


@pytest.mark.parametrize("missing", ["RESEND_API_KEY", "MAIL_FROM"])
def test_production_does_not_start_without_mail(missing: str) -> None:
    """Nobody could ever sign in."""
    assert read_web_settings(PRODUCTION).mail_from == "sign-in@example.org"
    with pytest.raises(SettingsInvalid, match="RESEND_API_KEY and MAIL_FROM"):
        read_web_settings({**PRODUCTION, missing: ""})


def test_production_has_no_way_in_without_passkeys() -> None:
    """The setting for development is refused there, set to what it may."""
    with pytest.raises(SettingsInvalid, match="DEVELOPMENT_PASSKEYS"):
        read_web_settings({**PRODUCTION, "DEVELOPMENT_PASSKEYS": "1"})
    assert "re_123" not in repr(read_web_settings(PRODUCTION))


def test_every_setting_is_documented_once() -> None:
    """Names are unique and all are read."""
    names = [doc.name for doc in WEB_SETTINGS]
    assert len(names) == len(set(names))


def test_no_proxy_is_trusted_unless_it_is_named() -> None:
    """By network or by address."""
    assert read_web_settings({}).trusted_proxies == ()
    asked = read_web_settings({"TRUSTED_PROXIES": "10.0.0.5, fd00::/8"})
    assert [str(each) for each in asked.trusted_proxies] == ["10.0.0.5/32", "fd00::/8"]
