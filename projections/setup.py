"""What a person stated: enrolment, settings and supervisions, and notices that signing will end."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from aggregates.catalogue import decode
from aggregates.hours.enrolment import EnrolmentStated
from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.setting import SettingStated
from aggregates.hours.setting_entry import SettingEntry
from aggregates.hours.supervision import SigningRefused, SupervisionStated
from aggregates.hours.supervision_entry import SupervisionEntry
from ledger.reader import Reading
from projections.opening import Known
from projections.read_model import tag_of
from projections.sealed_rows import keys_of, open_sealed
from projections.setup_table import SETUP, Kind
from projections.source import Source

STREAMS_MAX: Final = 1_000

_TAGS: Final = {
    Kind.ENROLMENT: tag_of(EnrolmentStated),
    Kind.SETTING: tag_of(SettingStated),
    Kind.SUPERVISION: tag_of(SupervisionStated),
}
_NOTICE: Final = tag_of(SigningRefused)
_OF_PERSON = """
SELECT stream_id, kind, version, is_fixed, stated_at, stated, noticed_at, noticed
FROM views.setups WHERE practice_id = %b AND person_id = %b ORDER BY position LIMIT %b
"""


@dataclass(frozen=True, slots=True)
class Setup:
    """All of it as it now stands, by stream id.

    `notices` is from which day on a supervisor will sign no hours. `versions` has the version of
    each stream, also of the enrolment's; `shredded` the streams that nobody can read any more.
    """

    enrolment: EnrolmentEntry | None = None
    enrolment_id: UUID | None = None
    is_week_start_fixed: bool = False
    settings: dict[UUID, SettingEntry] = field(default_factory=dict[UUID, SettingEntry])
    supervisions: dict[UUID, SupervisionEntry] = field(default_factory=dict[UUID, SupervisionEntry])
    notices: dict[UUID, dt.date] = field(default_factory=dict[UUID, dt.date])
    versions: dict[UUID, int] = field(default_factory=dict[UUID, int])
    shredded: frozenset[UUID] = frozenset()


class SealedStream(NamedTuple):
    """A row as it is stored."""

    stream_id: UUID
    kind: str
    version: int
    is_fixed: bool
    stated_at: int | None
    stated: bytes | None
    noticed_at: int | None
    noticed: bytes | None


def setup(source: Source, practice_id: UUID, person_id: UUID) -> Setup:
    """Return what a person stated, opened with one look-up of keys.

    Raises `Tampered` for a row that was not sealed for its place.
    """
    with source.read(practice_id) as connection:
        rows = select_setup(connection, practice_id, person_id)
    keys = keys_of(source.keys, practice_id, sealed_of(rows))
    return open_setup(keys, practice_id, rows)


def select_setup(connection: Reading, practice_id: UUID, person_id: UUID) -> list[SealedStream]:
    """Return all rows of a person, STREAMS_MAX at most."""
    asked = (practice_id, person_id, STREAMS_MAX)
    rows = connection.execute(_OF_PERSON, asked, binary=True).fetchall()
    return [SealedStream(*row) for row in rows]


def sealed_of(rows: Sequence[SealedStream]) -> list[bytes | None]:
    """Return what has to be opened of these rows."""
    return [sealed for row in rows for sealed in (row.stated, row.noticed)]


def open_setup(keys: Known, practice_id: UUID, rows: Sequence[SealedStream]) -> Setup:
    """Return what these rows say."""
    opening = _Opening()
    for row in rows:
        opening.take(keys, practice_id, row)
    return opening.setup()


class _Opening:
    """What is known so far; used once."""

    def __init__(self) -> None:
        self._enrolment: EnrolmentEntry | None = None
        self._enrolment_id: UUID | None = None
        self._is_fixed = False
        self._settings: dict[UUID, SettingEntry] = {}
        self._supervisions: dict[UUID, SupervisionEntry] = {}
        self._notices: dict[UUID, dt.date] = {}
        self._versions: dict[UUID, int] = {}
        self._shredded: set[UUID] = set()

    def setup(self) -> Setup:
        return Setup(
            enrolment=self._enrolment,
            enrolment_id=self._enrolment_id,
            is_week_start_fixed=self._is_fixed,
            settings=self._settings,
            supervisions=self._supervisions,
            notices=self._notices,
            versions=self._versions,
            shredded=frozenset(self._shredded),
        )

    def take(self, keys: Known, practice_id: UUID, row: SealedStream) -> None:
        stream_id, kind = row.stream_id, Kind(row.kind)
        self._versions[stream_id] = row.version
        if kind is Kind.ENROLMENT:
            self._enrolment_id, self._is_fixed = stream_id, row.is_fixed
        self._state(stream_id, _fact(keys, practice_id, row, kind))
        place = (practice_id, stream_id, row.noticed_at)
        self._notice(stream_id, open_sealed(SETUP.name, keys, place, row.noticed))

    def _state(
        self, stream_id: UUID, fact: EnrolmentStated | SettingStated | SupervisionStated | None
    ) -> None:
        match fact:
            case None:
                self._shredded.add(stream_id)
            case EnrolmentStated(entry=entry):
                self._enrolment = entry
            case SettingStated(entry=entry):
                self._settings[stream_id] = entry
            case SupervisionStated(entry=entry):
                self._supervisions[stream_id] = entry

    def _notice(self, stream_id: UUID, body: bytes | None) -> None:
        if body is not None:
            notice = decode(_NOTICE, body)
            assert isinstance(notice, SigningRefused)
            self._notices[stream_id] = notice.from_day


def _fact(
    keys: Known, practice_id: UUID, row: SealedStream, kind: Kind
) -> EnrolmentStated | SettingStated | SupervisionStated | None:
    place = (practice_id, row.stream_id, row.stated_at)
    body = open_sealed(SETUP.name, keys, place, row.stated)
    if body is None:
        return None
    fact = decode(_TAGS[kind], body)
    assert isinstance(fact, EnrolmentStated | SettingStated | SupervisionStated)
    return fact
