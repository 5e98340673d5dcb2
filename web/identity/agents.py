"""Sorts what a browser says of itself into a handful of classes; the rest is never kept."""

from typing import Final

from starlette.requests import Request

from aggregates.person import Agent

# In this order: each of them claims to be the ones after it, too.
_SIGNS: Final = (
    ("Edg/", Agent.EDGE),
    ("Firefox/", Agent.FIREFOX),
    ("Chrome/", Agent.CHROME),
    ("Safari/", Agent.SAFARI),
)
AGENT_WORDS: Final = {
    Agent.CHROME: "Chrome or Chromium",
    Agent.EDGE: "Edge",
    Agent.FIREFOX: "Firefox",
    Agent.SAFARI: "Safari",
    Agent.OTHER: "Another browser",
}


def agent_of(request: Request) -> Agent:
    """Return the class of the browser."""
    said = request.headers.get("user-agent", "")
    return next((agent for sign, agent in _SIGNS if sign in said), Agent.OTHER)
