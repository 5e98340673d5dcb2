"""What is said of an error that nobody caught: its kind and place, where Python prints its words.

The interpreter's own hooks print messages and source lines, and a message may quote what somebody
typed (I11).
"""

import sys
import threading
from types import TracebackType

from web.log import kind_and_place


def install() -> None:
    """Take the place of the three hooks: for the main thread, other threads, and finalizers."""
    sys.excepthook = _uncaught
    threading.excepthook = _in_thread
    sys.unraisablehook = _unraisable


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    del kind, trace
    _say("a fault ended the program", error)


def _in_thread(arguments: threading.ExceptHookArgs) -> None:
    if not isinstance(arguments.exc_value, SystemExit):
        _say("a fault ended a part of the program", arguments.exc_value)


def _unraisable(arguments: "sys.UnraisableHookArgs") -> None:
    _say("a fault was met while cleaning up", arguments.exc_value)


def _say(sentence: str, error: BaseException | None) -> None:
    kind, place = kind_and_place(error) if error else ("unknown", "unknown")
    stderr = sys.stderr
    if stderr is not None:  # type: ignore[redundant-expr] -- it is None while Python shuts down
        stderr.write(f"therapist-os: {sentence}: {kind} at {place}; please report this line\n")
