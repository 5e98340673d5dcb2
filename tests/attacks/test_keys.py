"""Lies about what is sealed: keys that are not the one, moved ciphertexts, records not shredded."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.note import SigningKey
from tests.attacks import policies
from tests.attacks.bundles import Files, report, verdict
from tests.attacks.double_opening import opened_by_both
from tests.attacks.forge import Event, Lie, events, forged, secret, shredding, told
from tests.attacks.root_logs import LOG


def key_file(key: int) -> str:
    """The path of a disclosed key."""
    return f"disclosed/{UUID(int=key).hex}.key"


def moved(event: Event, body: bytes | None, nonce: bytes) -> Event:
    """The event with a ciphertext that was sealed elsewhere in its place, nonce and all."""
    assert body is not None
    event.nonce, event.stored = nonce, lambda _nonce, _preamble: body
    return event


def nonce_of(raw: bytes) -> bytes:
    """The nonce in the leaf of a sealed event."""
    return raw[-48:-36]


@pytest.mark.parametrize(("source", "target"), [(1, 3), (3, 1), (2, 3), (1, 2)])
def test_a_ciphertext_moved_to_another_row_does_not_open(source: int, target: int) -> None:
    """Hashes, tree and signatures are redone: of the same stream and key, and of another's."""
    honest, some = told(events()), events()
    moved(some[target], honest.bodies[source], nonce_of(honest.leaves[source]))
    assert verdict(forged(told(some), Lie(disclosed=(2, 3)))) == "does-not-open"
    sealed = report(forged(told(some)))
    assert (sealed["readable"], sealed["sealed"]) == (0, 5)  # nobody looked, nobody was told


def test_a_ciphertext_moved_to_another_practice_does_not_open() -> None:
    """The same stream, version, key and nonce: the practice alone is another."""
    elsewhere, some = events(), events()
    for event in elsewhere:
        event.practice = UUID(int=0xB).bytes
    honest = told(elsewhere)
    assert verdict(forged(honest, Lie(disclosed=(2,)))) == "valid"
    moved(some[1], honest.bodies[1], nonce_of(honest.leaves[1]))
    assert verdict(forged(told(some), Lie(disclosed=(2,)))) == "does-not-open"


def test_a_ciphertext_that_two_keys_open_has_one_of_them() -> None:
    """AES-GCM authenticates it under both; the commitment in the leaf is to the first."""
    keys = secret(2), secret(77)
    some = events()
    some[1].stored = lambda nonce, preamble: opened_by_both(keys, nonce, preamble)
    log = told(some)
    body, raw = log.bodies[1], log.leaves[1]
    assert body is not None
    texts = [AESGCM(key).decrypt(nonce_of(raw), body, raw[:-36]) for key in keys]
    assert texts[0] != texts[1]
    bundle = forged(log, Lie(disclosed=(2,)))
    assert verdict(bundle) == "valid"
    assert verdict(bundle | {key_file(2): f"{keys[1].hex()}\n".encode()}) == "key-wrong"


@pytest.mark.parametrize("name", [key_file(2), key_file(2).upper(), key_file(99)])
def test_a_disclosed_key_is_one_of_the_events(name: str) -> None:
    """Not another, not one of no event, and named in one way."""
    bundle = forged(told(events()), Lie(disclosed=(2,)))
    other = bundle | {name.replace("DISCLOSED", "disclosed"): b"ab" * 32 + b"\n"}
    assert verdict(other) == ("file-unexpected" if name.isupper() else "key-wrong")
    assert verdict(bundle | {"disclosed/2.key": b"ab" * 32 + b"\n"}) == "file-unexpected"


@pytest.mark.parametrize("content", [b"", b"ab" * 32, b"AB" * 32 + b"\n", b"ab" * 31 + b"\n"])
def test_a_disclosed_key_has_one_spelling(content: bytes) -> None:
    """64 hexadecimal digits and a newline."""
    bundle = forged(told(events()), Lie(disclosed=(2,)))
    assert verdict(bundle | {key_file(2): content}) == "key-wrong"


@pytest.mark.parametrize(
    ("position", "key", "code"),
    [(3, 3, "key-changed"), (3, 99, "key-changed"), (4, 3, "key-shared"), (2, 2, "key-shared")],
)
def test_a_stream_has_one_key_and_a_key_one_stream(position: int, key: int, code: str) -> None:
    """Else destroying a record's key would not destroy the record, or more than it."""
    some = events()
    some[position].key = key
    assert verdict(forged(told(some))) == code


