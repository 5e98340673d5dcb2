"""The read models there are, and their followers as one thing to start and stop."""

from typing import Final

from ledger.postgres.connect import Database
from ledger.reader import Keys
from projections.follower import Follower, Status
from projections.memberships import MEMBERSHIPS
from projections.notices_table import NOTICES
from projections.read_model import ReadModel
from projections.setup_table import SETUP
from projections.supervised_table import SUPERVISED
from projections.therapist_table import THERAPIST
from projections.trail import TRAIL
from projections.weeks_table import WEEKS

READ_MODELS: Final[tuple[ReadModel, ...]] = (
    *(THERAPIST, TRAIL, MEMBERSHIPS),
    *(SETUP, WEEKS, SUPERVISED, NOTICES),
)


class Followers:
    """A follower for each read model."""

    def __init__(
        self, database: Database, keys: Keys, read_models: tuple[ReadModel, ...] = READ_MODELS
    ) -> None:
        self._followers = {m.name: Follower(database, keys, m) for m in read_models}

    def start(self) -> None:
        """Start all of them."""
        for follower in self._followers.values():
            follower.start()

    def stop(self) -> None:
        """Stop all of them, each after the page at hand."""
        for follower in self._followers.values():
            follower.ask_to_stop()
        for follower in self._followers.values():
            follower.stop()

    @property
    def are_following(self) -> bool:
        """Whether all of them live and none is in trouble; one that is rebuilding is neither."""
        followers = self._followers.values()
        return all(each.is_alive and each.status.trouble is None for each in followers)

    @property
    def status(self) -> dict[str, Status]:
        """What each is doing, by the name of its read model."""
        return {name: follower.status for name, follower in self._followers.items()}
