"""A passkey device that the browser makes up, as its developer tools offer it."""

from typing import Any, cast

from playwright.sync_api import CDPSession, Page

_KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class VirtualPasskey:
    """One device on one page; its passkeys may be carried to another browser."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._send("WebAuthn.enable", enableUI=False)
        made = self._send("WebAuthn.addVirtualAuthenticator", options=_KIND)
        self._id: str = made["authenticatorId"]

    def passkeys(self) -> list[dict[str, Any]]:
        """Return what it holds."""
        return self._send("WebAuthn.getCredentials", authenticatorId=self._id)["credentials"]

    def take(self, passkeys: list[dict[str, Any]]) -> None:
        """Hold these, as they are, and no others."""
        self._send("WebAuthn.clearCredentials", authenticatorId=self._id)
        for each in passkeys:
            self._send("WebAuthn.addCredential", authenticatorId=self._id, credential=each)

    def refuse(self) -> None:
        """Verify nobody from now on."""
        self._send("WebAuthn.setUserVerified", authenticatorId=self._id, isUserVerified=False)

    def _send(self, method: str, **asked: object) -> dict[str, Any]:
        send = cast("Any", self._session).send
        return send(method, asked)
