"""The demo practice on the command line: prepared once, and named by a word in place of its id."""

import datetime as dt
from secrets import token_bytes
from typing import Final
from uuid import UUID

from commands.context import Context
from commands.demo import demo_begun_at_us, is_demo_whole, prepare_demo
from commands.demo_people import DEMO_PRACTICE
from ledger.errors import SettingsInvalid
from ledger.postgres.settings import Environment
from web.settings import WebSettings
from web.terminal.saying import progress_bar

_US: Final = 1_000_000


def prepare(context: Context, web_settings: WebSettings) -> None:
    """Prepare it up to today, or to the day it was begun on; nothing when it is whole.

    Raises `SettingsInvalid` in production.
    """
    if web_settings.environment is Environment.PRODUCTION:
        raise SettingsInvalid("the demo practice is for ENVIRONMENT=development only")
    if is_demo_whole(context):
        return
    begun_us = demo_begun_at_us(context) or context.clock.now_us()
    begun = dt.datetime.fromtimestamp(begun_us / _US, web_settings.time_zone)
    with progress_bar("preparing the demo practice", "sessions") as progress:
        prepare_demo(context, begun.date(), token_bytes, progress)


def practice_of(text: str) -> UUID:
    """Return the practice that an argument names. Raises ValueError."""
    return DEMO_PRACTICE if text == "demo" else UUID(text)
