"""Where a request comes from: the peer, or what proxies that are trusted say of whom they met."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

from starlette.requests import Request

from aggregates.private import Private
from web.parts import parts_of

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
HOPS_MAX: Final = 32
_HEADER: Final = "x-forwarded-for"


def client_address(request: Request) -> Private | None:
    """Return where the request comes from, None where the peer has no address (a socket file)."""
    peer = parse(request.client.host) if request.client else None
    if peer is None:
        return None
    forwarded = request.headers.getlist(_HEADER)
    trusted = parts_of(request).settings.trusted_proxies
    return Private(str(nearest_untrusted(peer, forwarded, trusted)))


def address_of(request: Request) -> str:
    """Return it as text, empty where the peer has none: for limits, and for who came in or went."""
    address = client_address(request)
    return address.reveal() if address else ""


def nearest_untrusted(peer: Address, forwarded: list[str], trusted: tuple[Network, ...]) -> Address:
    """Return the right-most hop that no trusted proxy is; `forwarded` are the header's values.

    Whatever stands left of it was sent by somebody who is not trusted. A hop that is no address
    ends the walk too: the last proxy that is known is then as far as anybody can tell.
    """
    hops = [hop.strip(" \t") for value in forwarded for hop in value.split(",")]
    nearest = peer
    for hop in reversed(hops[-HOPS_MAX:]):
        address = parse(hop)
        if address is None or not any(nearest in network for network in trusted):
            return nearest
        nearest = address
    return nearest


def parse(text: str) -> Address | None:
    """Return the address that `text` is, an IPv4 one in IPv6 as itself; None for anything else.

    No port, no brackets, no zone, no spaces.
    """
    if "%" in text or "/" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
