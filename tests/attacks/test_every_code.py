"""For each code of the verifier the shortest lie that ends in it, told to it as a zip."""

import gc
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import pytest
from msgspec import structs

from aggregates.hours.week_content import RowContent
from aggregates.hours.week_row import Assertion
from ledger.epoch import SlotLeaf
from tests.aggregates.hours_examples import SUPERVISOR
from tests.attacks.bundles import VERIFY, Files, changed
from tests.attacks.forge import ORIGIN, START_US, Event, Lie, events, forged, told
from tests.attacks.on_disk import write_zip
from tests.attacks.policies import policy, witness
from tests.attacks.rich import rich, rich_epochs, rich_log
from tests.attacks.root_logs import Epoch, filler, held, stamped
from tests.attacks.stamps import granted
from tests.attacks.weeks import (
    AMENDED,
    CREDENTIAL,
    KEYS,
    REVOKED,
    WEEK,
    WeekLie,
    again,
    event,
    honest_facts,
)
from tests.attacks.weeks import bundle as signed_week
from tests.passkeys import es256
from web.identity.challenges import Purpose, prefix_of

HOUR_US: Final = 3_600_000_000
# The verifier ends with its process, and leaves to it the files that it read once.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
Change = Callable[[bytes], bytes]


def altered(name: str, change: Change) -> Callable[[], Files]:
    """The rich bundle with one file changed by whoever hands it over."""
    return lambda: changed(rich(), name, change)


def told_of(position: int, **lie: object) -> Callable[[], Files]:
    """A history with one event told otherwise, hashed and signed like any."""

    def bundle() -> Files:
        some = events()
        some[position] = replace(some[position], **lie)
        return forged(told(some))

    return bundle


def sealed(lie: Lie, *more: Event) -> Callable[[], Files]:
    """The honest history and more, sealed or disclosed otherwise."""
    return lambda: forged(told([*events(), *more]), lie)


def hours(*times: int) -> Lie:
    """Epochs at these hours."""
    return Lie(epoch_times_us=tuple(START_US + hour * HOUR_US for hour in times))


def slot(size: int, number: int = 1) -> Lie:
    """A last epoch that holds so much of the log in another slot, or with another root."""
    return Lie(slot_leaf=SlotLeaf(number, ORIGIN, size, bytes(32), bytes(16)))


def without(name: str) -> Callable[[], Files]:
    """The rich bundle without a file."""
    return lambda: {path: content for path, content in rich().items() if path != name}


def other_body() -> Files:
    """A ciphertext of one record in the place of another, its hash redone."""
    honest, some = told(events()), events()
    body = honest.bodies[2] or b""
    some[1].stored = lambda _nonce, _preamble: body
    return forged(told(some), Lie(disclosed=(2,)))


def other_past() -> Files:
    """An earlier epoch that held another history."""
    log, other = told(events()), events()
    other[1].body = b"rewritten"
    held_now = [held(told(other).leaves, 3), held(log.leaves, 8)]
    epochs = [Epoch(START_US + HOUR_US, (filler(0), each)) for each in held_now]
    return forged(log, Lie(epochs=epochs))


def stamped_at(time_us: int) -> Files:
    """A stamp of the third epoch that states this time."""
    log = rich_log()
    epochs, _ = rich_epochs(log)
    epochs, stamps = stamped(epochs, 3, granted(time_us))
    return forged(log, Lie(epochs=epochs, stamps=stamps))


def other_record(epochs: bytes) -> bytes:
    """A later time in the first record."""
    line = epochs.split(b"\n")[1].removeprefix(b"record ")
    record = bytearray(b64decode(line))
    record[31] ^= 1
    return epochs.replace(line, b64encode(record))


def week(lie: WeekLie) -> Callable[[], Files]:
    """A signed week told otherwise."""
    return lambda: signed_week(lie, Lie(disclosed=(WEEK, WEEK + 1)))


def says(what: str, instead: str) -> Callable[[], Files]:
    """A signed statement that says something else in one place."""
    return week(WeekLie(shown=lambda text: text.replace(what, instead, 1)))


def answered(answer: Callable[[bytes], Assertion]) -> Callable[[], Files]:
    """A statement under which stands another answer."""
    return week(WeekLie(answer=answer))


def elsewhere(row: RowContent) -> RowContent:
    """The row over an entry that no log has."""
    return structs.replace(row, entries=(structs.replace(row.entries[0], leaf=bytes(32)),))


def own(row: RowContent) -> RowContent:
    """The row as the supervisor's own."""
    return structs.replace(row, key=structs.replace(row.key, person_id=SUPERVISOR))


def shown_again() -> list[Event]:
    """The row taken back and submitted as it was, under the signature that it had."""
    return [AMENDED, *(event(WEEK, fact) for fact in honest_facts())]


def signed_in(_: bytes) -> Assertion:
    """What the signer's passkey answered when they came in."""
    return es256().assertion(prefix_of(Purpose.SIGN_IN) + bytes(32), CREDENTIAL)


