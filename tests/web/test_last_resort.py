"""An error that nobody caught is told by kind and place, and never in its own words."""

import subprocess
import sys
from pathlib import Path

import pytest

CANARY = "Zebulon Quark"
PROJECT = Path(__file__).resolve().parents[2]
_HOOKS = "from web import last_resort\nlast_resort.install()\n"
_RAISE = f"raise ValueError('{CANARY}')"
PROGRAMS = {
    "main thread": (_RAISE, "a fault ended the program", 1),
    "another thread": (
        (
            f"import threading\ndef run():\n    {_RAISE}\nt = threading.Thread(target=run)\n"
            "t.start()\nt.join()\n"
        ),
        "a fault ended a part of the program",
        0,
    ),
    "cleaning up": (
        f"class Odd:\n    def __del__(self):\n        {_RAISE}\nodd = Odd()\ndel odd\n",
        "a fault was met while cleaning up",
        0,
    ),
    "a nested cause": (
        (
            f"try:\n    {_RAISE}\nexcept ValueError as error:\n"
            f"    raise KeyError('{CANARY}') from error\n"
        ),
        "a fault ended the program",
        1,
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_told_by_kind_and_place(name: str) -> None:
    """In one line, whichever thread it was in; the program ends as it would have."""
    program, sentence, code = PROGRAMS[name]
    done = subprocess.run(  # noqa: S603 -- our own interpreter and text
        [sys.executable, "-c", _HOOKS + program],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert CANARY not in done.stdout + done.stderr
    assert done.stderr.startswith(f"therapist-os: {sentence}: builtins.")
    assert done.stderr.count("\n") == 1


def test_the_command_line_puts_the_hooks_in_place() -> None:
    """Before anything else can fail."""
    program = (
        "import sys, threading, therapist_os\n"
        "from web import last_resort\n"
        "sys.argv = ['therapist-os', '--help']\n"
        "try:\n    therapist_os.run()\nexcept SystemExit:\n    pass\n"
        "hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)\n"
        "print({hook.__module__ for hook in hooks})\n"
    )
    done = subprocess.run(  # noqa: S603 -- our own interpreter and text
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "{'web.last_resort'}"
