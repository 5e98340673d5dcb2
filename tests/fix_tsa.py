"""A time-stamping authority of the tests' own: openssl's, behind HTTP, with a chain of two."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from threading import Thread
from typing import Final

import pytest

CONFIGURATION: Final = """
[tsa]
default_tsa = here
[here]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
[stamping]
extendedKeyUsage = critical,timeStamping
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
"""


@dataclass
class TimeStamping:
    """An authority that answers at `url`; `certificates` is the chain in PEM."""

    folder: Path
    url: str = ""
    asked: int = 0
    replayed: bytes | None = None

    @property
    def certificates(self) -> Path:
        return self.folder / "chain.pem"

    def openssl(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run openssl in the authority's folder."""
        command = ["openssl", *arguments]
        return subprocess.run(  # noqa: S603 -- of the tests' own words
            command, cwd=self.folder, capture_output=True, check=False
        )

    def make(self) -> None:
        """Make a root and a certificate for stamping, signed by it."""
        (self.folder / "tsa.cnf").write_text(CONFIGURATION)
        (self.folder / "serial").write_text("01\n")
        for subject, name, section, issuer in (
            ("/CN=Root of the tests", "root", "authority", ()),
            (
                "/CN=Stamps of the tests",
                "tsa",
                "stamping",
                ("-CA", "root.pem", "-CAkey", "root.key"),
            ),
        ):
            made = self.openssl(
                *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650"),
                *("-config", "tsa.cnf", "-subj", subject, "-extensions", section, *issuer),
                *("-keyout", f"{name}.key", "-out", f"{name}.pem"),
            )
            assert made.returncode == 0, made.stderr
        pems = [(self.folder / name).read_bytes() for name in ("tsa.pem", "root.pem")]
        self.certificates.write_bytes(b"".join(pems))

    def reply(self, query: bytes) -> bytes:
        """Answer a query, in DER."""
        self.asked += 1
        (self.folder / "query.tsq").write_bytes(query)
        replied = self.openssl(
            *("ts", "-reply", "-config", "tsa.cnf", "-section", "here"),
            *("-queryfile", "query.tsq", "-out", "reply.tsr"),
        )
        assert replied.returncode == 0, replied.stderr
        return (self.folder / "reply.tsr").read_bytes()


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStamping]:
    """Offer an authority that answers over HTTP."""
    if which("openssl") is None:
        pytest.skip("openssl is not installed")
    stamping = TimeStamping(tmp_path_factory.mktemp("tsa"))
    stamping.make()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["content-type"] == "application/timestamp-query"
            query = self.rfile.read(int(self.headers["content-length"]))
            answer = stamping.replayed or stamping.reply(query)
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- their name
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    stamping.url = f"http://127.0.0.1:{server.server_port}/"
    yield stamping
    server.shutdown()
    thread.join()
    server.server_close()
