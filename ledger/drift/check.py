"""Compares the live databases with the signed manifest, and says every difference."""

from collections.abc import Iterator
from typing import Final

from ledger.drift import manifest
from ledger.drift.catalogue import HERE, OURS, read_facts
from ledger.drift.differences import Difference, differences
from ledger.drift.manifest import Layout, databases
from ledger.drift.server import server_differences
from ledger.drift.signing import Signed, read_signed
from ledger.postgres.connect import Database, Role
from ledger.postgres.settings import Settings
from ledger.seal_log.signer import verifier_key

_ACCEPT: Final = "look at every line here, then therapist-os drift --accept"


def find_drift(database: Database, settings: Settings) -> list[Difference]:
    """Return how the databases, their servers and the manifest differ from what was signed.

    Raises `KeyFileUnsafe` for a signing key that others may read, `Unavailable` when a database is
    away.
    """
    signed = read_signed(settings, verifier_key(settings.data_dir, settings.ledger_name))
    return list(_drift(database, signed))


def _drift(database: Database, signed: Signed | None) -> Iterator[Difference]:
    places = databases(database)
    if signed is None:
        yield Difference("manifest", "is not signed, or not by this ledger's key", _ACCEPT)
    elif signed.manifest_sha256 != manifest.hash_of(layout for layout, _ in places):
        yield Difference("manifest", "is not the one that was signed", _ACCEPT)
    for layout, place in places:
        yield from _of_database(layout, place, signed)


def _of_database(layout: Layout, place: Database, signed: Signed | None) -> Iterator[Difference]:
    with place.connect(Role.CHECKER) as connection:
        live = read_facts(connection)
        ours = [fact for fact in live if fact.kind == OURS]
        found = differences(manifest.expected(layout, live), ours)
        if signed is not None:
            here = [fact for fact in live if fact.kind == HERE]
            found += differences(signed.here.get(layout, frozenset()), here)
        found += server_differences(connection)
    for each in found:
        subject = each.subject if layout is not Layout.VAULT else f"vault, {each.subject}"
        yield Difference(subject, each.what, each.act, each.is_grave)
