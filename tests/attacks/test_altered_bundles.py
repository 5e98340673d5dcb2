"""Lies of whoever hands a bundle over without the signing key: each has a code of its own."""

import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from ledger.bundle.log_files import LEFT_OUT
from tests.attacks.bundles import VERIFY, Files, changed, verdict
from tests.attacks.forge import forged
from tests.attacks.rich import FIRST_DAY, rich, rich_log

Change = Callable[[bytes], bytes]
ROOT: Final = "root/checkpoint"
EPOCH: Final = "proofs/epoch.tlog-proof"
STAMPED: Final = "timestamps/2/checkpoint"
BODIES: Final = "bodies/000"
ENTRIES: Final = "practice/tile/entries/000"
LINES: Final = re.compile(rb"(?<=\n)([0-9]+)(?=\n)")


@pytest.fixture(scope="module")
def bundle() -> Files:
    """An honest bundle of everything, over more than one tile."""
    return rich()


def test_the_bundle_is_valid_as_it_is(bundle: Files) -> None:
    """So that what is refused below is refused for its change."""
    assert verdict(bundle) == "valid"


def test_every_file_is_missed(bundle: Files) -> None:
    """But where others follow from it: a key's proofs, a token's files, and bodies out of range."""
    others = {"disclosed/": "file-unexpected", "range": "body-missing"}
    for name in bundle:
        without = {each: content for each, content in bundle.items() if each != name}
        expected = next((others[each] for each in others if name.startswith(each)), "file-missing")
        expected = "file-unexpected" if name.endswith("token.tsr") else expected
        assert verdict(without) == expected, name


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "root/tile/0/000",
        "practice/tile/0/002",
        "practice/tile/entries/001.p/153",
        "practice/tile/2/000.p/1",
        "bodies/002",
        "proofs/6.tlog-proof",
        "timestamps/2/other",
        "timestamps/3/checkpoint",
        "disclosed/readme",
        "consistency/1",
    ],
)
def test_a_file_too_many_is_found(bundle: Files, name: str) -> None:
    """Also where it looks as if it belonged."""
    assert verdict(bundle | {name: b"x"}) == "file-unexpected"


def test_a_renamed_file_is_missing(bundle: Files) -> None:
    """Names follow from sizes, so each has one."""
    renamed = {name.replace("bodies/000", "bodies/000.p/256"): c for name, c in bundle.items()}
    assert verdict(renamed) == "file-missing"


NOTES: Final[list[Change]] = [
    lambda c: LINES.sub(rb"0\1", c, count=1),
    lambda c: LINES.sub(rb"+\1", c, count=1),
    lambda c: LINES.sub(rb"0", c, count=1),
    lambda c: LINES.sub(rb"9223372036854775808", c, count=1),
    lambda c: c.replace(c.split(b"\n")[2], b64encode(bytes(31)), 1),
    lambda c: c.replace(b"\n", b"\r\n", 1),
    lambda c: c + b"\n",
    lambda c: c[:-1],
    lambda c: c.replace(b"\n\n", b"\nmore\n\n"),
    lambda c: c + c.split(b"\n\n")[1],
    lambda c: c.replace(b"=\n\n", b"\n\n"),
    lambda c: c.split(b"\n\n")[0] + b"\n\n",
    lambda c: c.replace("—".encode(), b"-"),
]
SPELLINGS: Final[list[tuple[str, Change, str]]] = [
    *(
        (place, change, "checkpoint-malformed")
        for place in (ROOT, "practice/checkpoint", STAMPED)
        for change in NOTES
    ),
    ("practice/checkpoint", lambda c: c.replace(b"p/1", b"p/01"), "signature-invalid"),
    ("policy", lambda c: c.replace(b"quorum ", b"quorum  "), "policy-malformed"),
    ("policy", lambda c: c.upper(), "policy-malformed"),
    ("epochs", lambda c: c.replace(b"slot-proof@v1", b"slot-proof@v2"), "epochs-malformed"),
    ("epochs", lambda c: c + b"\n", "epochs-malformed"),
    ("epochs", lambda _: b"", "epochs-malformed"),
    ("epochs", lambda c: c[:-1], "epochs-malformed"),
    ("epochs", lambda c: c.split(b"\n\n")[0] + b"\n\n", "epochs-malformed"),
    ("epochs", lambda c: c.split(b"\n\n")[0] + b"\n\n" + c, "epochs-malformed"),
    ("epochs", lambda c: c.replace(b"\nslot ", b"\nslot  "), "epochs-malformed"),
    ("epochs", lambda c: c.replace(b"\nslot ", b"\nslots "), "epochs-malformed"),
    ("epochs", lambda c: b"".join(c.partition(b"\n\n")[::-1]), "epochs-malformed"),
    (EPOCH, lambda c: c.replace(b"index 4", b"index 04"), "proof-differs"),
    (EPOCH, lambda c: c.replace(b"index", b"extra AA==\nindex"), "proof-differs"),
    (EPOCH, lambda c: c.replace(b"@v1", b"@v2"), "proof-differs"),
    (EPOCH, lambda c: c.replace(b"c2sp.org", b"c2sp-org"), "proof-differs"),
    ("proofs/1.tlog-proof", lambda c: c.replace(b"index 1\n", b"index 2\n"), "proof-differs"),
    ("consistency/0", lambda c: c.replace(b"old 0", b"old 00"), "proof-differs"),
    ("consistency/0", lambda c: c.replace(b"old 0", b"old 1"), "proof-differs"),
    ("consistency/0", lambda c: c.replace(b"\n\n", b"\n\n\n", 1), "proof-differs"),
    ("consistency/0", lambda c: c.replace(b"\n", b"\nAAAA\n", 1), "proof-differs"),
    ("consistency/2", lambda c: c.replace(b"old 2", b"old 02"), "proof-differs"),
    ("consistency/4", lambda c: c.replace(b"old 4\n", b"old 4\n\n", 1), "proof-differs"),
    ("practice/tile/0/000", lambda c: c[:-1], "tile-differs"),
    ("practice/tile/0/000", lambda c: c + b"\0", "file-oversized"),
    ("practice/tile/1/000.p/1", lambda c: c[:-1], "tile-differs"),
    ("root/tile/0/000.p/5", lambda c: c[:-1], "tile-differs"),
    ("root/tile/0/000.p/5", lambda c: c + bytes(32), "tile-differs"),
    (ENTRIES, lambda c: c[:-1], "entries-malformed"),
    (ENTRIES, lambda c: b"\0\x20" + c[2:], "entries-malformed"),
    (BODIES, lambda c: c + b"\0", "entries-malformed"),
    (BODIES, lambda c: c[:-1], "entries-malformed"),
    (BODIES, lambda _: b"", "entries-malformed"),
    ("bodies/001.p/152", lambda c: c + LEFT_OUT, "entries-malformed"),
    ("range", lambda c: c.replace(b"from", b"From"), "range-malformed"),
    ("range", lambda c: c[:-1], "range-malformed"),
    ("range", lambda c: c + b"\n", "range-malformed"),
    ("range", lambda c: c.replace(b"2026-", b"2026", 1), "range-malformed"),
    ("range", lambda c: c.replace(b"-09-", b"-13-", 1), "range-malformed"),
    ("range", lambda c: c.replace(b"2026-", b"2027-", 1), "range-malformed"),
]


