"""A passkey device that the browser makes up, as its developer tools offer it."""

from typing import Any

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
        self._session.send("WebAuthn.enable", {"enableUI": False})
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": _KIND})
        self._id = made["authenticatorId"]

    def passkeys(self) -> list[dict[str, Any]]:
        """Return what it holds."""
        held = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return held["credentials"]

    def take(self, passkeys: list[dict[str, Any]]) -> None:
        """Hold these, as they are, and no others."""
        self._session.send("WebAuthn.clearCredentials", {"authenticatorId": self._id})
        for each in passkeys:
            asked = {"authenticatorId": self._id, "credential": each}
            self._session.send("WebAuthn.addCredential", asked)

    def refuse(self) -> None:
        """Verify nobody from now on."""
        asked = {"authenticatorId": self._id, "isUserVerified": False}
        self._session.send("WebAuthn.setUserVerified", asked)
