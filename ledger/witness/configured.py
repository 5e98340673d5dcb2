"""The policy that the settings name: whom we ask to cosign, and what a bundle must have."""

from ledger.errors import Malformed, SettingsInvalid, Unavailable
from ledger.policy import Policy, decode
from ledger.postgres.settings import Settings
from ledger.seal_log.signer import verifier_key


def asked_policy(settings: Settings) -> Policy | None:
    """Return the policy of the settings, None without one; whose log it is is not looked at yet.

    Raises `SettingsInvalid` for a file that is no policy.
    """
    if settings.witness_policy is None:
        return None
    try:
        return decode(settings.witness_policy.read_bytes())
    except (OSError, Malformed):
        raise SettingsInvalid(
            "WITNESS_POLICY is no policy: write it as docs/format.md tells, Policy"
        ) from None


def bundle_policy(settings: Settings) -> Policy:
    """Return the policy of our bundles: that of the settings, or our own key and no witness.

    Where there is no key of our own, as on an auditor's machine, that of the settings is enough.
    Raises `SettingsInvalid` for a file that is no policy, or is of another log, `Unavailable` when
    nothing was ever signed and no policy says whose log it is.
    """
    log, asked = verifier_key(settings.data_dir, settings.ledger_name), asked_policy(settings)
    if asked is not None and log in {None, asked.log}:
        return asked
    if log is None:
        raise Unavailable("nothing is signed yet: start the service once, or set WITNESS_POLICY")
    if asked is not None:
        raise SettingsInvalid("WITNESS_POLICY has another log line: take that of a bundle's policy")
    return Policy(log)
