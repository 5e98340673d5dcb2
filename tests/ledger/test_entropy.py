"""Random pieces are given once, whoever asks, also after a fork."""

import os
import threading
from pathlib import Path

from ledger.entropy import PIECES_AT_ONCE, Entropy

SIZE = 12
THREADS = 8


def test_no_piece_is_given_twice() -> None:
    """Neither within a fetch nor across many threads."""
    entropy = Entropy(SIZE)
    pieces: list[bytes] = []
    begin = threading.Barrier(THREADS)

    def take() -> None:
        begin.wait()
        pieces.extend([entropy.piece() for _ in range(3 * PIECES_AT_ONCE)])

    threads = [threading.Thread(target=take) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {len(piece) for piece in pieces} == {SIZE}
    assert len(set(pieces)) == len(pieces) == THREADS * 3 * PIECES_AT_ONCE


def test_a_forked_process_begins_with_nothing(tmp_path: Path) -> None:
    """What lay ready before the fork is the parent's."""
    entropy = Entropy(SIZE)
    entropy.piece()
    child = os.fork()
    if not child:
        (tmp_path / "child").write_bytes(b"".join(entropy.piece() for _ in range(PIECES_AT_ONCE)))
        os._exit(0)
    os.waitpid(child, 0)
    written = (tmp_path / "child").read_bytes()
    theirs = {written[at : at + SIZE] for at in range(0, len(written), SIZE)}
    ours = {entropy.piece() for _ in range(PIECES_AT_ONCE)}
    assert len(theirs) == PIECES_AT_ONCE
    assert not theirs & ours
