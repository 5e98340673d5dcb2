"""What this process remembers of the ends of logs and streams: bounded, droppable."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from uuid import UUID

from ledger.append.chain import Head, Tip

PRACTICES_MAX = 10_000
TIPS_PER_PRACTICE_MAX = 10_000


class _Practice:
    __slots__ = ("head", "tips")

    def __init__(self, head: Head) -> None:
        self.head = head
        self.tips: dict[UUID, Tip] = {}


class Memory:
    """Heads by practice and tips by stream. Owned by the writer's thread: no lock."""

    def __init__(self) -> None:
        self._practices: OrderedDict[UUID, _Practice] = OrderedDict()

    def head(self, practice_id: UUID) -> Head | None:
        """Return the practice's head, when it is remembered."""
        known = self._practices.get(practice_id)
        return None if known is None else known.head

    def tips(self, practice_id: UUID, stream_ids: Iterable[UUID]) -> dict[UUID, Tip]:
        """Return the remembered tips of these streams of the practice."""
        known = self._practices.get(practice_id)
        if known is None:
            return {}
        tips = known.tips
        return {stream_id: tips[stream_id] for stream_id in stream_ids if stream_id in tips}

    def remember(self, practice_id: UUID, head: Head, tips: Mapping[UUID, Tip]) -> None:
        """Keep what a commit made true; what was unused longest goes first."""
        known = self._practices.get(practice_id)
        if known is None:
            known = self._practices[practice_id] = _Practice(head)
        known.head = head
        self._practices.move_to_end(practice_id)
        for stream_id, tip in tips.items():
            known.tips.pop(stream_id, None)
            known.tips[stream_id] = tip
        while len(known.tips) > TIPS_PER_PRACTICE_MAX:
            del known.tips[next(iter(known.tips))]
        while len(self._practices) > PRACTICES_MAX:
            self._practices.popitem(last=False)

    def forget(self, practice_id: UUID) -> None:
        """Drop a practice whose head has moved without us, and its tips with it."""
        self._practices.pop(practice_id, None)

    def forget_all(self) -> None:
        """Drop everything, as after a lost connection."""
        self._practices.clear()
