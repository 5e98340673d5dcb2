"""Settings: read once, refused with a sentence that says what to set and repeats no value."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import SettingsInvalid
from ledger.postgres.settings import SETTINGS, Environment, Settings, read_settings

SECRET = "correct-horse-battery"  # noqa: S105 -- invented
URL = f"postgresql://service:{SECRET}@localhost/ledger"


def test_nothing_set_is_a_development_machine() -> None:
    """An empty environment starts an embedded database under .data of the working folder."""
    settings = read_settings({})
    assert settings.data_dir == Path.cwd() / ".data"
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.ledger_name == "localhost/therapist-os"
    assert settings.database_url is None


def test_every_setting_is_documented_and_every_documented_one_read() -> None:
    """The registry and the value have the same names."""
    assert {doc.name.lower() for doc in SETTINGS} == {field.name for field in fields(Settings)}


def test_settings_page_has_a_line_for_each_setting() -> None:
    """docs/settings.md names every setting."""
    page = (Path(__file__).parents[3] / "docs" / "settings.md").read_text()
    assert [doc.name for doc in SETTINGS if f"| `{doc.name}` |" not in page] == []


def test_an_empty_value_counts_as_not_set() -> None:
    """Compose files and unit files pass empty strings."""
    assert read_settings({doc.name: "" for doc in SETTINGS}) == read_settings({})


def test_settings_never_change() -> None:
    """A value that was read stays as it was read."""
    settings = read_settings({})
    with pytest.raises(FrozenInstanceError):
        settings.data_dir = Path("elsewhere")  # pyright: ignore[reportAttributeAccessIssue] -- the fact


def test_addresses_stay_out_of_repr() -> None:
    """A password in an address is not printed with the settings."""
    names = [doc.name for doc in SETTINGS if doc.name.endswith("DATABASE_URL")]
    assert SECRET not in repr(read_settings(dict.fromkeys(names, URL)))


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"ENVIRONMENT": "staging"}, "ENVIRONMENT"),
        ({"ENVIRONMENT": "Production"}, "ENVIRONMENT"),
        ({"LEDGER_NAME": "https://ledger.example"}, "LEDGER_NAME"),
        ({"LEDGER_NAME": "Ledger.example"}, "LEDGER_NAME"),
        ({"LEDGER_NAME": "a/b/"}, "LEDGER_NAME"),
        ({"LEDGER_NAME": "a" * 201}, "LEDGER_NAME"),
        ({"LEDGER_NAME": "a\n"}, "LEDGER_NAME"),
        ({"DATA_DIR": "/dev/null"}, "DATA_DIR"),
        ({"DATA_DIR": "a\0b"}, "DATA_DIR"),
        ({"VAULT_DATABASE_URL": URL}, "DATABASE_URL"),
        ({"DATABASE_URL": URL, "VAULT_OWNER_DATABASE_URL": URL}, "VAULT_DATABASE_URL"),
    ],
)
def test_what_cannot_be_right_is_refused(environ: Mapping[str, str], named: str) -> None:
    """The sentence names the setting and not what it held."""
    with pytest.raises(SettingsInvalid, match=named) as refused:
        read_settings(environ)
    assert SECRET not in str(refused.value)


@given(st.sampled_from(["ENVIRONMENT", "LEDGER_NAME"]), st.text(st.characters(), min_size=4))
def test_no_value_is_ever_echoed(name: str, value: str) -> None:
    """Whatever was set, the refusal is one of our own sentences."""
    with pytest.raises(SettingsInvalid) as refused:
        read_settings({name: f"X{value}"})
    assert f"X{value}" not in str(refused.value)
