"""Sixteen threads in each of two processes, on an empty vault and an empty folder, agree."""

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.postgres.connect import Role
from tests.ledger.keys.kit import Kit

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[3]
PROGRAM = Path(__file__).with_name("create_keys_program.py")
THREADS = 16
STREAMS = 20
TIMEOUT_S = 120


def test_two_processes_of_sixteen_threads_make_each_key_once(kit: Kit) -> None:
    """Root key, first epoch and record keys all begin in this race."""
    arguments = [kit.database.vault.conninfo(Role.SERVICE), str(kit.data_dir), str(STREAMS)]
    processes = [
        subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, str(PROGRAM), *arguments],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    lines: list[str] = []
    for process in processes:
        output, _ = process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == 0
        lines += output.splitlines()
    assert len(lines) == 2 * THREADS * STREAMS
    assert len(set(lines)) == STREAMS
    with kit.owner() as connection:
        rows = connection.execute("SELECT count(*), count(DISTINCT key_id) FROM keys.record_keys")
        assert rows.fetchall() == [(STREAMS, STREAMS)]
    assert kit.epochs.live() == [1]
