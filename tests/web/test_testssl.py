"""Debian's testssl.sh finds nothing weak in the real listener; only its certificate is our own."""

import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from ledger.clock import SystemClock
from ledger.ids import RandomIds
from tests.web.fake_practice import FakePractice, FixedClock
from tests.web.running import running

TESTSSL = shutil.which("testssl") or shutil.which("testssl.sh")
# What depends on a certificate and a name of the real world.
OF_A_DEVELOPMENT_CERTIFICATE = {
    "DNS_CAArecord",
    "cert_chain_of_trust",
    "cert_crlDistributionPoints",
    "cert_revocation",
}
LIMIT_S = 300


class Finding(msgspec.Struct):
    """One line of its report."""

    id: str
    severity: str
    finding: str


@pytest.mark.slow
@pytest.mark.skipif(
    TESTSSL is None, reason="testssl.sh is not installed (apt-get install testssl.sh)"
)
def test_it_offers_tls_1_3_and_nothing_weak(tmp_path: Path) -> None:
    """Protocols, ciphers, defaults, headers and known vulnerabilities."""
    assert TESTSSL is not None
    clock, report = SystemClock(), tmp_path / "report.json"
    with running(tmp_path, FakePractice(FixedClock()), clock, RandomIds(clock)) as front:
        address = f"https://localhost:{front.settings.https_port}"
        command = [TESTSSL, "--quiet", "--warnings", "batch", "-p", "-s", "-f", "-S", "-h", "-U"]
        command += ["--jsonfile", str(report), address]
        subprocess.run(command, check=False, capture_output=True, timeout=LIMIT_S)  # noqa: S603
    found = msgspec.json.decode(report.read_bytes(), type=list[Finding])
    offered = {each.id: each.finding for each in found}
    for old in ("SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2"):
        assert offered[old].startswith("not offered"), old
    assert offered["TLS1_3"].startswith("offered")
    bad = {each.id for each in found if each.severity in {"LOW", "MEDIUM", "HIGH", "CRITICAL"}}
    assert bad <= OF_A_DEVELOPMENT_CERTIFICATE
