"""How the command line speaks: results on standard output, the rest beside it."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from tqdm import tqdm

from commands.demo_people import DEMO_MEMBERS
from web.development_sign_in import DevelopmentSignIn
from web.settings import WebSettings


def tell_line(line: str) -> None:
    """Print a line of the result, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say(sentence: str) -> None:
    """Say something to whoever looks on."""
    sys.stderr.write(f"{sentence}\n")


def ask_privately(what: str) -> str:
    """Return a line that is typed or piped in: it is in no argument, and in no list of processes.

    Empty at the end of the input.
    """
    sys.stderr.write(f"{what}: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


@contextmanager
def progress_bar(what: str, unit: str) -> Generator[Callable[[int, int], None]]:
    """Give what shows how far something is: it takes what is done, and of how many."""
    with tqdm(desc=what, unit=f" {unit}", disable=None) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress


def welcome(web_settings: WebSettings, links: DevelopmentSignIn | None) -> None:
    """Say where the pages are, and in development how to come in."""
    tell_line(f"\nTherapist OS is at {web_settings.public_origin}")
    if links is not None:
        tell_line("\nSign in (each link works once, for ten minutes):")
        for who, actor in DEMO_MEMBERS.items():
            tell_line(f"  {who:<26} {links.link(actor)}")
        tell_line(
            "\nThe browser will warn of the development certificate; go on, it is this machine's."
        )
    tell_line("Stop with Ctrl-C.\n")
