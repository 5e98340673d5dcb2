"""A second PostgreSQL, Debian's, that speaks TLS with certificates made for the occasion."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import psycopg.conninfo
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ledger.postgres.account import Account, account_for_new_cluster
from ledger.postgres.say import say_nothing

TIME_LIMIT_S = 30
PASSWORD = "invented for this test"  # noqa: S105 -- of a server that lives for one test run


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of the test's own."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def write(self, path: Path) -> Path:
        """Write the certificate that clients are to trust."""
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return path


@dataclass(frozen=True, slots=True)
class TlsServer:
    """A server on this machine that takes passwords over TLS only."""

    port: int
    folder: Path
    authority_file: Path

    def address(self, user: str, database: str, **words: str) -> str:
        """Return a connection string that verifies the server, or what `words` make of it."""
        usual = {
            "host": "localhost",
            "port": str(self.port),
            "user": user,
            "dbname": database,
            "password": PASSWORD,
            "sslmode": "verify-full",
            "sslrootcert": str(self.authority_file),
        }
        return psycopg.conninfo.make_conninfo("", **{**usual, **words})

    def run(self, statement: bytes) -> None:
        """Run a statement as superuser over the unix socket."""
        with self.superuser() as connection:
            connection.execute(statement)

    def set_and_reload(self, name: str, value: str) -> None:
        """Change a setting and wait until new connections see it."""
        self.run(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        self.run(b"SELECT pg_reload_conf()")
        deadline = time.monotonic() + TIME_LIMIT_S
        while time.monotonic() < deadline:
            with self.superuser() as connection:
                if connection.execute(f"SHOW {name}".encode()).fetchone() == (value,):
                    return

    def superuser(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as superuser over the unix socket."""
        return psycopg.connect(
            host=str(self.folder),
            port=self.port,
            user="postgres",
            dbname="postgres",
            autocommit=True,
        )


def make_authority() -> Authority:
    """Make a certificate authority that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    builder = _builder(name, name, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    return Authority(key, builder.sign(key, hashes.SHA256()))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    day = timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
    )


def _write_server_certificate(authority: Authority, folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    builder = _builder(name, authority.certificate.subject, key)
    certificate = builder.add_extension(names, critical=False).sign(authority.key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "server.key").write_bytes(private)
    (folder / "server.key").chmod(0o600)
    (folder / "server.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[0].parent if found else None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


_ACCESS = """
local all all trust
hostssl all all 127.0.0.1/32 scram-sha-256
hostssl all all ::1/128 scram-sha-256
"""


def _make_cluster(programs: Path, folder: Path, port: int, account: Account) -> Path:
    cluster = folder / "cluster"
    words = [str(programs / "initdb"), "-D", str(cluster), "-U", "postgres", "--no-sync"]
    subprocess.run(  # noqa: S603 -- fixed words
        [*words, "-E", "UTF8", "--locale", "C", "--auth", "trust"],
        check=True,
        capture_output=True,
        cwd="/",
        user=account.run_user,
        group=account.run_group,
        extra_groups=account.run_extra_groups,
    )
    (cluster / "pg_hba.conf").write_text(_ACCESS)
    with (cluster / "postgresql.conf").open("a") as configuration:
        configuration.write(
            f"listen_addresses = 'localhost'\nport = {port}\nssl = on\n"
            f"unix_socket_directories = '{folder}'\n"
            f"ssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n"
        )
    return cluster


@pytest.fixture(scope="session")
def tls_server() -> Iterator[TlsServer]:
    """Start Debian's PostgreSQL with a certificate for localhost, on a free port."""
    programs = _programs()
    if programs is None:
        pytest.skip("Debian's PostgreSQL is not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp())
    authority = make_authority()
    _write_server_certificate(authority, folder)
    authority_file = authority.write(folder / "authority.crt")
    account = account_for_new_cluster(say_nothing)
    for path in (folder, *folder.iterdir()):
        os.chown(path, account.user_id, account.group_id)
    server = TlsServer(_free_port(), folder, authority_file)
    cluster = _make_cluster(programs, folder, server.port, account)
    process = subprocess.Popen(  # noqa: S603 -- fixed words
        [str(programs / "postgres"), "-D", str(cluster)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        user=account.run_user,
        group=account.run_group,
        extra_groups=account.run_extra_groups,
    )
    try:
        _wait_for(server)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(TIME_LIMIT_S)
        shutil.rmtree(folder)


def _wait_for(server: TlsServer) -> None:
    deadline = time.monotonic() + TIME_LIMIT_S
    while True:
        try:
            server.run(b"SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
