"""One week of a person's weekly log, for who shows it: its rows, and what is said of each."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from aggregates.bbs.evaluation import Row
from aggregates.bbs.history import History
from aggregates.hours.week_content import RowKey
from commands.context import Actor
from commands.hours.submit_week import Submission
from web.hours import HoursRecords
from web.pages.weekly_log.log_rows import LogRow, Place, log_rows


@dataclass(frozen=True, slots=True)
class LogWeek:
    """What is known of one week: the history it is judged in, its rows, what is said of each."""

    history: History
    rows: tuple[LogRow, ...]
    judged: Mapping[Place, Row]

    def row(self, place: Place) -> LogRow | None:
        """Return one of its rows."""
        return next((each for each in self.rows if each.place == place), None)

    def submission(self, row: LogRow, key: RowKey) -> Submission:
        """Return what is handed in of a row as it was shown, with the rules it is warned of."""
        judged = self.judged.get(row.place)
        rules = {finding.rule_id for finding in judged.findings} if judged else set[str]()
        entries = [each.entry_id for each in row.entries]
        return Submission(key, entries, tuple(sorted(rules)))


def log_week(records: HoursRecords, actor: Actor, day: dt.date, today: dt.date) -> LogWeek | None:
    """Return a week's rows with what would not count if they were signed now.

    None while the person has stated no enrolment.
    """
    found = records.week(actor, day)
    if found is None:
        return None
    rows = log_rows(found.history, records.weeks(actor), today)
    return LogWeek(
        found.history,
        tuple(row for row in rows if row.first_day == day),
        {(row.first_day, row.supervision_id, row.phase): row for row in found.rows},
    )
