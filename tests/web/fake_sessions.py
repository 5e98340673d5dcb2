"""Sessions kept in memory, for fronts without a database."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from web.identity.session_store import KeptSession


class FakeSessions:
    """What the gate's table does, in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[bytes, KeptSession] = {}

    def insert(self, key: bytes, session: KeptSession) -> None:
        self.kept[key] = session

    def find(self, key: bytes) -> KeptSession | None:
        return self.kept.get(key)

    def touch(self, key: bytes, seen_at_us: int) -> None:
        self.kept[key] = replace(self.kept[key], seen_at_us=seen_at_us)

    def move(self, key: bytes, new_key: bytes, at_us: int) -> bool:
        session = self.kept.pop(key, None)
        if session is None:
            return False
        self.kept[new_key] = replace(session, stepped_up_at_us=at_us, seen_at_us=at_us)
        return True

    def end(self, key: bytes, at_us: int) -> None:
        del at_us
        self.kept.pop(key, None)

    def end_some(self, person_id: UUID, session_ids: Sequence[UUID], at_us: int) -> list[UUID]:
        del at_us
        ended = {
            key: each.session_id
            for key, each in self.kept.items()
            if each.person_id == person_id and each.session_id in session_ids
        }
        for key in ended:
            del self.kept[key]
        return list(ended.values())

    def of_person(self, person_id: UUID, at_us: int) -> list[KeptSession]:
        found = [s for s in self.kept.values() if s.person_id == person_id and s.ends_at_us > at_us]
        return sorted(found, key=lambda each: -each.seen_at_us)
