"""Hours of a practice in memory: nothing stated, nothing logged, nothing to sign."""

from typing import NoReturn

from projections.setup import Setup
from web.hours import HoursCommands, HoursRecords


def no_hours() -> HoursRecords:
    """Return reads that find nothing."""
    return HoursRecords(
        setup=lambda _: Setup(),
        weeks=lambda _: (),
        row=lambda _actor, _stream: None,
        history=lambda _: None,
        progress=lambda _actor, _day: None,
    )


def no_hours_commands() -> HoursCommands:
    """Return commands that no test of other pages should come to."""
    return HoursCommands(
        supervisors=lambda _: (),
        state_enrolment=_unexpected,
        state_setting=_unexpected,
        state_supervision=_unexpected,
        log_activity=_unexpected,
        correct_activity=_unexpected,
        delete_activity=_unexpected,
        submit_week=_unexpected,
        take_back_week=_unexpected,
        return_week=_unexpected,
        statement=_unexpected,
        sign_week=_unexpected,
        give_notice=_unexpected,
    )


def _unexpected(*_: object) -> NoReturn:
    raise AssertionError("hours are tested over a real ledger")
