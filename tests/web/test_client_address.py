"""Where a request comes from is what the last trusted proxy met, and never what a client says."""

from ipaddress import IPv4Address, IPv6Address, ip_network
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from web.client_address import Address, client_address, nearest_untrusted, parse
from web.parts import PARTS_KEY

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
PROXY, NEXT_PROXY = IPv4Address("10.0.0.5"), IPv4Address("10.9.9.9")
CLIENT = IPv4Address("203.0.113.77")
addresses = st.ip_addresses()
outside = addresses.filter(lambda a: not any(a in each for each in PROXIES)).map(
    lambda a: getattr(a, "ipv4_mapped", None) or a
)
junk = st.one_of(addresses.map(str), st.text(max_size=20), st.just(""))
headers = st.lists(st.lists(junk, max_size=4).map(",".join), max_size=3)


@given(outside, headers)
def test_who_is_no_proxy_is_the_client_whatever_they_say(peer: Address, said: list[str]) -> None:
    assert nearest_untrusted(peer, said, PROXIES) == peer
    assert nearest_untrusted(peer, said, ()) == peer


@given(outside, headers)
def test_what_a_client_sends_changes_nothing_behind_a_proxy(
    client: Address, forged: list[str]
) -> None:
    """The proxy puts the address it saw behind whatever came, in the same header or another."""
    appended = [",".join([*forged, str(client)])]
    another = [*forged, str(client)]
    for said in (appended, another):
        assert nearest_untrusted(PROXY, said, PROXIES) == client


@given(outside, headers)
def test_two_proxies_are_passed(client: Address, forged: list[str]) -> None:
    said = [*forged, f"{client}, {NEXT_PROXY}"]
    assert nearest_untrusted(PROXY, said, PROXIES) == client


@pytest.mark.parametrize(
    "hop",
    ["", "unknown", "203.0.113.7:99", "[2001:db8::1]", "1.2.3", "01.2.3.4", "fe80::1%eth0", "::/0"],
)
def test_a_hop_that_is_no_address_ends_the_walk(hop: str) -> None:
    """Then the last proxy that is known is as far as anybody can tell."""
    assert nearest_untrusted(PROXY, [f"{CLIENT}, {hop}"], PROXIES) == PROXY
    assert nearest_untrusted(PROXY, [f"{CLIENT}, {hop}, {NEXT_PROXY}"], PROXIES) == NEXT_PROXY


def test_a_proxy_that_asks_for_itself_is_the_client() -> None:
    assert nearest_untrusted(PROXY, [], PROXIES) == PROXY
    assert nearest_untrusted(PROXY, [str(NEXT_PROXY)], PROXIES) == NEXT_PROXY


@given(st.text(max_size=60))
def test_a_text_is_an_address_or_none(text: str) -> None:
    """And then it is spelled in one way only, once it was read."""
    found = parse(text)
    assert found is None or parse(str(found)) == found


def test_an_address_of_version_four_in_six_is_itself() -> None:
    assert parse("::ffff:203.0.113.77") == CLIENT
    assert parse("2001:DB8::7") == IPv6Address("2001:db8::7")


def _request(peer: tuple[str, int] | None, said: list[str]) -> Request:
    settings = SimpleNamespace(trusted_proxies=PROXIES)
    parts = SimpleNamespace(settings=settings)
    fields = [(b"x-forwarded-for", each.encode()) for each in said]
    return Request({"type": "http", "client": peer, "headers": fields, PARTS_KEY: parts})


def _parts_of(request: Request) -> object:
    return request.scope[PARTS_KEY]


def test_it_is_private_and_none_where_there_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket file has no address; a name is none."""
    monkeypatch.setattr("web.client_address.parts_of", _parts_of)
    for peer in (None, ("", 0), ("testclient", 50_000)):
        assert client_address(_request(peer, [str(CLIENT)])) is None
    found = client_address(_request((str(PROXY), 1), ["198.51.100.1", str(CLIENT)]))
    assert found is not None
    assert str(found) == "<private>"
    assert found.reveal() == str(CLIENT)
