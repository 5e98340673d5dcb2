"""What authenticators are asked, and whether their answer counts: always with user verification."""

from dataclasses import dataclass
from typing import Final, final
from uuid import UUID

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from aggregates.person import Passkey
from ledger.errors import Malformed
from ledger.passkey_signature import read_key

TIMEOUT_MS: Final = 5 * 60 * 1000
ANSWER_LENGTH_MAX: Final = 12 * 1024
# What authenticators show is no personal text: they keep it, and some copy it to elsewhere.
SHOWN_NAME: Final = "Therapist OS"
# What ledger/passkey_signature.py and the auditors' verifier know, so that every passkey can sign.
_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_MULTI_DEVICE: Final = CredentialDeviceType.MULTI_DEVICE


@final
class PasskeyRefused(Exception):
    """An answer that proves nothing; why is not told, and none of it is repeated."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom passkeys are for: a host, and the one origin whose pages may ask."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that was just made, and how often it signed by its own count."""

    passkey: Passkey
    sign_count: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """A check that was passed with a passkey."""

    sign_count: int
    may_be_synced: bool
    is_synced: bool


class _ClientData(msgspec.Struct, rename="camel"):
    cross_origin: bool = False


def creation_options(
    party: RelyingParty, person_id: UUID, challenge: bytes, known: list[bytes]
) -> str:
    """Return what to make a passkey from, as JSON for the browser."""
    return options_to_json(
        generate_registration_options(
            rp_id=party.host,
            rp_name=SHOWN_NAME,
            user_id=person_id.bytes,
            user_name=SHOWN_NAME,
            user_display_name=SHOWN_NAME,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            exclude_credentials=_descriptors(known),
            supported_pub_key_algs=_ALGORITHMS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )


def request_options(party: RelyingParty, challenge: bytes, allowed: list[bytes]) -> str:
    """Return what to check a passkey with, as JSON; none allowed means any of this host."""
    return options_to_json(
        generate_authentication_options(
            rp_id=party.host,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=_descriptors(allowed),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def verify_creation(
    party: RelyingParty, answer: RegistrationCredential, challenge: bytes
) -> NewPasskey:
    """Return the new passkey. Raises `PasskeyRefused`."""
    try:
        _refuse_frames(answer.response.client_data_json)
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
        read_key(verified.credential_public_key)
        passkey = Passkey(
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            aaguid=UUID(verified.aaguid),
            may_be_synced=verified.credential_device_type is _MULTI_DEVICE,
            is_synced=verified.credential_backed_up,
        )
    except (WebAuthnException, ValueError, Malformed):
        raise PasskeyRefused from None
    return NewPasskey(passkey, verified.sign_count)


def verify_assertion(
    party: RelyingParty, answer: AuthenticationCredential, challenge: bytes, passkey: Passkey
) -> Assertion:
    """Return what the check showed. Raises `PasskeyRefused`.

    The sign count is compared where it is stored, so that two checks at once cannot both pass.
    """
    try:
        _refuse_frames(answer.response.client_data_json)
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        raise PasskeyRefused from None
    return Assertion(
        verified.new_sign_count,
        verified.credential_device_type is _MULTI_DEVICE,
        verified.credential_backed_up,
    )


def read_creation(text: str) -> RegistrationCredential:
    """Return the answer to `creation_options`. Raises `PasskeyRefused`."""
    _refuse_long(text)
    try:
        return parse_registration_credential_json(text)
    except (WebAuthnException, ValueError, TypeError, RecursionError):
        raise PasskeyRefused from None


def read_assertion(text: str) -> AuthenticationCredential:
    """Return the answer to `request_options`. Raises `PasskeyRefused`."""
    _refuse_long(text)
    try:
        return parse_authentication_credential_json(text)
    except (WebAuthnException, ValueError, TypeError, RecursionError):
        raise PasskeyRefused from None


def challenge_of(answer: RegistrationCredential | AuthenticationCredential) -> bytes:
    """Return the challenge that the browser says it was given. Raises `PasskeyRefused`."""
    try:
        return parse_client_data_json(answer.response.client_data_json).challenge
    except (WebAuthnException, ValueError, TypeError, RecursionError):
        raise PasskeyRefused from None


def _refuse_frames(client_data_json: bytes) -> None:
    """Refuse what came from a frame in a page of somebody else."""
    if msgspec.json.decode(client_data_json, type=_ClientData).cross_origin:
        raise ValueError("from another page's frame")


def _refuse_long(text: str) -> None:
    if len(text) > ANSWER_LENGTH_MAX:
        raise PasskeyRefused


def _descriptors(credential_ids: list[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in credential_ids]
