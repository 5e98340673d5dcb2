"""`therapist-os hours` tells a person's progress, in 80 columns or as JSON, after the look."""

import datetime as dt
from uuid import uuid4

import msgspec
import pytest

from aggregates.access import OperatorRead, RecordKind
from aggregates.bbs.evaluate import evaluate
from aggregates.bbs.project import project
from commands.context import CODEC, Context
from ledger import reader
from ledger.errors import SettingsInvalid
from ledger.reader import Shredded, open_entries
from projections.progress import Progress
from tests.aggregates.bbs.invented import ASSOCIATE, changed, history, session
from tests.aggregates.bbs.weeks import weeks_of
from tests.fix_weekly_log import Log
from web.terminal.hours import WIDTH, WantedHours, as_json, as_lines, tell_hours

DAY = dt.date(2026, 11, 24)
NAMES = ("Robin Roe", "Dana Roe", "Riverside", "C-001", "AMFT", "J.D.", "Owner")


def progress() -> Progress:
    """Return the progress of somebody with open and lost hours and a missing paper."""
    entries = weeks_of(dt.date(2026, 6, 1), 12 * 60 * 12, contact=60, weekly=12 * 60)
    entries += weeks_of(dt.date(2026, 9, 7), 12 * 60 * 8, contact=120, weekly=12 * 60)
    entries.append(session(99_999, DAY, 50, supervision=None))
    known = history(*entries, enrolment=changed(ASSOCIATE, registered_until=DAY))
    evaluation = evaluate(known, DAY)
    return Progress(evaluation, project(known, evaluation, DAY))


def test_no_line_is_wider_than_a_terminal_and_none_names_anybody() -> None:
    lines = list(as_lines(progress()))
    assert max(map(len, lines)) <= WIDTH
    assert not any(name in line for name in NAMES for line in lines)


def test_the_table_says_what_counts_what_is_open_and_what_is_lost() -> None:
    text = "\n".join(as_lines(progress()))
    assert "Nothing here is legal advice." in text
    assert "\nMFT-TOTAL        112:00 to 244:00             3,000:00 " in text
    assert "Whether the first ten hours of a week with too little supervision count" in text
    assert "\n  SUP-ALWAYS   0:50 h in 1 week (4980.43.1(a), (b))\n" in text
    assert "Your registration expires soon; renew it." in text


def test_json_has_the_evaluation_and_its_projections() -> None:
    plain = msgspec.json.decode(as_json(progress()))
    assert list(plain) == [
        *("track", "as_of", "receipt", "rule_set", "rows", "requirements", "gaps", "totals"),
        *("advice", "projections"),
    ]
    assert plain["projections"][0]["rule_id"] == "MFT-TOTAL"
    assert as_json(progress()) == as_json(progress())
    assert not any(name in as_json(progress()) for name in NAMES)


@pytest.mark.postgres
def test_the_look_is_on_record_and_somebody_without_an_enrolment_is_refused(log: Log) -> None:
    """Also for who is nobody: an operator asked."""
    practice_id, told = log.supervised.person.practice_id, list[str]()
    before = log.front.size(practice_id)
    wanted = WantedHours(practice_id, log.supervised.person.person_id)
    tell_hours(log.context, wanted, told.append)
    assert "once signed" in told[0]
    assert not any(name in told[0] for name in NAMES)
    assert [look.kind for look in looks(log.context, log, before)] == [RecordKind.PROGRESS]
    with pytest.raises(SettingsInvalid):
        tell_hours(log.context, WantedHours(practice_id, uuid4()), told.append)
    assert len(told) == 1
    assert len(looks(log.context, log, before)) == 2


def looks(context: Context, log: Log, after: int) -> list[OperatorRead]:
    """Return what is on record of operators who read, from a position on."""
    practice_id = log.supervised.person.practice_id
    with context.ledger.read(practice_id) as connection:
        found = reader.page(connection, practice_id, after=after - 1, limit=100)
    bodies = open_entries(found, context.ledger.keys)
    facts = [
        CODEC.decode(each.type, body)
        for each, body in zip(found, bodies, strict=True)
        if not isinstance(body, Shredded)
    ]
    return [fact for fact in facts if isinstance(fact, OperatorRead)]