STAMP: Final = "timestamps/2/token.tsr"
RECORD: Final = UUID(int=2).hex
ZERO: Final = b64encode(bytes(32))
UNREADABLE: Final = Event(KEYS, b"\x90", b"passkey-revoked.v1", is_clear=True)
LIES: Final[dict[str, Callable[[], Files]]] = {
    "file-missing": without("epochs"),
    "file-unexpected": lambda: rich() | {"notes.txt": b""},
    "file-oversized": lambda: rich() | {"policy": bytes(2 << 20)},
    "file-unsafe": lambda: rich() | {"../policy": b""},
    "policy-malformed": altered("policy", lambda raw: raw + b"\n"),
    "policy-differs": lambda: forged(told(events()), Lie(policy=policy("quorum none", log="x"))),
    "checkpoint-malformed": altered("root/checkpoint", lambda raw: raw[:-1]),
    "signature-invalid": altered("root/checkpoint", lambda raw: raw.replace(b"\n5\n", b"\n4\n")),
    "quorum-not-met": sealed(Lie(policy=policy(witness("north"), "quorum north"))),
    "root-mismatch": altered("root/tile/0/000.p/5", lambda raw: bytes(32) + raw[32:]),
    "fork": told_of(1, body=b"rewritten"),
    "rollback": lambda: forged(told(events()), Lie(sealed_after=())),
    "epochs-malformed": altered("epochs", lambda raw: raw.replace(b"@v1", b"@v2")),
    "epoch-not-in-root-log": altered("epochs", other_record),
    "slot-proof-invalid": altered("epochs", lambda raw: raw[:-46] + ZERO + b"\n\n"),
    "slot-wrong": sealed(slot(8, 7)),
    "slot-shrinks": sealed(slot(1)),
    "anchor-root-differs": other_past,
    "epoch-left-out": sealed(Lie(shown=(1, 2))),
    "epoch-time-falls": sealed(hours(3, 2, 4)),
    "entries-malformed": altered("practice/tile/entries/000", lambda raw: raw + b"\0"),
    "tile-differs": altered("practice/tile/0/000", lambda raw: bytes(32) + raw[32:]),
    "practice-root-differs": sealed(slot(8)),
    "leaf-malformed": told_of(3, tag=b"session logged"),
    "other-practice": told_of(3, practice=UUID(int=0xB).bytes),
    "version-skipped": told_of(3, version=3),
    "chain-broken": told_of(3, previous=bytes(32)),
    "time-falls": told_of(3, time_us=START_US),
    "postdated": told_of(7, time_us=START_US + HOUR_US),
    "backdated": sealed(hours(2, 3, 4)),
    "body-missing": altered("range", lambda raw: raw[:-2] + b"2\n"),
    "body-differs": altered("bodies/000", lambda raw: raw[:4] + b"x" + raw[5:]),
    "key-wrong": altered(f"disclosed/{RECORD}.key", lambda _: b"00" * 32 + b"\n"),
    "key-changed": told_of(3, key=99),
    "key-shared": told_of(4, key=3),
    "key-returned": sealed(Lie(disclosed=(4,))),
    "does-not-open": other_body,
    "shredding-malformed": told_of(6, body=b"\x90"),
    "timestamp-malformed": altered(STAMP, lambda raw: raw + b"\0"),
    "timestamp-unbound": altered(STAMP, lambda raw: raw.replace(b"2026", b"2025")),
    "timestamp-time": lambda: stamped_at(START_US),
    "proof-differs": altered("proofs/epoch.tlog-proof", lambda raw: raw.replace(b"4", b"3", 1)),
    "range-malformed": altered("range", lambda raw: raw.replace(b"from ", b"from  ")),
    "week-malformed": week(WeekLie(before=(UNREADABLE,))),
    "week-not-submitted": week(WeekLie(left_out=("submitted",))),
    "week-names-differ": says("Sam Roe", "Sam Doe"),
    "week-numbers-differ": says("750", "751"),
    "week-entries-differ": says("SHA-256: ", "SHA-256: 0"),
    "week-meaning-differs": says("correct", "wrong"),
    "week-time-differs": week(WeekLie(at_us=START_US)),
    "week-entry-unknown": week(WeekLie(content=elsewhere)),
    "week-twice": week(WeekLie(after=again(WEEK + 1))),
    "week-own": week(WeekLie(content=own)),
    "signature-twice": week(WeekLie(after=tuple(shown_again()))),
    "passkey-unknown": week(WeekLie(left_out=("registered",))),
    "passkey-revoked": week(WeekLie(before=(REVOKED,))),
    "sign-in-shown": answered(signed_in),
    "statement-not-signed": answered(lambda _: es256().assertion(bytes(32), CREDENTIAL)),
    "assertion-wrong": answered(lambda shown: es256().assertion(shown, CREDENTIAL, flags=1)),
    "assertion-invalid": answered(lambda shown: es256(2).assertion(shown, CREDENTIAL)),
    "malformed": rich,
}


def test_every_code_has_its_lie() -> None:
    """Each code that the verifier knows, and no other."""
    assert LIES.keys() == VERIFY.FAILURES.keys()
    statuses = [status for status, _ in VERIFY.FAILURES.values()]
    assert len(set(statuses)) == len(statuses)
    assert min(statuses) > 2  # 0, 1 and 2 say other things


@pytest.mark.parametrize("code", LIES)
def test_each_lie_ends_in_its_code(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its exit status and its sentence, beside the checkpoints and the policy of before."""
    place, honest = write_zip(tmp_path / "bundle.zip", LIES[code]()), forged(told(events()))
    if code == "malformed":
        place.write_bytes(b"PK\x03\x04 and nothing of a zip")
    kept = ["--since", "root/checkpoint", "--since", "practice/checkpoint"]
    asked = {"fork": kept, "rollback": kept[:2], "policy-differs": ["--policy", "policy"]}
    for name in ("root/checkpoint", "practice/checkpoint", "policy"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(honest[name])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["verify.py", str(place), "--json", *asked.get(code, [])])
    status = VERIFY.main()
    gc.enable()
    found = msgspec.json.decode(capsys.readouterr().out)
    assert (found["valid"], found["failure"]) == (False, code)
    assert (status, found["means"]) == VERIFY.FAILURES[code]
