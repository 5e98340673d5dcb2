"""Lies about who has seen it: cosignatures that are none, quorums not met, policies bent."""

from base64 import b64decode, b64encode
from typing import Final

import pytest

from ledger import note as notes
from ledger.cosignature import CosigningKey, cosigned
from ledger.note import Note, SigningKey
from tests.attacks.bundles import Files, report, verdict
from tests.attacks.forge import COSIGNED_S, Lie, events, forged, told
from tests.attacks.policies import LOG_LINE, NAMES, NESTED, WITNESSES, policy, vkey, witness
from tests.attacks.root_logs import LOG, SEED

ROOT: Final = "root/checkpoint"
ALL: Final = [witness(name) for name in NAMES]
TWO_OF_THREE: Final = policy(*ALL, "group most 2 north south east", "quorum most")


def bundle(asked: bytes, *names: str) -> Files:
    """An honest bundle under this policy, cosigned by these witnesses."""
    cosigners = tuple(WITNESSES[name] for name in names)
    return forged(told(events()), Lie(policy=asked, cosigners=cosigners))


@pytest.mark.parametrize(
    ("asked", "names", "code"),
    [
        (TWO_OF_THREE, NAMES, "valid"),
        (TWO_OF_THREE, ("north", "east"), "valid"),
        (TWO_OF_THREE, ("south",), "quorum-not-met"),
        (TWO_OF_THREE, (), "quorum-not-met"),
        (NESTED, ("north", "east"), "valid"),
        (NESTED, ("south", "east"), "valid"),
        (NESTED, ("north", "south"), "quorum-not-met"),
        (NESTED, ("east",), "quorum-not-met"),
        (policy(ALL[0], "quorum north"), ("north",), "valid"),
        (policy(ALL[0], "quorum north"), (), "quorum-not-met"),
        (policy(*ALL, "group g any north south east", "quorum g"), ("east",), "valid"),
        (policy(*ALL, "group g any north south east", "quorum g"), (), "quorum-not-met"),
        (policy(*ALL, "group g all north south east", "quorum g"), NAMES, "valid"),
        (policy(*ALL, "group g all north south east", "quorum g"), NAMES[:2], "quorum-not-met"),
    ],
)
def test_the_quorum_of_the_policy_has_to_be_met(
    asked: bytes, names: tuple[str, ...], code: str
) -> None:
    """By witnesses, by groups, and by groups of groups."""
    assert verdict(bundle(asked, *names)) == code


def test_the_report_names_who_cosigned_and_when() -> None:
    """In the policy's words; the log's own signature is none of them."""
    found = report(bundle(NESTED, "north", "east"))["witnesses"]
    assert found == {"north": COSIGNED_S, "east": COSIGNED_S}


def with_lines(files: Files, change: Note) -> Files:
    """The bundle with another note in each place where the root checkpoint stands."""
    was, now = files[ROOT], change.encode()
    return {name: content.replace(was, now) for name, content in files.items()}


def note_of(files: Files) -> Note:
    return notes.decode(files[ROOT])


def test_a_cosignature_that_does_not_verify_spoils_the_checkpoint() -> None:
    """By another key in its name, of another time, of another text, or cut off."""
    honest = bundle(TWO_OF_THREE, "north", "south")
    note = note_of(honest)
    own, north, south = note.signatures
    forger = CosigningKey("north.example", b"\x77" * 32).cosign(note.text, COSIGNED_S)
    other_text = WITNESSES["north"].cosign(note.text.replace("\n3\n", "\n4\n"), COSIGNED_S)
    later = (COSIGNED_S + 1).to_bytes(8, "big") + north.value[8:]
    for value in (forger.value, other_text.value, later, north.value[:-1], bytes(72)):
        line = notes.Signature(north.key_name, north.key_id, value)
        spoilt = Note(note.text, (own, line, south))
        assert verdict(with_lines(honest, spoilt)) == "signature-invalid"


def test_a_line_of_somebody_unknown_is_not_in_a_bundle() -> None:
    """Neither a witness that the policy has not, nor the log's signature in a witness's name."""
    honest = bundle(policy(ALL[0], "quorum north"), "north")
    note = note_of(honest)
    stranger = WITNESSES["south"].cosign(note.text, COSIGNED_S)
    assert verdict(with_lines(honest, cosigned(note, [stranger]))) == "signature-invalid"
    plain = SigningKey("north.example", b"\1" * 32).sign(
        note.text
    )  # the right key, not as a witness
    alone = Note(note.text, (note.signatures[0], plain))
    assert verdict(with_lines(honest, alone)) == "signature-invalid"


def test_witnesses_do_not_sign_for_the_log() -> None:
    """All of them together are no signature of the log itself."""
    honest = bundle(TWO_OF_THREE, *NAMES)
    note = note_of(honest)
    orphan = Note(note.text, note.signatures[1:])
    assert verdict(with_lines(honest, orphan)) == "signature-invalid"


