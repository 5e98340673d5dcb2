"""What libpq will really do with an address: every word that matters is pinned, or refused.

libpq mixes a connection string with environment variables and service files, so looking at the
string alone says little. Here the mix is worked out as libpq does it, checked, and written back
in full, so that nothing outside the returned parameters can point the connection elsewhere.
"""

import ipaddress
import os
from collections.abc import Mapping
from typing import Final

from psycopg import ProgrammingError, conninfo, pq

from ledger.errors import SettingsInvalid

# Read from the environment when the address leaves them out, and decisive for where it leads.
_TAKEN_FROM_LIBPQ: Final = ("host", "hostaddr", "port", "sslmode")
# Words that are not ours to take: where they lead is decided after us, or they spill secrets.
_REFUSED: Final = ("service", "servicefile", "sslkeylogfile", "replication", "requirepeer")
_TLS: Final = {
    "sslmode": "verify-full",
    # Encryption by Kerberos would come without the certificate check.
    "gssencmode": "disable",
    "ssl_min_protocol_version": "TLSv1.3",
}


def pinned_parameters(setting: str, address: str) -> dict[str, str]:
    """Return the parameters of the connection string `address`, read from `setting`, in full.

    Raises SettingsInvalid, naming `setting` and what to set, when the address is malformed, is
    redirected by a service file, or leaves this machine without verifying the server.
    """
    if os.environ.get("PGSERVICE"):
        raise SettingsInvalid("PGSERVICE is set: unset it, the address goes into DATABASE_URL")
    try:
        given = conninfo.conninfo_to_dict(address)
    except ProgrammingError:
        raise SettingsInvalid(
            f"{setting} is not a connection string: set postgresql://user@host/database"
        ) from None
    parameters = {name: str(value) for name, value in given.items() if value is not None}
    for name in _REFUSED:
        if name in parameters:
            raise SettingsInvalid(f"{setting} may not use {name}: remove it")
    libpq = _libpq_defaults()
    for name in _TAKEN_FROM_LIBPQ:
        parameters.setdefault(name, libpq.get(name, ""))
    verified = parameters["sslmode"] == _TLS["sslmode"]
    if not verified and not stays_here(parameters["host"], parameters["hostaddr"]):
        raise SettingsInvalid(
            f"{setting} leaves this machine without verifying the server:"
            " add sslmode=verify-full and sslrootcert=FILE"
        )
    if verified and not _only_sockets(parameters["host"], parameters["hostaddr"]):
        parameters.update(_TLS)
        # A server must not be able to pass our password exchange on to another one.
        parameters.setdefault("channel_binding", "require")
    return parameters


def _libpq_defaults() -> dict[str, str]:
    return {
        option.keyword.decode(): option.val.decode()
        for option in pq.Conninfo.get_defaults()
        if option.val is not None
    }


def _only_sockets(hosts: str, addresses: str) -> bool:
    return not addresses and all(_is_socket(host) for host in hosts.split(","))


def stays_here(hosts: str, addresses: str) -> bool:
    """Tell whether every server in libpq's comma-separated lists is on this machine.

    An address, where given, is what libpq connects to, whatever the host's name says.
    """
    host_list, address_list = hosts.split(","), addresses.split(",")
    if not addresses:
        address_list = [""] * len(host_list)
    elif not hosts:
        host_list = [""] * len(address_list)
    if len(host_list) != len(address_list):
        return False
    return all(
        _is_here(address or host) for host, address in zip(host_list, address_list, strict=True)
    )


def _is_socket(host: str) -> bool:
    return not host or host.startswith(("/", "@"))


def _is_here(host: str) -> bool:
    if _is_socket(host) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def arrived_safely(connection: pq.abc.PGconn, parameters: Mapping[str, str]) -> bool:
    """Tell whether an open connection ended where its parameters were checked to lead.

    The second look at the same rule: a name such as localhost may resolve to anything.
    """
    if connection.ssl_in_use and parameters["sslmode"] == _TLS["sslmode"]:
        return True
    # A unix socket has no address; libpq then reports an empty one.
    address = connection.hostaddr.decode()
    return _is_here(address)
