"""`therapist-os fsck`: says what was checked, when nothing was found."""

from ledger.fsck.check import Report


def told(report: Report) -> str:
    """Return what the check covered, in a few lines."""
    signed = _count(report.checkpoints, "signed checkpoint")
    return (
        f"{_count(report.events, 'event')} of {_count(report.practices, 'log')}"
        f" in {_count(report.streams, 'stream')}:"
        " leaves, bodies, versions, chains, times, gates, commands, keys and heads are as written\n"
        f"{_count(report.tiles, 'full tile')}, all edges and roots recomputed\n"
        f"{_count(report.epochs, 'epoch')} and {signed} verified\n"
        f"{_count(report.unsealed, 'event')} appended since the last epoch\n"
        f"root {report.root.hex()}\nno difference"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
