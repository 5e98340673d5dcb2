"""Letters and the port that sends them: fixed text with one link in it, and nothing of anybody."""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol, final

from aggregates.private import Private


class Letter(Enum):
    """Every letter there is, by its subject."""

    SIGN_IN = "Your sign-in link"
    INVITATION = "You are invited to Therapist OS"
    RECOVERY = "Your passkeys are about to be replaced"
    NEWS = "There is news about your account"

    @property
    def subject(self) -> str:
        """The subject."""
        return self.value

    def text(self, link: str) -> str:
        """Return the text with the link."""
        return _TEXTS[self].replace("{link}", link)


_TEXTS: Final = {
    Letter.SIGN_IN: """\
Open this link to sign in to Therapist OS. It works once, for ten minutes.

{link}

If you did not ask for it, you need do nothing.
""",
    Letter.INVITATION: """\
A practice invites you to Therapist OS. Open this page and enter this e-mail address to begin.

{link}

If you do not expect an invitation, you need do nothing.
""",
    Letter.RECOVERY: """\
Somebody asked to replace the passkeys of your Therapist OS account.
If that was not you, sign in with your passkey within a day and stop it.

{link}
""",
    Letter.NEWS: """\
There is news about your Therapist OS account. Please sign in to read it.

{link}
""",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter to one address."""

    address: Private
    letter: Letter
    link: Private

    def __repr__(self) -> str:
        return f"<Mail {self.letter.name}>"


@final
class MailFailed(Exception):
    """The mail was not taken; a fixed sentence, nothing of the mail or of what was answered."""


class Mailer(Protocol):
    """Sends mail; may block."""

    def send(self, mail: Mail) -> None:
        """Send it. Raises `MailFailed`."""
        ...
