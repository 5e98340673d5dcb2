"""What the rules look at of one person: what they stated, what they logged, what is signed."""

from uuid import UUID

from aggregates.bbs.history import History, Recorded, Signature
from projections import setup, therapist, weeks
from projections.sealed_rows import keys_of
from projections.signatures import signatures
from projections.source import Source


def history_of(source: Source, practice_id: UUID, person_id: UUID) -> History | None:
    """Return a person's history, None while they have stated no enrolment or it is shredded.

    Three selects and one look-up of keys. What is deleted or shredded is left out. The read models
    may stand at different positions: then a signature is told as void, or not yet, never as more
    than it is. Raises `Tampered` for a row that was not sealed for its place.
    """
    with source.read(practice_id) as connection:
        stated = setup.select_setup(connection, practice_id, person_id)
        logged = therapist.select_entries(connection, practice_id, person_id)
        submitted = weeks.select_weeks(connection, practice_id, person_id)
    sealed = [row.sealed for row in logged]
    sealed += setup.sealed_of(stated) + weeks.sealed_of(submitted)
    keys = keys_of(source.keys, practice_id, sealed)
    known = setup.open_setup(keys, practice_id, stated)
    if known.enrolment is None:
        return None
    live = therapist.open_entries(keys, practice_id, logged)
    signed = signatures(known.enrolment, live, weeks.open_weeks(keys, practice_id, submitted))
    return History(
        enrolment=known.enrolment,
        settings=known.settings,
        supervisions=known.supervisions,
        entries=tuple(
            Recorded(each.stream_id, each.entry, signed.get(each.stream_id, Signature.NONE))
            for each in live
        ),
    )
