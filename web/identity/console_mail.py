"""Mail of the development environment: the link is printed where the service runs."""

from collections.abc import Callable

from web.identity.mail import Mail


class ConsoleMailer:
    """Says each letter's link, and not to whom it would go."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say

    def send(self, mail: Mail) -> None:
        """Print the link."""
        self._say(f"Mail ({mail.letter.subject}): {mail.link.reveal()}")
