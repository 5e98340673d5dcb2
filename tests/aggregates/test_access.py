"""Each look is a fact of its own, and one's own record is read as nothing else."""

import datetime as dt
from uuid import UUID

import pytest

from aggregates.access import (
    ACCESS,
    AccessRefused,
    Purpose,
    ReadRecords,
    RecordKind,
    RecordsRead,
    RefuseAccess,
    RefusedFor,
)
from aggregates.practice import Role
from aggregates.private import Private
from tests.spec import Given

READER, OTHER, STREAM = UUID(int=1), UUID(int=2), UUID(int=3)
ADDRESS = Private("192.0.2.7")
LOOKS = Given(ACCESS)


def read(whose: UUID | None = READER, purpose: Purpose = Purpose.OWN_RECORD) -> ReadRecords:
    """Look at a week."""
    return ReadRecords(
        reader_id=READER,
        role=Role.THERAPIST,
        kind=RecordKind.WEEK,
        whose=whose,
        day=dt.date(2026, 11, 22),
        purpose=purpose,
        ip_address=ADDRESS,
    )


FACT = RecordsRead(
    reader_id=READER,
    role=Role.THERAPIST,
    kind=RecordKind.WEEK,
    whose=READER,
    stream_id=None,
    day=dt.date(2026, 11, 22),
    purpose=Purpose.OWN_RECORD,
    ip_address=ADDRESS,
)


def test_a_look_is_a_fact_also_the_second_time() -> None:
    LOOKS.when(read()).then(FACT)
    LOOKS.given(FACT, FACT).when(read()).then(FACT)


def test_a_refusal_is_a_fact_with_its_reason() -> None:
    """Whoever began the stream that was asked for; nobody where there is none."""
    for whose in (OTHER, None):
        command = RefuseAccess(
            reader_id=READER,
            role=Role.THERAPIST,
            kind=RecordKind.SESSION,
            whose=whose,
            stream_id=STREAM,
            reason=RefusedFor.NOT_THEIRS,
            ip_address=ADDRESS,
        )
        LOOKS.given(FACT).when(command).then(
            AccessRefused(
                reader_id=READER,
                role=Role.THERAPIST,
                kind=RecordKind.SESSION,
                whose=whose,
                stream_id=STREAM,
                reason=RefusedFor.NOT_THEIRS,
                ip_address=ADDRESS,
            )
        )


def test_what_was_looked_at_changes_nothing() -> None:
    """So the stream need not be loaded to write to it."""
    assert ACCESS.replay([FACT, FACT]) == ACCESS.initial


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("whose", [READER, OTHER, None])
def test_the_purpose_fits_whose_it_is(whose: UUID | None, purpose: Purpose) -> None:
    """A mistake in the table crashes rather than pass a look at others off as one's own."""
    if (purpose is Purpose.OWN_RECORD) == (whose == READER):
        read(whose, purpose)
        return
    with pytest.raises(ValueError, match="one's own"):
        read(whose, purpose)
