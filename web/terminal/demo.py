"""The demo practice on the command line: prepared once, and named by a word in place of its id."""

import datetime as dt
from typing import Final
from uuid import UUID

from commands.context import Context
from commands.demo import DEMO_PRACTICE, is_demo_there, prepare_demo
from web.settings import WebSettings
from web.terminal.saying import progress_bar

_US: Final = 1_000_000


def prepare(context: Context, web_settings: WebSettings) -> None:
    """Prepare it up to today, unless it is there."""
    if is_demo_there(context):
        return
    now = dt.datetime.fromtimestamp(context.clock.now_us() / _US, web_settings.time_zone)
    with progress_bar("preparing the demo practice", "sessions") as progress:
        prepare_demo(context, now.date(), progress)


def practice_of(text: str) -> UUID:
    """Return the practice that an argument names. Raises ValueError."""
    return DEMO_PRACTICE if text == "demo" else UUID(text)
