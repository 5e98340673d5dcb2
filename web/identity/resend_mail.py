"""Mail through Resend, by its own client: the only file that knows it."""

from typing import Final

import resend
from resend.exceptions import ResendError

from aggregates.private import Private
from web.identity.mail import Mail, MailFailed

TIMEOUT_S: Final = 10


class ResendMailer:
    """Sends plain text, so that there is no picture to load and no link to be rewritten."""

    def __init__(self, api_key: Private, sender: str, api_url: str | None = None) -> None:
        """Set the client up; it keeps its settings for the whole process."""
        resend.api_key = api_key.reveal()
        resend.default_http_client = resend.RequestsClient(timeout=TIMEOUT_S)
        if api_url is not None:
            resend.api_url = api_url
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Send it. Raises `MailFailed`."""
        try:
            resend.Emails.send(
                {
                    "from": self._sender,
                    "to": mail.address.reveal(),
                    "subject": mail.letter.subject,
                    "text": mail.letter.text(mail.link.reveal()),
                }
            )
        except (ResendError, ValueError):
            # Its message may quote what was sent.
            raise MailFailed("the mail was not taken") from None