@pytest.mark.parametrize(("name", "change", "code"), SPELLINGS)
def test_one_spelling_only(bundle: Files, name: str, change: Change, code: str) -> None:
    """Numbers, base64, line ends, formats of a later version, lines too many or too few."""
    assert verdict(changed(bundle, name, change)) == code


def test_numbers_end_where_formats_do() -> None:
    """At 2^63 - 1, which is still one."""
    assert VERIFY.number("9223372036854775807") == (1 << 63) - 1
    with pytest.raises(VERIFY.Failure), VERIFY.reading("malformed"):
        VERIFY.number("9223372036854775808")


def test_base64_has_one_spelling(bundle: Files) -> None:
    """The unused bits of a last character must be zero."""
    text = bundle["root/checkpoint"].decode().split("\n")
    root = text[2]
    again = root[:-2] + chr(ord(root[-2]) + 1) + "="
    assert b64decode(again)[:32] == b64decode(root) or b64encode(b64decode(again)) != again.encode()
    altered = bundle["root/checkpoint"].replace(root.encode(), again.encode())
    assert verdict(bundle | {"root/checkpoint": altered}) == "checkpoint-malformed"


def bodies(raw: bytes) -> list[bytes]:
    """The bodies of a file, each after its length."""
    found = list[bytes]()
    while raw:
        (size,) = struct.unpack_from(">I", raw)
        end = 4 + (0 if raw[:4] == LEFT_OUT else size)
        found.append(raw[:end])
        raw = raw[end:]
    return found


def test_a_body_of_another_event_does_not_fit(bundle: Files) -> None:
    """Each is held to the hash in its own entry."""
    first, second, *rest = bodies(bundle[BODIES])
    assert verdict(bundle | {BODIES: b"".join([second, first, *rest])}) == "body-differs"


@pytest.mark.parametrize("position", [0, 1, 5, 6])
def test_a_body_of_the_range_is_there(bundle: Files, position: int) -> None:
    """A clear one always; of the days that were asked for, sealed and destroyed ones too."""
    some = bodies(bundle[BODIES])
    some[position] = LEFT_OUT
    assert verdict(bundle | {BODIES: b"".join(some)}) == "body-missing"


def test_a_body_of_another_day_is_left_out(bundle: Files) -> None:
    """There is one bundle of a range, and it holds nothing that was not asked for."""
    whole = forged(rich_log())
    assert verdict(bundle | {BODIES: whole[BODIES]}) == "body-differs"
    assert verdict(whole | {BODIES: bundle[BODIES]}) == "body-missing"


def test_a_range_says_which_days(bundle: Files) -> None:
    """Both inclusive: with a day less bodies are too many, with a day more they are missed."""
    day = timedelta(days=1)
    for first, last, code in (
        (FIRST_DAY, FIRST_DAY + day, "body-missing"),
        (FIRST_DAY + day, FIRST_DAY + day, "body-differs"),
        (FIRST_DAY - day, FIRST_DAY - day, "body-differs"),
        (FIRST_DAY + 2 * day, FIRST_DAY + 2 * day, "body-differs"),
        (FIRST_DAY, FIRST_DAY - day, "range-malformed"),
        (FIRST_DAY - day, FIRST_DAY, "valid"),  # more days without an event: as true as before
    ):
        assert verdict(bundle | {"range": f"from {first}\nto {last}\n".encode()}) == code
