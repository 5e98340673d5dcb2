"""No address leaves this machine without a verified server, whatever libpq mixes into it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import conninfo, pq

from ledger.errors import SettingsInvalid
from ledger.postgres.connect import Database, Role
from ledger.postgres.settings import read_settings
from ledger.postgres.transport import pinned_parameters, stays_here

STAYS = [
    "",
    "dbname=ledger",
    "host=/run/postgresql",
    "host=@abstract",
    "host=localhost",
    "host=127.0.0.1",
    "host=127.8.9.10",
    "host=::1",
    "host=/run/a,localhost,::1",
    "host=db.example.org hostaddr=127.0.0.1",
    "hostaddr=127.0.0.1,::1",
    "postgresql:///ledger",
    "postgresql://user:secret@localhost/ledger",
    "postgresql://user@%2Frun%2Fpostgresql/ledger",
    "postgresql://[::1]/ledger?sslmode=disable",
]
LEAVES = [
    "host=db.example.org",
    "host=10.0.0.1",
    "host=0.0.0.0",
    "host=localhost.example.org",
    "host=LOCALHOST.",
    "host=127.0.0.1.example.org",
    "host=::ffff:192.0.2.1",
    "host=localhost hostaddr=192.0.2.1",
    "host=/run/postgresql hostaddr=192.0.2.1",
    "host=localhost,db.example.org",
    "host=localhost,localhost hostaddr=127.0.0.1,192.0.2.1",
    "host=localhost,localhost hostaddr=127.0.0.1",
    "postgresql://localhost:5432,db.example.org:5432/ledger",
    "postgresql://localhost/ledger?host=db.example.org",
    "postgresql://localhost/ledger?hostaddr=192.0.2.1",
]
WEAK = ["", "disable", "allow", "prefer", "require", "verify-ca"]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take libpq's variables of whoever runs the tests out of the way."""
    for option in pq.Conninfo.get_defaults():
        if option.envvar is not None:
            monkeypatch.delenv(option.envvar.decode(), raising=False)


@pytest.mark.parametrize("address", STAYS)
def test_this_machine_needs_no_certificate(address: str) -> None:
    """Loopback and unix sockets are let through as they are."""
    assert pinned_parameters("DATABASE_URL", address)["sslmode"] in {"prefer", "disable"}


@pytest.mark.parametrize("address", LEAVES)
@pytest.mark.parametrize("mode", WEAK)
def test_every_other_machine_must_prove_itself(address: str, mode: str) -> None:
    """Each mode short of verify-full is refused, for each way to name another machine."""
    with pytest.raises(SettingsInvalid, match="verify-full"):
        pinned_parameters("DATABASE_URL", _with(address, sslmode=mode or None))


@pytest.mark.parametrize("address", LEAVES)
def test_a_verified_server_gets_the_strictest_connection(address: str) -> None:
    """With verify-full goes TLS 1.3, no encryption by Kerberos, and channel binding."""
    parameters = pinned_parameters("DATABASE_URL", _with(address, sslmode="verify-full"))
    assert parameters["sslmode"] == "verify-full"
    assert parameters["gssencmode"] == "disable"
    assert parameters["ssl_min_protocol_version"] == "TLSv1.3"
    assert parameters["channel_binding"] == "require"


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"PGHOST": "db.example.org"}, "dbname=ledger"),
        ({"PGHOSTADDR": "192.0.2.1"}, "host=localhost"),
        ({"PGHOSTADDR": "192.0.2.1"}, "host=/run/postgresql"),
        ({"PGHOST": "db.example.org", "PGSSLMODE": "require"}, ""),
        ({"PGSSLMODE": "require"}, "host=db.example.org"),
        ({"PGSSLMODE": "verify-full"}, "host=db.example.org sslmode=require"),
    ],
)
def test_libpqs_variables_count_as_libpq_counts_them(
    monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str], address: str
) -> None:
    """What the environment adds to an address is checked with it."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match="verify-full"):
        pinned_parameters("DATABASE_URL", address)


def test_variables_set_later_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection string is complete: libpq has nothing left to ask the environment for."""
    database = Database.from_address("DATABASE_URL", "host=localhost dbname=ledger")
    for name in ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSSLMODE", "PGOPTIONS", "PGAPPNAME"):
        monkeypatch.setenv(name, "tricked")
    given = conninfo.conninfo_to_dict(database.conninfo(Role.SERVICE))
    decisive = ("host", "hostaddr", "port", "sslmode", "options", "application_name")
    assert [given.get(name) for name in decisive if "tricked" in str(given.get(name))] == []
    assert all(name in given for name in decisive)


@pytest.mark.parametrize(
    "extra", ["service=other", "sslkeylogfile=/dev/null", "replication=true", "requirepeer=root"]
)
def test_words_that_decide_behind_our_back_are_refused(extra: str) -> None:
    """A service file could name any server, a key log would write the session's secrets."""
    with pytest.raises(SettingsInvalid, match=extra.split("=", maxsplit=1)[0]):
        pinned_parameters("DATABASE_URL", f"host=localhost {extra}")


def test_a_service_file_from_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """PGSERVICE would fill in whatever the address leaves out."""
    services = tmp_path / "services.conf"
    services.write_text("[other]\nhost=db.example.org\nhostaddr=192.0.2.1\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    monkeypatch.setenv("PGSERVICE", "other")
    with pytest.raises(SettingsInvalid, match="PGSERVICE"):
        pinned_parameters("DATABASE_URL", "host=localhost")


@pytest.mark.parametrize("address", ["postgresql://user:secret@[::1/x", "host", "wrong=secret"])
def test_what_is_no_address_is_refused_without_echo(address: str) -> None:
    """The sentence holds nothing of the address."""
    with pytest.raises(SettingsInvalid, match="DATABASE_URL") as refused:
        pinned_parameters("DATABASE_URL", address)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_the_setting_at_fault_is_named() -> None:
    """Each address is checked, and its own name said."""
    settings = read_settings(
        {
            "DATABASE_URL": "host=localhost",
            "AUDITOR_DATABASE_URL": "host=db.example.org sslmode=require",
        }
    )
    with pytest.raises(SettingsInvalid, match=r"^AUDITOR_DATABASE_URL"):
        Database.from_settings(settings)


_HERE = st.sampled_from(["", "/run/pg", "@pg", "localhost", "127.0.0.1", "127.0.0.9", "::1"])
_AWAY = st.sampled_from(["db.example.org", "192.0.2.1", "2001:db8::1", "0.0.0.1", "127.1"])


@given(here=st.lists(_HERE, min_size=1), away=_AWAY, place=st.integers(0, 9))
def test_one_server_elsewhere_is_enough_to_leave(here: list[str], away: str, place: int) -> None:
    """A list stays here exactly if each of its servers does, by name or by address."""
    assert stays_here(",".join(here), "")
    mixed = ",".join([*here[:place], away, *here[place:]])
    assert not stays_here(mixed, "")
    assert not stays_here("", mixed)
    assert not stays_here(",".join(["localhost", *here]), mixed)


def _with(address: str, **words: str | None) -> str:
    return conninfo.make_conninfo(address, **words)