@pytest.mark.parametrize(
    "event",
    [Event(4), Event(6, key=4), Event(4, key=4, body=b"made anew")],
    ids=["used on, as from a cache", "in another stream", "made anew"],
)
def test_a_destroyed_key_that_is_used_again_is_found(event: Event) -> None:
    """Wherever it came from: a cache, a backup, or a key made anew under the same id."""
    assert verdict(forged(told([*events(), event]))) == "key-returned"


def test_a_destroyed_key_that_is_disclosed_is_found() -> None:
    """A copy of it was kept: a backup opens what was shredded."""
    assert verdict(forged(told(events()), Lie(disclosed=(4,)))) == "key-returned"


def test_a_shredded_stream_gets_no_other_key() -> None:
    """Nothing is sealed in it again under any."""
    assert verdict(forged(told([*events(), Event(4, key=99)]))) == "key-changed"


TOLD = shredding(4, 4).body


@pytest.mark.parametrize(
    "event",
    [
        shredding(4, 99),
        shredding(3, 4),
        shredding(99, 4),
        shredding(4, 4, b"\x90"),
        shredding(4, 4, TOLD[:53]),
        shredding(4, 4, b"\x95" + TOLD[1:]),
        shredding(4, 4, TOLD.replace(b"shredded.v1", b"shredded.v2")),
        shredding(4, 4, TOLD[:18] + b"\x11" + TOLD[19:]),
        shredding(4, 4, TOLD[:36] + b"\x11" + TOLD[37:]),
    ],
)
def test_shredding_is_told_in_one_form(event: Event) -> None:
    """Of a key that no event has, of another stream, cut off or written otherwise it is none."""
    some = events()
    some[6] = event
    assert verdict(forged(told(some))) == "shredding-malformed"


def test_shredding_that_is_told_before_the_record_is_none() -> None:
    """A key that no event has yet cannot be destroyed."""
    assert verdict(forged(told([shredding(2, 2), *events()]))) == "shredding-malformed"


def states(bundle: Files) -> tuple[int, int, int]:
    """How many bodies are readable, sealed and shredded."""
    found = report(bundle)
    return found["readable"], found["sealed"], found["shredded"]


def test_shredded_is_what_an_event_says_and_nothing_else() -> None:
    """A record that somebody says was shredded stays sealed while no event of the log says so."""
    some = events()
    assert states(forged(told(some), Lie(disclosed=(2,)))) == (3, 2, 1)
    some[6] = Event(1, b"said elsewhere", b"practice-named.v1", is_clear=True)
    assert states(forged(told(some), Lie(disclosed=(2,)))) == (3, 3, 0)
    some[6] = Event(0xDEAD, shredding(4, 4).body, b"key-shredded.v1")  # sealed: no one can read it
    assert states(forged(told(some), Lie(disclosed=(2,)))) == (3, 4, 0)


@pytest.mark.parametrize("position", [4, 6, 0])
def test_a_deleted_row_is_not_a_shredded_one(position: int) -> None:
    """An event that its key was destroyed excuses no missing ciphertext, nor its own."""
    log = told(events())
    log.bodies[position] = None
    assert verdict(forged(log)) == "body-missing"


def test_a_foreign_or_revoked_key_signs_nothing() -> None:
    """The policy names the key; keeping the policy tells an exchanged one."""
    honest = forged(told(events()))
    foreign = forged(told(events()), Lie(signer=bytes(32)))
    assert verdict(foreign) == "signature-invalid"
    assert verdict(honest, kept=honest["policy"]) == "valid"
    policy = policies.policy(
        "quorum none", log=f"log {SigningKey(LOG, bytes(32)).verifier_key.encode()}"
    )
    exchanged = foreign | {"policy": policy}
    assert verdict(exchanged) == "valid"  # whoever kept no policy sees a log like any other
    assert verdict(exchanged, kept=honest["policy"]) == "policy-differs"
    assert verdict(honest | {"policy": policy}) == "signature-invalid"
    assert verdict(honest, kept=honest["policy"] + b"\n") == "policy-differs"
