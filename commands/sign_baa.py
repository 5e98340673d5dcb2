"""Signs the Business Associate Agreement: from here on client data may come in (P1)."""

from uuid import UUID

from aggregates.practice import SignBaa
from aggregates.private import Private
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.practice import PRACTICE_RULES, stream_of


def sign_baa(
    context: Context,
    actor: Actor,
    document: tuple[str, bytes],
    ip_address: Private | None,
    command_id: UUID,
) -> Handled:
    """Sign a version of the agreement: `document` is its version and its SHA-256.

    Raises `Refused` unless the actor is an owner, or when that version is signed already.
    """
    version, digest = document
    command = SignBaa(
        document_sha256=digest,
        document_version=version,
        signer_id=actor.person_id,
        ip_address=ip_address,
    )
    order = Order(actor, stream_of(actor.practice_id), command_id, command)
    return handle(context, PRACTICE_RULES, order)
