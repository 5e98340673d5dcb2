"""Wherever sealing is cut off, the next one completes it, and nothing is published unsigned."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import psycopg
import pytest

from tests.fix_ledger import TestedLedger
from tests.ledger.seal_log.kit import epochs, published, signatures_hold, signed

pytestmark = pytest.mark.postgres


class CutOffError(Exception):
    """The process ends here."""


def cut_off(*_: object) -> NoReturn:
    """End before anything is done."""
    raise CutOffError


def leave_half_a_file(path: Path, content: bytes) -> NoReturn:
    """End while the new file is being written beside the old one."""
    path.with_name(f".{path.name}.new").write_bytes(content[: len(content) // 2])
    raise CutOffError


# Fails for a checkpoint that is new, and does nothing for one that is there.
UNPUBLISHED = """
SELECT 1 / count(*) FROM ledger.checkpoints WHERE size = %b
AND (%b::bytea, %b::bigint[], %b::bigint[], %b::bytea[]) IS NOT NULL
"""
Patch = tuple[str, Callable[..., object] | str]
STEPS: dict[str, Patch] = {
    "before a practice's tiles are stored": ("ledger.seal_log.integrate.extend", cut_off),
    "after a practice's tiles are stored": ("ledger.seal_log.epochs.Epochs._slot_leaf", cut_off),
    "before the epoch is recorded": ("ledger.seal_log.epochs.Epochs._add", cut_off),
    "after the epoch is recorded": ("ledger.seal_log.epochs.Recorded", cut_off),
    "before the root log's tiles are stored": ("ledger.seal_log.epochs.extend", cut_off),
    "before the checkpoint is on disk": ("ledger.seal_log.signer._replace", cut_off),
    "in the midst of its file": ("ledger.seal_log.signer._replace", leave_half_a_file),
    "before the practice log is signed": ("ledger.seal_log.signer.Signer._sign_practice", cut_off),
    "before the checkpoint is published": (
        "ledger.seal_log.epochs._PUBLISH",
        UNPUBLISHED,
    ),
}
BEFORE_RECORDED = set(list(STEPS)[:3])


@pytest.mark.parametrize("events", [1, 300])
@pytest.mark.parametrize("step", STEPS)
def test_what_was_cut_off_is_completed_by_the_next(
    ledger: TestedLedger, monkeypatch: pytest.MonkeyPatch, step: str, events: int
) -> None:
    """Across a full tile and within one; nothing is signed or seen before its root is on disk."""
    practice = uuid4()
    ledger.tell(practice, uuid4())
    assert ledger.seal() == 1
    stream = uuid4()
    new = [ledger.event(stream, version, is_clear=True) for version in range(1, events + 1)]
    ledger.append(practice, *new)
    with monkeypatch.context() as patch:
        patch.setattr(*STEPS[step])
        with pytest.raises((CutOffError, psycopg.Error)):
            ledger.seal()
    assert epochs(ledger) == (1 if step in BEFORE_RECORDED else 2)
    assert published(ledger) == [1]
    assert max(published(ledger)) <= signed(ledger)
    assert signatures_hold(ledger)
    assert ledger.seal() == 2
    assert signatures_hold(ledger)
    assert published(ledger) == [1, 2]
    assert (epochs(ledger), signed(ledger)) == (2, 2)
    assert ledger.check().events == 1 + events


def test_many_crashes_in_a_row_leave_one_history(
    ledger: TestedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt dies at the next step, and events go on coming in."""
    practice = uuid4()
    for step in STEPS.values():
        ledger.tell(practice, uuid4())
        with monkeypatch.context() as patch:
            patch.setattr(*step)
            with pytest.raises((CutOffError, psycopg.Error)):
                ledger.seal()
        assert signatures_hold(ledger)
    sealed = ledger.seal()
    assert signatures_hold(ledger)
    assert sealed == epochs(ledger) == signed(ledger) == max(published(ledger))
    assert ledger.check().events == len(STEPS)