def test_a_signature_is_given_once() -> None:
    """A cosignature twice does not make two witnesses."""
    honest = bundle(TWO_OF_THREE, "north")
    note = note_of(honest)
    again = WITNESSES["north"].cosign(note.text, COSIGNED_S + 1)
    assert verdict(with_lines(honest, cosigned(note, [again]))) == "checkpoint-malformed"


def key_line(word: str, name: str, kind: int, key: bytes, hint: str | None = None) -> str:
    """A line with a key as one might write it, its id computed as it should be."""
    packed = bytes([kind]) + key
    told_as = hint or notes.sha256(name.encode() + b"\n" + packed).hexdigest()[:8]
    return f"{word} {name}+{told_as}+{b64encode(packed).decode()}"


KEY: Final = b64decode(vkey("north").split("+", 2)[2])[1:]
LOG_KEY: Final = b64decode(LOG_LINE.split("+", 2)[2])[1:]


@pytest.mark.parametrize(
    "asked",
    [
        policy("quorum none", log=LOG_LINE.replace("log", "witness", 1)),
        policy("quorum none", log=key_line("log", LOG, 4, LOG_KEY)),
        policy("quorum none", log=key_line("log", LOG, 4, LOG_KEY, LOG_LINE.split("+")[1])),
        policy("quorum none", log=key_line("log", LOG, 1, LOG_KEY, "00000000")),
        policy("quorum none", log=key_line("log", LOG, 1, LOG_KEY + b"\0")),
        policy("quorum none", log=LOG_LINE + " "),
        policy("quorum none", log=LOG_LINE + "\n"),
        policy("quorum none")[:-1],
        policy("quorum none") + b"more",
        policy("quorum none", "quorum none"),
        policy("quorate none"),
        policy("quorum\tnone"),
        policy("quorum "),
        policy("quorum north"),
        policy(ALL[0], "quorum none"),
        policy(ALL[0], "quorum south"),
        policy(ALL[0], ALL[1], "quorum north"),
        policy(ALL[0] + " https://north.example", "quorum north"),
        policy(ALL[0].replace(".example", " .example"), "quorum north"),
        policy(ALL[0].replace("north ", " ", 1), "quorum "),
        policy(ALL[0].replace("north ", "none ", 1), "group g 1 none", "quorum g"),
        policy(ALL[0], ALL[1].replace("south ", "north ", 1), "quorum north"),
        policy(ALL[0], ALL[0].replace("north ", "other ", 1), "group g 2 north other", "quorum g"),
        policy(key_line("witness log", LOG, 4, LOG_KEY), "quorum log"),
        policy(key_line("witness north", "north.example", 1, KEY), "quorum north"),
        policy(key_line("witness north", "north.example", 4, KEY, "00000000"), "quorum north"),
        policy(ALL[0], "group g 1 north", ALL[1], "quorum g"),
        policy(ALL[0], "group g 1 north", ALL[1], "group h 2 g south", "quorum h"),
        policy(ALL[0], "group north 1 north", "quorum north"),
        policy(ALL[0], "group g 1 north", "group north 1 g", "quorum north"),
        policy(ALL[0], "group g 1 north", "group g 1 g", "quorum g"),
        policy(ALL[0], "group g 1 north", "group h 1 north", "group i 1 g h", "quorum i"),
        policy(ALL[0], "group g 0 north", "quorum g"),
        policy(ALL[0], "group g 2 north", "quorum g"),
        policy(ALL[0], "group g 01 north", "quorum g"),
        policy(ALL[0], "group g 2 north north", "quorum g"),
        policy(ALL[0], "group g any", "quorum g"),
        policy(ALL[0], "group g 1 north south", "quorum g"),
        policy(ALL[0], "groups g 1 north", "quorum g"),
        policy(ALL[0], "# a comment", "quorum north"),
        policy("quorum none", log="# a comment\n" + LOG_LINE),
    ],
)
def test_a_policy_has_one_spelling_and_one_meaning(asked: bytes) -> None:
    """Each name and key once, each used once by the quorum, which nothing but keys can meet."""
    assert verdict(bundle(asked, "north")) == "policy-malformed"


def test_the_key_of_another_log_s_name_is_another_log() -> None:
    """A root log is the one that the policy names, whoever signs for another."""
    honest = forged(told(events()))
    other = SigningKey("other.example", SEED)
    asked = policy("quorum none", log=f"log {other.verifier_key.encode()}")
    assert verdict(honest | {"policy": asked}) == "signature-invalid"
    text = note_of(honest).text
    crossed = with_lines(honest, notes.sign(text, other)) | {"policy": asked}
    assert verdict(crossed) == "checkpoint-malformed"
