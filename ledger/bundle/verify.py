"""Verifies an audit bundle of Therapist OS with Python 3.11 and the package `cryptography` alone.

    python -I verify.py [BUNDLE] [--since CHECKPOINT]... [--policy FILE] [--json] [--jobs N]

BUNDLE is the folder or zip, by default the folder of this file. The files, and what must hold of
them, are described in docs/format.md of the sources: RFC 6962 trees, C2SP notes, checkpoints and
tiles. Begin with `verify` near the end: it is the whole argument, in its order. What follows from
something verified is computed anew and compared, byte for byte; a file that nothing vouched for
does not belong in a bundle.
"""

import argparse
import base64
import datetime as dt
import gc
import hmac
import itertools
import json
import os
import re
import stat
import struct
import sys
import uuid
import zipfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

FAILURES = {  # code: (exit status, what it means)
    "file-missing": (10, "a file that the bundle must have is not there"),
    "file-unexpected": (11, "there is a file that no such bundle has"),
    "file-oversized": (12, "a file is longer than what it holds can be"),
    "file-unsafe": (13, "a name or kind of file that could lead outside the bundle"),
    "policy-malformed": (20, "the policy is not written as policies are"),
    "policy-differs": (21, "the policy is not the one you kept"),
    "checkpoint-malformed": (22, "a checkpoint or its note is not written as those are"),
    "signature-invalid": (23, "a signature does not verify, or is of a key the policy has not"),
    "quorum-not-met": (24, "too few witnesses have cosigned the checkpoint"),
    "root-mismatch": (31, "the root log's tiles do not make the signed root"),
    "fork": (32, "this log does not extend the checkpoint you kept: history was rewritten"),
    "rollback": (33, "this log is shorter than the checkpoint you kept: history was cut off"),
    "epochs-malformed": (40, "the slot proofs are not written as those are, or not in order"),
    "epoch-not-in-root-log": (41, "an epoch's record is not the leaf of the root log it says"),
    "slot-proof-invalid": (42, "an epoch's slot tree does not hold the slot leaf shown"),
    "slot-wrong": (43, "the slot shown is not this log's"),
    "slot-shrinks": (44, "the log is shorter in a later epoch"),
    "anchor-root-differs": (45, "the events do not make the root that an earlier epoch held"),
    "epoch-left-out": (47, "the log grew in an epoch that is not shown"),
    "epoch-time-falls": (46, "an epoch is dated before the one it follows"),
    "entries-malformed": (50, "an entry bundle or a file of bodies is not whole"),
    "tile-differs": (51, "a tile is not what the entries or tiles below it make"),
    "practice-root-differs": (52, "the events do not make the root that was sealed"),
    "leaf-malformed": (53, "an event is not in the one format this verifier knows"),
    "other-practice": (54, "an event belongs to another practice"),
    "version-skipped": (55, "a stream's versions do not count 1, 2, 3 ..."),
    "chain-broken": (56, "an event does not carry the hash of its stream's previous one"),
    "time-falls": (57, "an event is dated before the one it follows"),
    "postdated": (58, "an event is dated after the epoch that holds it"),
    "backdated": (59, "an event is dated before an epoch that did not hold it yet"),
    "body-missing": (60, "the stored body of an event is left out and may not be"),
    "body-differs": (61, "a body is not the one that its event commits to"),
    "key-wrong": (62, "a disclosed key is not the one that the events commit to"),
    "key-changed": (63, "a stream is sealed under two keys"),
    "key-shared": (64, "two streams are sealed under one key"),
    "key-returned": (65, "a key whose destruction is on record is disclosed or used again"),
    "does-not-open": (66, "a disclosed key does not open an event sealed under it"),
    "shredding-malformed": (67, "an event of a destroyed key is not written as those are"),
    "timestamp-malformed": (70, "a timestamp is not a granted response over SHA-256"),
    "timestamp-unbound": (71, "a timestamp is not of its checkpoint, or no epoch carries it"),
    "timestamp-time": (72, "a timestamp and the epochs around it tell different times"),
    "proof-differs": (80, "a proof file is not the proof that it is named for"),
    "range-malformed": (82, "the range of days is not written as those are"),
    "week-malformed": (100, "an event of a week or a passkey is not written as those are"),
    "week-not-submitted": (101, "a week is signed that was not with the supervisor"),
    "week-names-differ": (102, "a signed statement tells of another week, person or place"),
    "week-numbers-differ": (103, "a signed statement tells other hours than the week has"),
    "week-entries-differ": (104, "a signature is over other entries than the week has"),
    "week-meaning-differs": (105, "a signed statement does not mean what such statements mean"),
    "week-time-differs": (106, "a signed statement tells another time or reference than its event"),
    "week-entry-unknown": (107, "a week sums up what this log did not have then of its supervisee"),
    "week-twice": (114, "one row of a weekly log is told of in two streams"),
    "week-own": (115, "somebody has signed a week of their own"),
    "signature-twice": (116, "one signature is shown for two acts of signing"),
    "passkey-unknown": (108, "a week is signed with a passkey that was not the signer's then"),
    "passkey-revoked": (109, "a week is signed with a passkey that was revoked before"),
    "sign-in-shown": (110, "what a passkey answered to sign in is shown as a signature"),
    "statement-not-signed": (111, "a passkey has signed something else than the statement"),
    "assertion-wrong": (112, "a passkey answered to another page, or verified nobody"),
    "assertion-invalid": (113, "the signature under a week is not the signer's passkey's"),
    "malformed": (90, "something is so wrong that the verifier cannot say what"),
}
FINDINGS = {  # what can be so honestly, and is for people to judge
    "entry-in-two-weeks": "an entry is summed up in two weeks whose signatures both stand",
    "signer-named-otherwise": "a signer's printed name is not that of the member on record",
    "passkey-of-two": "one passkey is on record as that of two people",
}
FREE = {"verify.py", "index.html", "statement.pdf"}  # explain it; nothing vouches for them
MIB, SIZE_MAX, WIDTH, DAY_US = 1 << 20, (1 << 63) - 1, 256, 86_400_000_000
LATE_US = 300_000_000  # so long may an event's commit take, and a timestamp's way
LEAF_MAX, BODY_MAX, LEFT_OUT, TILES_PER_JOB = 353, 1 << 20, 0xFFFFFFFF, 32
RECORD, SLOT_HEAD = struct.Struct(">16sQqQ32s32s"), struct.Struct(">16sQB")
# An entry up to the length of its type: its own length; magic and practice; stream; version;
# previous; time; length of the type. Its last fields: length and hash of the body.
HEAD, TAIL, LENGTH, SHORT = map(struct.Struct, (">H32s16sQ32s16xq16xB", ">I32s", ">I", ">H"))
TST_INFO, SHA256_ID = bytes.fromhex("2a864886f70d0109100104"), bytes.fromhex("608648016503040201")
SIGNED = ((0, 6), (1, 0xA0))  # kind and content of what a CMS message holds
OF_STAMP = ("checkpoint", "token.tsr", "chain.pem")
MAGIC, SHREDDED = b"therapist-os/e1\n", b"key-shredded.v1"
PASSKEYS = (b"passkey-registered.v1", b"passkey-revoked.v1")
STATED = re.compile(rb"(member-joined|(enrolment|setting|supervision)-stated)\.v1")  # and read
COMMITMENT = b"therapist-os/key-commitment/v1\n"
Signers = dict[tuple[str, bytes], tuple[str, int, bytes]]  # name, id: short name, kind, Ed25519 key


class Failure(Exception):
    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code, where)
        self.code, self.where = code, where


def need(holds: object, code: str = "", where: str = "") -> None:
    """Go on only if this holds; without a code it is told by the `reading` around it."""
    if not holds:
        raise Failure(code, where) if code else ValueError


@contextmanager
def reading(code: str, where: str = "") -> Generator[None, None, None]:
    """Fail with this code if what is read inside is not written as it should be."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, struct.error):
        raise Failure(code, where) from None


# --- Files, read in place -----------------------------------------------------------------------
class Files(dict[str, int]):
    """The files of a folder or a zip, by name, with their lengths; and which of them were used."""

    def __init__(self, place: str) -> None:
        self.place, self.used = place, set(FREE)
        self.zip = None if os.path.isdir(place) else zipfile.ZipFile(place)
        for name, size, mode in self.listed():
            safe = re.fullmatch(r"\w[\w.-]*(/\w[\w.-]*)*", name, re.ASCII) and stat.S_ISREG(mode)
            need(safe and name not in self, "file-unsafe", name)
            self[name] = size

    def listed(self) -> Iterator[tuple[str, int, int]]:
        for info in self.zip.infolist() if self.zip else ():
            kind = 0 if info.flag_bits & 1 else info.external_attr >> 16
            yield info.filename, info.file_size, kind if stat.S_IFMT(kind) else stat.S_IFREG | kind
        for top, folders, names in os.walk(self.place):
            for path in (os.path.join(top, name) for name in folders + names):
                info = os.lstat(path)
                if not stat.S_ISDIR(info.st_mode):
                    name = os.path.relpath(path, self.place).replace(os.sep, "/")
                    yield name, info.st_size, info.st_mode

    def read(self, name: str, limit: int = MIB) -> bytes:
        need(name in self, "file-missing", name)
        need(self[name] <= limit, "file-oversized", name)
        with self.zip.open(name) if self.zip else open(f"{self.place}/{name}", "rb") as file:
            raw = file.read(limit + 1)
        need(len(raw) == self[name], "file-oversized", name)
        self.used.add(name)
        return raw


@lru_cache(maxsize=1)
def files_of(place: str) -> Files:
    return Files(place)


def tiles(top: str, size: int, level: int = 0) -> list[tuple[str, int]]:
    """Name and width of each tile of a level (C2SP tlog-tiles)."""
    count, found = size >> 8 * level, list[tuple[str, int]]()
    for index in range(-(-count // WIDTH)):
        thousands, name = index // 1000, f"{index % 1000:03}"
        while thousands:
            thousands, name = thousands // 1000, f"x{thousands % 1000:03}/{name}"
        width = min(WIDTH, count - index * WIDTH)
        found.append((f"{top}/{name}" + ("" if width == WIDTH else f".p/{width}"), width))
    return found


# --- Trees (RFC 6962 section 2.1) ---------------------------------------------------------------
def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def levels(row: bytes) -> list[bytes]:
    """Hashes, one after another; above them those of their pairs; and so on."""
    rows = [row]
    while len(row) >= 64:
        pairs = range(0, len(row) - 63, 64)
        row = b"".join([sha256(b"\x01" + row[at : at + 64]).digest() for at in pairs])
        rows.append(row)
    return rows


class Tree:
    """A log whose tiles of level 0 make these roots where they are full; all others are checked."""

    def __init__(self, files: Files, top: str, size: int, roots: bytes | None = None) -> None:
        self.files, self.lowest, self.size = files, tiles(f"{top}/tile/0", size), size
        self.tile = lru_cache(maxsize=1)(self.tile)
        if roots is None:
            full = [at for at, (_, width) in enumerate(self.lowest) if width == WIDTH]
            roots = b"".join([self.tile(at)[8] for at in full])
        self.above = levels(roots)
        for level in range(1, 8):
            for at, (name, width) in enumerate(tiles(f"{top}/tile/{level}", size, level)):
                expected = self.above[8 * level - 8][8192 * at : 8192 * at + 32 * width]
                need(files.read(name) == expected, "tile-differs", name)

    def tile(self, index: int) -> list[bytes]:
        name, width = self.lowest[index]
        hashes = self.files.read(name, 32 * WIDTH)
        need(len(hashes) == 32 * width, "tile-differs", name)
        return levels(hashes)

    def root(self, start: int, end: int) -> bytes:
        """Root over leaves of which the first and the number are such as come up from (0, size)."""
        count = end - start
        if count & (count - 1):
            middle = self.middle(start, end)
            return node(self.root(start, middle), self.root(middle, end))
        height = count.bit_length() - 1
        row = self.above[height - 8] if height > 7 else self.tile(start // WIDTH)[height]
        at = 32 * ((start if height > 7 else start % WIDTH) >> height)
        return row[at : at + 32]

    def middle(self, start: int, end: int) -> int:
        return start + (1 << (end - start - 1).bit_length() - 1)

    def inclusion(self, index: int, start: int, end: int) -> list[bytes]:
        """The audit path of a leaf (section 2.1.1)."""
        if end - start == 1:
            return []
        middle = self.middle(start, end)
        if index < middle:
            return [*self.inclusion(index, start, middle), self.root(middle, end)]
        return [*self.inclusion(index, middle, end), self.root(start, middle)]

    def consistency(self, old: int, start: int, end: int) -> list[bytes]:
        """The proof that the first `old` leaves are the old log (section 2.1.2)."""
        if old == end:
            return [self.root(start, end)] if start else []
        middle = self.middle(start, end)
        if old <= middle:
            return [*self.consistency(old, start, middle), self.root(middle, end)]
        return [*self.consistency(old, middle, end), self.root(start, middle)]


def root_by(proof: list[bytes], index: int, size: int, leaf: bytes) -> bytes:
    """Return the root that an inclusion proof makes (RFC 9162 section 2.1.3.2)."""
    rest, last, root = proof[::-1], size - 1, leaf
    need(index < size)
    while last:
        if index & 1:
            root = node(rest.pop(), root)
        elif index < last:
            root = node(root, rest.pop())
        index, last = index >> 1, last >> 1
    need(not rest)
    return root


# --- Notes, checkpoints, policy (C2SP); what is not as it should be raises ValueError ------------
def b64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text)
    return raw


def number(text: str) -> int:
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text, re.ASCII) and int(text) <= SIZE_MAX)
    return int(text)


def fields(pattern: str, raw: bytes) -> tuple[str, ...]:
    found = re.fullmatch(pattern, raw.decode(), re.ASCII)
    return found.groups() if found else ()


def signer(name: str, kind: int, key: bytes) -> tuple[str, bytes]:
    return name, sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


class Policy(NamedTuple):
    """The log's name and key; the log and the witnesses as signers; the groups; the quorum."""

    log: str
    key: bytes
    signers: Signers
    groups: dict[str, tuple[int, list[str]]]
    quorum: str

    def is_met(self, cosigned: dict[str, int], name: str) -> bool:
        """Whether a witness or group has witnessed the checkpoint."""
        if name not in self.groups:
            return name == "none" or name in cosigned
        least, members = self.groups[name]
        return sum(self.is_met(cosigned, member) for member in members) >= least


def read_policy(raw: bytes) -> Policy:
    """Read a policy in its one spelling: log, witnesses, groups, quorum; each used just once."""
    first, *lines, last, end = raw.decode().split("\n")
    kind, name, key = read_key(first, 1)
    need(kind == "log" and last[:7] == "quorum " and not end)
    policy = Policy(name, key, {signer(name, 1, key): ("", 1, key)}, {}, last[7:])
    unused = set[str]()
    for kind, name, *rest in (line.split(" ") for line in lines):
        taken = {short for short, _, _ in policy.signers.values()}  # the log's own is no name
        need(name not in {"none", *taken, *policy.groups})
        if kind == "witness" and not policy.groups:
            _, witness, key = read_key(f"{kind} {''.join(rest)}", 4)
            need(len(rest) == 1 and key not in {known for _, _, known in policy.signers.values()})
            policy.signers[signer(witness, 4, key)] = name, 4, key
        else:
            least, *members = rest
            at_least = {"any": 1, "all": len(members)}.get(least) or number(least)
            need(kind == "group" and set(members) <= unused)
            need(1 <= at_least <= len(members) == len(set(members)))
            policy.groups[name] = at_least, members
            unused -= set(members)
        unused.add(name)
    need({policy.quorum} - {"none"} == unused)
    return policy


def read_key(line: str, kind: int) -> tuple[str, str, bytes]:
    """Split a word and a vkey into word, name and key; `kind` is 1 for a log, 4 for a witness."""
    word, name, hint, packed = fields(r"(\w+) ([^\s+]+)[+]([0-9a-f]{8})[+](\S+)", line.encode())
    raw = b64(packed)
    need(len(raw) == 33 and raw[0] == kind and signer(name, kind, raw[1:])[1].hex() == hint)
    return word, name, raw[1:]


class Checkpoint(NamedTuple):
    """What a verified note says; its signers (the log has no name) and times; the note itself."""

    origin: str
    size: int
    root: bytes
    signed_by: dict[str, int]
    note: bytes


def read_checkpoint(raw: bytes, signers: Signers, where: str) -> Checkpoint:
    """Verify a note, all of whose signers must be known, and the log among them."""
    with reading("checkpoint-malformed", where):
        lines = "([!-~]+)\n([0-9]+)\n([!-~]+)\n"
        text, origin, size, root, block, _ = fields(f"({lines})\n((— \\S+ \\S+\n)+)", raw)
        log = Checkpoint(origin, number(size), b64(root), {}, raw)
        need(log.size and len(log.root) == 32)
        signed = [line.split(" ") for line in block.split("\n")[:-1]]
        found = [(name, b64(packed)) for _, name, packed in signed]
        need(len({(name, packed[:4]) for name, packed in found}) == len(found))
    for name, packed in found:
        short, kind, key = signers.get((name, packed[:4]), ("", 0, b""))
        message, signature, time_s = text.encode(), packed[4:], 0
        if kind == 4:
            time_s, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = b"cosignature/v1\ntime %d\n%b" % (time_s, message)
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise Failure("signature-invalid", where) from None
        log.signed_by[short] = time_s
    need("" in log.signed_by, "signature-invalid", where)
    return log


def read_kept(raw: bytes, signers: Signers, now: Sequence[Checkpoint]) -> tuple[int, Checkpoint]:
    """Read a checkpoint that you kept, by its log's signature alone: witnesses may change.

    Returns it after the index of its log in `now`.
    """
    with reading("checkpoint-malformed", "--since"):
        text, blank, block = raw.decode().rpartition("\n\n")
    origin = text.split("\n")[0]
    own = "".join(f"{line}\n" for line in block.split("\n") if line.split(" ")[1:2] == [origin])
    origins = [log.origin for log in now]
    need(origin in origins, "slot-wrong", "a checkpoint that you kept is of another log")
    kept = read_checkpoint(f"{text}{blank}{own}".encode(), signers, "--since")
    need(kept.size <= now[origins.index(origin)].size, "rollback", origin)
    return origins.index(origin), kept


# --- Epochs ---------------------------------------------------------------------------------------
class Anchor(NamedTuple):
    """How far the log had come in one epoch, and the hash of the timestamp that it carries."""

    epoch: int
    time_us: int
    size: int
    root: bytes
    stamp: bytes


def read_epochs(files: Files, tree: Tree, origin: str) -> list[Anchor]:
    """Check the slot proofs, in order up to the newest epoch."""
    with reading("epochs-malformed"):
        *blocks, end = files.read("epochs", 256 * MIB).split(b"\n\n")
        need(not end)
        anchors = [read_slot(block, tree, origin) for block in blocks]
        need(anchors[-1].epoch == tree.size - 1)
    first = anchors[0]
    need(not (first.epoch and first.size), "epoch-left-out", f"before epoch {first.epoch}")
    for before, now in itertools.pairwise(anchors):
        need(now.epoch > before.epoch, "epochs-malformed")
        is_shown = now.size == before.size or now.epoch == before.epoch + 1
        need(is_shown, "epoch-left-out", f"before epoch {now.epoch}")
        need(now.time_us >= before.time_us, "epoch-time-falls", f"epoch {now.epoch}")
        need(now.size >= before.size, "slot-shrinks", f"epoch {now.epoch}")
    return anchors


def read_slot(block: bytes, tree: Tree, origin: str) -> Anchor:
    """Check that a record is its epoch's leaf of the root log, and the slot in its slot tree.

    A record alone shows that the log was not there yet: slots are given in order, and it has less.
    """
    lines = "therapist-os/slot-proof@v1\nrecord (.+)((?:\nslot .+(?:\n.+)*)?)"
    record, rest = fields(lines, block)
    record, leaf, *proof = map(b64, [record, *rest.removeprefix("\nslot ").split("\n")])
    magic, epoch, time_us, slots, slots_root, stamp = RECORD.unpack(record)
    need(magic == b"therapist-os/r1\n" and time_us >= 0)
    where, hashed = f"epoch {epoch}", sha256(b"\0" + record).digest()
    is_there = epoch < tree.size and tree.root(epoch, epoch + 1) == hashed
    need(is_there, "epoch-not-in-root-log", where)
    if not leaf:
        need(slots <= int(origin.rpartition("/")[2]), "epoch-left-out", where)
        return Anchor(epoch, time_us, 0, sha256().digest(), stamp)
    magic, slot, length = SLOT_HEAD.unpack_from(leaf)
    name, tail = leaf[SLOT_HEAD.size :][:length], leaf[SLOT_HEAD.size + length :]
    size = int.from_bytes(tail[:8], "big")
    need(magic == b"therapist-os/s1\n" and len(tail) == 56 and 1 <= size <= SIZE_MAX)
    need(name == origin.encode() and origin.endswith(f"/{slot}"), "slot-wrong", where)
    with reading("slot-proof-invalid", where):
        need(root_by(proof, slot, slots, sha256(b"\0" + leaf).digest()) == slots_root)
    return Anchor(epoch, time_us, size, tail[8:40], stamp)


# --- Events ---------------------------------------------------------------------------------------
TOPS = ("practice/tile/entries", "bodies", "practice/tile/0")
Job = list[tuple[str, int, int]]  # how three names end, one after each of TOPS; position; width


def hash_tiles(place: str, may_lack: bool, job: Job) -> list[list[bytes]]:  # noqa: FBT001
    """Check tiles, entries and bodies; returns each tile's leaf hashes, and its root if full."""
    files, found = files_of(place), list[list[bytes]]()
    for part, first, width in job:
        entries_name, bodies_name, tile_name = (top + part for top in TOPS)
        entries = files.read(entries_name, width * (LEAF_MAX + 2))
        bodies = files.read(bodies_name, width * (BODY_MAX + 4))
        hashes, at, body_at = list[bytes](), 0, 0
        with reading("entries-malformed", entries_name):
            for position in range(first, first + width):
                end = at + 2 + SHORT.unpack_from(entries, at)[0]
                hashes.append(sha256(b"\0" + entries[at + 2 : end]).digest())
                size, hashed = TAIL.unpack_from(entries, end - 36)
                (stored,) = LENGTH.unpack_from(bodies, body_at)
                body = bodies[body_at + 4 : body_at + 4 + size]
                if stored == LEFT_OUT:
                    need(may_lack, "body-missing", f"position {position}")
                    body = b""
                elif stored != size or sha256(body).digest() != hashed:
                    raise Failure("body-differs", f"position {position}")
                at, body_at = end, body_at + 4 + len(body)
            need(at == len(entries) and body_at == len(bodies))
        row = b"".join(hashes)
        need(files.read(tile_name, 32 * WIDTH) == row, "tile-differs", tile_name)
        found.append([row, levels(row)[8] if width == WIDTH else b""])
    return found


def hashed(
    files: Files, size: int, cores: int, *, may_lack: bool
) -> Iterator[tuple[Job, list[list[bytes]]]]:
    """Hash the tiles, on several cores where there are many; never far ahead of who takes them."""
    every = [(part, WIDTH * at, width) for at, (part, width) in enumerate(tiles("", size))]
    files.used.update(top + part for part, _, _ in every for top in TOPS)
    jobs = [every[at : at + TILES_PER_JOB] for at in range(0, len(every), TILES_PER_JOB)]
    work = partial(hash_tiles, files.place, may_lack)
    if cores < 2 or len(jobs) < 3:
        yield from ((job, work(job)) for job in jobs)
        return
    # Two processes must not share a place in a zip, so that each opens its own.
    with ProcessPoolExecutor(cores, initializer=files_of.cache_clear) as pool:
        for at in range(0, len(jobs), 4 * cores):
            some = jobs[at : at + 4 * cores]
            yield from zip(some, pool.map(work, some), strict=True)


class Stream:
    """Version and hash that a stream's next event carries; its one key; how many it has sealed."""

    __slots__ = ("bodies", "key", "previous", "seal", "version")

    def __init__(self) -> None:
        self.version, self.previous, self.seal, self.key, self.bodies = 1, bytes(32), b"", b"", 0


class Events:
    """The events of the practice: `add` checks those of a tile against all before them."""

    def __init__(self, files: Files, days: range | None, asked: set[int]) -> None:
        self.files, self.days, self.asked = files, days, asked
        self.head, self.first_us, self.last_us, self.left_out = b"", 0, 0, 0
        self.kinds = dict[bytes, tuple[str, int]]()  # of a type and mode: what it is, its length
        self.streams, self.owners = dict[bytes, Stream](), dict[bytes, Stream]()  # by name, by key
        self.gone, self.closed = set[bytes](), set[bytes]()  # keys: destroyed; of rows, undisclosed
        self.times, self.opened = dict[int, int](), list[int]()  # as asked; positions
        self.weeks = Weeks()
        self.bodies = lru_cache(maxsize=1)(self.bodies)
        self.keys = dict(map(self.secret, (name for name in files if name[:10] == "disclosed/")))

    def secret(self, name: str) -> tuple[bytes, bytes]:
        need(re.fullmatch("disclosed/[0-9a-f]{32}[.]key", name, re.ASCII), "file-unexpected", name)
        with reading("key-wrong", name):
            (secret,) = fields("([0-9a-f]{64})\n", self.files.read(name, 65))
        return bytes.fromhex(name[10:42]), bytes.fromhex(secret)

    def add(self, part: str, first: int, hashes: bytes) -> None:
        """Check events (docs/format.md, Event leaf). Most of the time is spent here."""
        raw, at, streams, kinds = self.files.read(TOPS[0] + part), 0, self.streams, self.kinds
        asked, days = self.asked, self.days
        for position, start in enumerate(range(0, len(hashes), 32), first):
            length, head, name, version, previous, time_us, size = HEAD.unpack_from(raw, at)
            mode = at + 131 + size
            kind, fit = kinds.get(raw[at + 130 : mode + 1]) or self.kind(raw[at + 130 : mode + 1])
            if head != self.head or time_us < self.last_us or length != fit:
                self.unlike(head, time_us, length == fit, f"position {position}")
            self.last_us = time_us
            if position in asked:
                self.times[position] = time_us
            stream = streams.get(name)
            if stream is None:
                stream = streams[name] = Stream()
            if version != stream.version or previous != stream.previous:
                code = "chain-broken" if version == stream.version else "version-skipped"
                raise Failure(code, f"position {position}")
            stream.version, stream.previous = version + 1, hashes[start : start + 32]
            if kind == "sealed":
                stream.bodies += 1
                if raw[mode + 1 : mode + 49] != stream.seal:
                    self.seal(stream, raw[at + 131 : mode + 49], f"position {position}")
            if days or stream.key or kind in {"shredded", "passkey"}:
                leaf, body = raw[at + 2 : at + 2 + length], self.bodies(part)[position - first]
                self.body(kind, stream, leaf, body, position)
            at += 2 + length

    def kind(self, tag: bytes) -> tuple[str, int]:
        """Say of a new type (after its length) and mode what it is, and how long its leaf is."""
        good = 2 < len(tag) <= 129 and all(33 <= byte <= 126 for byte in tag[1:-1]) and tag[-1] < 2
        kind = "sealed" if tag[-1:] == b"\1" else "clear"
        if tag[1:-1] in PASSKEYS:
            kind, good = "passkey", good and kind == "clear"  # for everybody to read
        elif tag[1:-1] == SHREDDED and kind == "clear":
            kind = "shredded"
        fit = 128 + len(tag) + (60 if kind == "sealed" else 0) + 36 if good else -1
        return self.kinds.setdefault(tag, (kind, fit))

    def unlike(self, head: bytes, time_us: int, fits: bool, where: str) -> None:  # noqa: FBT001
        """Say what is wrong with a leaf, if it is not just the first one."""
        need(head[:16] == MAGIC and fits, "leaf-malformed", where)
        need(self.head in (b"", head), "other-practice", where)
        need(time_us >= self.last_us, "time-falls", where)
        self.head, self.first_us = head, time_us

    def seal(self, stream: Stream, told: bytes, where: str) -> None:
        """Take down the one key of a stream, by id and commitment, told behind type and mode."""
        seal, key = told[-48:], told[-48:-32]
        need(key not in self.gone, "key-returned", where)
        need(not stream.seal, "key-changed", where)
        need(key not in self.owners, "key-shared", where)
        self.owners[key], stream.seal, stream.key = stream, seal, self.keys.get(key, b"")
        if stream.key:
            commitment = hmac.digest(stream.key, COMMITMENT + key, "sha256")
            need(hmac.compare_digest(commitment, seal[16:]), "key-wrong", where)
        elif told.startswith(b"week-"):
            self.closed.add(key)

    def bodies(self, part: str) -> list[bytes | None]:
        raw, at = self.files.read(TOPS[1] + part, WIDTH * (BODY_MAX + 4)), 0
        found = list[bytes | None]()
        while at < len(raw):
            (size,) = LENGTH.unpack_from(raw, at)
            found.append(None if size == LEFT_OUT else raw[at + 4 : at + 4 + size])
            at += 4 + len(found[-1] or b"")
        return found

    def body(self, kind: str, stream: Stream, leaf: bytes, body: bytes | None, at: int) -> None:
        """Check what is asked of some bodies: rightly left out or not, opening, telling a key."""
        where, out = f"position {at}", kind == "sealed" and self.days is not None
        out = out and self.last_us // DAY_US not in (self.days or ())
        need(out == (body is None), "body-differs" if out else "body-missing", where)
        if kind == "sealed" and stream.key:
            self.opened.append(at)
        if body is None:
            self.left_out, stream.bodies = self.left_out + 1, stream.bodies - 1
        elif kind == "sealed" and stream.key:
            try:
                body = AESGCM(stream.key).decrypt(leaf[-48:-36], body, leaf[:-36])
            except InvalidTag:
                raise Failure("does-not-open", where) from None
        elif kind == "shredded":
            with reading("shredding-malformed", where):
                tag, name, key, *_ = values_of(body)
                owner = self.streams[name]
                need(tag == SHREDDED.decode() and self.owners[key] is owner)
            need(key not in self.keys, "key-returned", where)
            self.gone.add(key)
            owner.seal = SHREDDED  # so that whatever it seals from now on is looked at
        with reading("week-malformed", where):
            if kind == "passkey" and body is not None:
                self.weeks.passkey(body, where)
            if stream.key:
                self.weeks.follow(leaf, body, at, self.last_us)

    def report(self) -> dict[str, Any]:
        need(self.keys.keys() <= self.owners.keys(), "key-wrong", "a key that no event has")
        every = sum(stream.bodies for stream in self.streams.values())
        readable, shredded = (sum(self.owners[k].bodies for k in s) for s in (self.keys, self.gone))
        return {
            "readable": readable,
            "sealed": every - readable - shredded,
            "shredded": shredded,
            "left_out": self.left_out,
            "streams": len(self.streams),
            "practice": self.head[16:].hex(),
            "first_us": self.first_us,
            "last_us": self.last_us,
            "weeks": self.weeks.signed,
            "weeks_left_out": self.weeks.left_out,
            "rows_closed": len(self.closed - self.gone),
            "rows_shredded": len(self.closed & self.gone),
            "findings": sorted(self.weeks.findings),
        }


# --- Signed weeks (docs/format.md, Weekly logs) ---------------------------------------------------
SIGNED_AS = b"therapist-os/weekly-log-signature/v1\n"
ENTRIES = b"therapist-os/week-entries/v1\n"
SIGN_IN = "dGhlcmFwaXN0LW9z"  # `therapist-os`: how challenges begin that are no hash of a statement
# COSE keys (RFC 9052), in the one spelling that CTAP2 gives them.
ES256 = re.compile(rb"(?s)\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20(.{32})\x22\x58\x20(.{32})")
EDDSA = re.compile(rb"(?s)\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20(.{32})")
RS256 = re.compile(
    rb"(?s)\xa4\x01\x03\x03\x39\x01\x00\x20\x59(..)([^\x00].{255,511})\x21\x43\x01\x00\x01"
)
SIZED = {  # by the first byte of a MessagePack value, and the bytes that then tell its length
    **{0x90 | count: ("list", 0) for count in range(16)},
    **{0xA0 | count: ("text", 0) for count in range(32)},
    **{0xC4 + power: ("bytes", 1 << power) for power in range(3)},
    **{0xCC + power: ("number", 1 << power) for power in range(4)},
    **{0xD9 + power: ("text", 1 << power) for power in range(3)},
    **{0xDB + power: ("list", 1 << power) for power in range(1, 3)},
}
LICENCES = {each: each.upper() for each in ("lmft", "lcsw", "lpcc", "lep")} | {
    each: each.capitalize() for each in ("psychologist", "psychiatrist")
}
LABELS = {
    "lmft": ("direct counseling", "diagnosing and treating couples, families and children"),
    "lpcc": ("direct counseling", "not used for this licence"),
    "lcsw": (
        "clinical psychosocial diagnosis, assessment and treatment",
        "individual or group psychotherapy",
    ),
}
# Each line of what is signed; before it the end of the code that a lie in it has.
STATEMENT = """\
meaning-differs|therapist-os weekly log of experience hours, statement 1
names-differ|Practice: {ids[0]}
names-differ|Week: {week}
names-differ|Supervisee: {names[0]}
names-differ|Supervisee id: {ids[1]}
names-differ|Registration: {names[1]}
names-differ|Licence sought: {track}
names-differ|Phase: {phase} the degree
names-differ|Setting: {names[2]}
names-differ|Setting address: {names[3]}
names-differ|Setting id: {ids[2]}
names-differ|Supervision id: {ids[3]}
numbers-differ|A, {labels[0]}: {hours[0]}
numbers-differ|A1, of A, {labels[1]}: {hours[1]}
numbers-differ|B, non-clinical experience: {hours[2]}
numbers-differ|B1, of B, supervision, individual or triadic: {hours[3]}
numbers-differ|B2, of B, supervision, group: {hours[4]}
numbers-differ|C, total of the week, A + B: {hours[5]}
entries-differ|Entries, SHA-256: {entries}
names-differ|Signer: {names[4]}
names-differ|Signer's licence: {licence}
names-differ|Signer id: {ids[4]}
meaning-differs|Meaning: I supervised the experience in this row in this week, the hours are\
 correct to the best of my knowledge, and with this I sign them.
time-differs|Time: {made:%Y-%m-%dT%H:%M:%S.%f}Z
time-differs|Reference: {reference}
"""


def unpack(raw: bytes, at: int = 0) -> tuple[Any, int]:
    """Read a MessagePack value of a kind that events hold; returns it and where it ends."""
    first, at = raw[at], at + 1
    if first < 0x80 or first in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}.get(first, first), at
    kind, size = SIZED[first]
    count = int.from_bytes(raw[at : at + size], "big") if size else first & 31
    start, at = at + size, at + size
    if kind == "number":
        return count, at
    if kind == "list":
        values: list[Any] = []
        for _ in range(count if size else first & 15):
            value, at = unpack(raw, at)
            values.append(value)
        return values, at
    at += count  # perhaps past the end, which the end then tells
    return raw[start:at].decode() if kind == "text" else raw[start:at], at


def values_of(body: bytes) -> list[Any]:
    """Read the body of an event: its tag, then its fields."""
    values, end = unpack(body)
    need(end == len(body))
    return values


def statement(
    practice: bytes, content: list[Any], at_us: int, reference: bytes
) -> list[tuple[str, str]]:
    """The lines that are signed, each after the code of a lie in it."""
    (person, supervision, first, phase), track, setting, signer, minutes, entries, names = content
    a, _, b, _, _ = minutes
    *printed, licence, number = ["-" if name is None else name for name in names]
    text = STATEMENT.format(
        ids=[uuid.UUID(bytes=raw) for raw in (practice, person, setting, supervision, signer)],
        names=printed,
        week=f"{first} to {dt.date.fromisoformat(first) + dt.timedelta(6)}",
        track=track.upper(),
        phase={"before-degree": "before", "after-degree": "after"}[phase],
        labels=LABELS[track],
        hours=[f"{m // 60} h {m % 60:02} min ({m} minutes)" for m in (*minutes, a + b)],
        entries=hash_of_entries(entries).hex(),
        licence=f"{LICENCES[licence]} {number}",
        made=dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=at_us),
        reference=reference.hex(),
    )
    need(text.count("\n") == STATEMENT.count("\n"))
    lines = (line.partition("|") for line in text.split("\n")[:-1])
    return [(f"week-{code}", line) for code, _, line in lines]


def hash_of_entries(entries: list[Any]) -> bytes:
    """Hash which entries, at which versions, are summed up; each of them once."""
    need(len({stream for stream, _, _ in entries}) == len(entries))
    every = sorted(stream + struct.pack(">Q", version) + leaf for stream, version, leaf in entries)
    return sha256(ENTRIES + b"".join(every)).digest()


def check_assertion(cose: bytes, answer: list[bytes], challenge: bytes, where: str) -> str:
    """Check what a passkey signed (WebAuthn 3, section 7.2); returns the page that asked for it."""
    data, client, signature = answer
    said = json.loads(client.decode())
    need(not said["challenge"].startswith(SIGN_IN), "sign-in-shown", where)
    asked = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
    need(said["challenge"] == asked, "statement-not-signed", where)
    host = re.fullmatch(r"https://([a-z0-9.-]+)(:[0-9]{1,5})?", said["origin"], re.ASCII)
    good = host and data[:32] == sha256(host[1].encode()).digest() and len(data) > 36
    good = good and data[32] & 5 == 5 and said["type"] == "webauthn.get"
    good = good and said.get("crossOrigin", False) is False and "topOrigin" not in said
    need(good, "assertion-wrong", where)
    message = data + sha256(client).digest()
    try:
        if at := ES256.fullmatch(cose):
            point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), b"\4" + at[1] + at[2])
            point.verify(signature, message, ECDSA(SHA256()))
        elif at := EDDSA.fullmatch(cose):
            Ed25519PublicKey.from_public_bytes(at[1]).verify(signature, message)
        else:
            ((length, modulus),) = RS256.findall(cose)
            need(int.from_bytes(length, "big") == len(modulus) == len(cose) - 16)
            key = RSAPublicNumbers(65537, int.from_bytes(modulus, "big")).public_key()
            key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise Failure("assertion-invalid", where) from None
    return str(said["origin"])


class Weeks:
    """The weeks that are signed, of the streams that are disclosed; told in the log's order."""

    def __init__(self) -> None:
        self.keys = dict[tuple[bytes, bytes], bytes]()  # of person and passkey; empty once revoked
        self.submitted = dict[bytes, Any]()  # stream: position, time and body; empty if left out
        self.signed, self.left_out, self.is_whole = list[dict[str, Any]](), 0, True
        self.last = dict[bytes, dict[str, Any]]()  # stream: the signature that counts
        self.rows = dict[tuple[Any, ...], bytes]()  # person, supervision, week, phase: stream
        self.stated = dict[tuple[str, bytes], list[list[Any]]]()  # by event type, and whom it is of
        self.holders = dict[bytes, bytes]()  # key of a passkey: whose it was first
        self.challenges, self.findings = set[bytes](), set[tuple[str, str]]()  # code, place
        # Leaf hash of an entry: supervisee, stream, version, submission's position, signed week.
        self.entries = dict[bytes, list[tuple[bytes, bytes, int, int, dict[str, Any]]]]()

    def passkey(self, body: bytes, where: str) -> None:
        """Take down whose passkey counts from here on, or counts no more."""
        tag, person, passkey, *rest = values_of(body)
        if tag == "passkey-registered.v1":
            self.keys.setdefault((person, passkey), rest[0])
            if self.holders.setdefault(rest[0], person) != person:
                self.findings.add(("passkey-of-two", where))
        else:
            self.keys[person, passkey] = b""

    def follow(self, leaf: bytes, body: bytes | None, position: int, time_us: int) -> None:
        """Follow a row: submitted, then returned, amended or signed, and perhaps all of it anew."""
        name, tag, where = leaf[32:48], leaf[129 : 129 + leaf[128]], f"position {position}"
        self.is_whole = self.is_whole and body is not None
        if body is not None and STATED.fullmatch(tag):
            kind, person, *said = values_of(body)
            for of in (person, name):  # a member or a stream, and all that was said at once
                every: list[Any] = said if kind == "member-joined.v1" else said[0]
                self.stated.setdefault((kind, of), []).append(every)
        submitted = self.submitted.pop(name, None)
        if tag in (b"week-submitted.v1", b"week-amended.v1") and name in self.last:
            self.last.pop(name)["state"] = "void"
        if tag == b"week-submitted.v1":
            self.submitted[name] = (position, time_us, body) if body is not None else ()
        elif tag == b"week-signed.v1":
            need(submitted is not None, "week-not-submitted", where)
            if body is None or not submitted:
                self.left_out += 1
            else:
                self.sign(leaf, body, submitted, where, time_us)

    def is_on_record(self, content: list[Any], where: str) -> bool:
        """Compare what a row prints with what was stated before; False if not all is disclosed."""
        (person, supervision, *_), track, setting, signer, _, _, names = content
        printed = {
            ("member-joined.v1", person): names[:1],
            ("enrolment-stated.v1", person): [track, names[1]],
            ("setting-stated.v1", setting): names[2:4],
            ("supervision-stated.v1", supervision): [setting, signer, *names[4:]],
            ("member-joined.v1", signer): names[4:5],
        }
        for of, said in printed.items():
            stated = self.stated.get(of, [said]) if self.is_whole else [said]
            if not any(all(each in entry for each in said) for entry in stated):
                need(of == ("member-joined.v1", signer), "week-names-differ", where)
                self.findings.add(("signer-named-otherwise", where))
        return self.is_whole and printed.keys() <= self.stated.keys()

    def sign(self, leaf: bytes, body: bytes, submitted: Any, where: str, time_us: int) -> None:  # noqa: ANN401
        """Check a signature against what was submitted, and take down what is signed by it."""
        _, signer, hashed, text, at_us, reference, (passkey, *answer), *_ = values_of(body)
        before, since_us, earlier = submitted
        content = values_of(earlier)[1]
        need(signer == content[3] == leaf[112:128], "week-names-differ", where)
        need(signer != content[0][0], "week-own", where)
        need(hashed == hash_of_entries(content[5]), "week-entries-differ", where)
        a, a1, b, b1, b2 = content[4]
        need(a1 <= a and b1 + b2 <= b, "week-numbers-differ", where)
        lines, shown = statement(leaf[16:32], content, at_us, reference), text.split("\n")
        for (code, line), told in zip(lines, shown, strict=False):
            need(line == told, code, where)
        need(len(shown) == len(lines) + 1 and not shown[-1], "week-meaning-differs", where)
        need(since_us - LATE_US <= at_us <= time_us + LATE_US, "week-time-differs", where)
        name = leaf[32:48]
        need(self.rows.setdefault(tuple(content[0]), name) == name, "week-twice", where)
        need((signer, passkey) in self.keys, "passkey-unknown", where)
        cose, raw = self.keys[signer, passkey], text.encode()
        need(cose, "passkey-revoked", where)
        challenge = sha256(SIGNED_AS + struct.pack(">Q", len(raw)) + raw).digest()
        need(challenge not in self.challenges, "signature-twice", where)
        self.challenges.add(challenge)
        self.last[name] = week = {
            "state": "signed",
            "week": lines[2][1][6:],
            "supervisee": content[6][0],
            "supervisor": content[6][4],
            "minutes": a + b,
            "signed_us": at_us,
            "origin": check_assertion(cose, answer, challenge, where),
            "is_on_record": self.is_on_record(content, where),
            "where": where,
        }
        self.signed.append(week)
        for each in content[5]:
            self.entries.setdefault(each[2], []).append((content[0][0], *each[:2], before, week))


def check_entries(files: Files, size: int, events: Events) -> None:
    """Find in the log each entry that a signed week sums up; void is a week whose entry changed."""
    sought = events.weeks.entries
    shared = [[week for *_, week in found] for found in sought.values()]
    for at, (part, _) in enumerate(tiles("", size)):
        row = files.read(TOPS[2] + part) if sought else b""
        for index in range(len(row) // 32):
            found = sought.pop(row[32 * index : 32 * index + 32], ())
            raw, start = files.read(TOPS[0] + part) if found else b"", 0
            for _ in range(index if found else 0):
                start += 2 + SHORT.unpack_from(raw, start)[0]
            for person, stream, version, before, week in found:
                _, _, name, counted, _, _, length = HEAD.unpack_from(raw, start)
                actor, tag = raw[start + 114 : start + 130], raw[start + 131 : start + 131 + length]
                is_it = (actor, name, counted) == (person, stream, version)
                is_it = is_it and WIDTH * at + index < before
                is_it = is_it and re.fullmatch(rb"(session|activity)-(logged|corrected)\.v\d", tag)
                need(is_it, "week-entry-unknown", week["where"])
                if events.streams[stream].version > version + 1:
                    week["state"] = "void"
    for found in sought.values():
        raise Failure("week-entry-unknown", found[0][-1]["where"])
    stand = [[week["where"] for week in weeks if week["state"] == "signed"] for weeks in shared]
    twice = {("entry-in-two-weeks", ", ".join(each)) for each in stand if len(each) > 1}
    events.weeks.findings |= twice


# --- Timestamps -----------------------------------------------------------------------------------
def der(raw: bytes) -> list[tuple[int, bytes]]:
    """Read all values in DER, as tag and content; a length has one spelling."""
    values: list[tuple[int, bytes]] = []
    while raw:
        size, start = raw[1], 2
        if size > 127:
            start, size = 2 + size - 128, int.from_bytes(raw[2 : 2 + size - 128], "big")
            need(raw[2] and size > 127)
        need(start + size <= len(raw))
        values.append((raw[0], raw[start : start + size]))
        raw = raw[start + size :]
    return values


def inside(raw: bytes, *path: tuple[int, int]) -> bytes:
    """Return the content at a path of indexes and tags into nested DER values."""
    for index, tag in path:
        found, raw = der(raw)[index]
        need(found == tag)
    return raw


def read_token(token: bytes) -> tuple[bytes, dt.datetime]:
    """Read a granted TimeStampResp (RFC 3161): the SHA-256 imprint, and the time told.

    Who signed it, and that what is read here is what was signed, openssl tells.
    """
    ((tag, response),) = der(token)
    (status_tag, status), (signed_tag, signed) = der(response)
    need(tag == status_tag == signed_tag == 0x30 and status == b"\x02\x01\0")
    kind, content = (inside(signed, (1, 0xA0), (0, 0x30), (2, 0x30), at) for at in SIGNED)
    ((octets, info),) = der(content)
    ((sequence, told),) = der(info)
    need(kind == TST_INFO and octets == 4 and sequence == 0x30)
    algorithm, imprint = inside(told, (2, 0x30), (0, 0x30), (0, 6)), inside(told, (2, 0x30), (1, 4))
    text = inside(told, (4, 0x18)).decode()
    need(algorithm == SHA256_ID and re.fullmatch(r"\d{14}(\.\d{1,6})?Z", text, re.ASCII))
    return imprint, dt.datetime.strptime(f"{text[:14]}+0000", "%Y%m%d%H%M%S%z")


def check_timestamp(
    files: Files, where: str, signers: Signers, anchors: list[Anchor]
) -> tuple[Checkpoint, str]:
    """Check a timestamp against its checkpoint and the epochs; returns both and its time."""
    note, token, _ = (files.read(f"{where}/{name}") for name in OF_STAMP)
    checkpoint = read_checkpoint(note, signers, where)
    with reading("timestamp-malformed", where):
        imprint, made = read_token(token)
    is_of_it = imprint == sha256(note).digest() and where == f"timestamps/{checkpoint.size}"
    carrying = [each for each in anchors if each.stamp == sha256(token).digest()]
    is_bound = is_of_it and carrying and carrying[0].epoch >= checkpoint.size
    is_bound = is_bound and checkpoint.origin in {name for name, _ in signers}
    need(is_bound, "timestamp-unbound", where)
    before = [each.time_us for each in anchors if each.epoch < checkpoint.size]
    made_us = int(made.timestamp()) * 1_000_000
    is_in_time = carrying[0].time_us + LATE_US >= made_us >= max(before, default=0) - LATE_US
    need(is_in_time, "timestamp-time", where)
    return checkpoint, f"{made:%Y-%m-%d %H:%M:%S}"


# --- The whole argument ---------------------------------------------------------------------------
def verify(
    place: str, since: Sequence[bytes] = (), kept: bytes | None = None, cores: int = 1
) -> dict[str, Any]:
    """Verify a bundle; returns what was found. Raises Failure at the first thing that is wrong."""
    files_of.cache_clear()
    files = files_of(place)
    # 1. The checkpoints, signed; the practice log's is believed as far as an epoch says the same.
    log, own, root, practice = read_notes(files, kept)
    past = [read_kept(raw, log | own, (root, practice)) for raw in since]
    tree = Tree(files, "root", root.size)
    need(tree.root(0, root.size) == root.root, "root-mismatch")
    # 2. The epochs, leaves of the root log, each with the one slot that this log has in it.
    anchors = read_epochs(files, tree, practice.origin)
    need(anchors[-1][2:4] == practice[1:3], "practice-root-differs", "the last epoch")
    tokens = sorted(n for n in files if re.fullmatch("timestamps/[0-9]+/token[.]tsr", n))
    stamps = [check_timestamp(files, each[:-10], log, anchors) for each in tokens]
    need(all(tree.root(0, a.size) == a.root for a, _ in stamps), "timestamp-unbound", "timestamps")
    # 3. Every event, signed weeks with their signatures and entries, and the roots of each epoch.
    events, leaves = check_events(files, practice.size, anchors, cores)
    need(leaves.root(0, practice.size) == practice.root, "practice-root-differs")
    for each in anchors:
        check_anchor(each, leaves, events.times)
    check_entries(files, practice.size, events)
    for which, old in past:
        need((tree, leaves)[which].root(0, old.size) == old.root, "fork", old.origin)
    # 4. The proofs follow from the trees; and nothing is there that does not follow.
    check_inclusion(files, "epoch", tree, root.size - 1, root.note)
    for position in events.opened:
        check_inclusion(files, str(position), leaves, position, practice.note)
    for size in (0, *(each.size for each, _ in stamps)):
        proof = tree.consistency(size, 0, root.size) if size else []
        compare(files, f"consistency/{size}", f"old {size}", proof, root.note)
    check_names(files)
    return events.report() | {
        **told_of_logs(root, practice, anchors),
        "policy_compared": kept is not None,
        "extends": sorted({old.origin for _, old in past}),
        "timestamps": [time for _, time in stamps],
        "log_key": files.read("policy").decode().split("\n")[0][4:],
    }


def told_of_logs(root: Checkpoint, practice: Checkpoint, anchors: list[Anchor]) -> dict[str, Any]:
    """What the report says of the two logs and the epochs between them."""
    return {
        "log": practice.origin,
        "events": practice.size,
        "root": practice.root.hex(),
        "sealed_us": anchors[-1].time_us,
        "checkpoint_size": root.size,
        "checkpoint_root": root.root.hex(),
        "epochs": len(anchors),
        "widest_gap_us": max((b[1] - a[1] for a, b in itertools.pairwise(anchors)), default=0),
        "witnesses": {name: time_s for name, time_s in sorted(root.signed_by.items()) if name},
    }


def check_events(files: Files, size: int, anchors: list[Anchor], cores: int) -> tuple[Events, Tree]:
    """Hash all events and check them in their order; returns them with the tree that they make."""
    roots, times = bytearray(), {at for each in anchors for at in (each.size - 1, each.size)}
    events = Events(files, read_range(files), times)
    for job, every in hashed(files, size, cores, may_lack=bool(events.days)):
        for (part, first, _), (hashes, root) in zip(job, every, strict=True):
            events.add(part, first, hashes)
            roots += root
    return events, Tree(files, "practice", size, bytes(roots))


def read_notes(files: Files, kept: bytes | None) -> tuple[Signers, Signers, Checkpoint, Checkpoint]:
    """Read the checkpoints of root log and practice log; returns them after the log's own signers.

    Both logs have the one key of the policy, each in its own name.
    """
    need(kept in (None, files.read("policy")), "policy-differs")
    with reading("policy-malformed"):
        policy = read_policy(files.read("policy"))
    root = read_checkpoint(files.read("root/checkpoint"), policy.signers, "root/checkpoint")
    need(root.origin == policy.log, "checkpoint-malformed", "root/checkpoint")
    need(policy.is_met(root.signed_by, policy.quorum), "quorum-not-met")
    note = files.read("practice/checkpoint")
    name = note.split(b"\n", 1)[0].decode("utf-8", "replace")
    own = {signer(name, 1, policy.key): ("", 1, policy.key)}
    practice = read_checkpoint(note, own, "practice/checkpoint")
    is_ours = re.fullmatch(re.escape(policy.log) + "/p/(0|[1-9][0-9]{0,18})", name, re.ASCII)
    need(is_ours, "slot-wrong", "practice/checkpoint")
    return {signer(policy.log, 1, policy.key): ("", 1, policy.key)}, own, root, practice


def check_anchor(anchor: Anchor, leaves: Tree, times: dict[int, int]) -> None:
    """The events make the root that the epoch held, and lie before and after it as they should.

    An event is not later than the epoch that holds it, nor much earlier than one that lacks it.
    Times never fall within the log, so the events beside each epoch's end speak for the others.
    """
    at, where = anchor.size, f"position {anchor.size}, epoch {anchor.epoch}"
    is_held = not at or leaves.root(0, at) == anchor.root
    need(is_held, "anchor-root-differs", f"epoch {anchor.epoch}")
    need(not at or times[at - 1] <= anchor.time_us, "postdated", where)
    need(at == leaves.size or times[at] >= anchor.time_us - LATE_US, "backdated", where)


def check_names(files: Files) -> None:
    """Check that no file is there that nothing above has used, and that the free ones are."""
    need(files.keys() >= FREE, "file-missing", min(FREE - files.keys(), default=""))
    need(files.keys() <= files.used, "file-unexpected", min(files.keys() - files.used, default=""))


def check_inclusion(files: Files, name: str, tree: Tree, index: int, note: bytes) -> None:
    """Check a C2SP tlog-proof of a leaf, under this note."""
    proof, start = tree.inclusion(index, 0, tree.size), f"c2sp.org/tlog-proof@v1\nindex {index}"
    compare(files, f"proofs/{name}.tlog-proof", start, proof, note)


def compare(files: Files, name: str, start: str, proof: list[bytes], note: bytes) -> None:
    """Check a file that is a proof behind a line of text, before the note that it is under."""
    lines = "".join(f"{base64.b64encode(each).decode()}\n" for each in proof)
    need(files.read(name) == f"{start}\n{lines}\n".encode() + note, "proof-differs", name)


def read_range(files: Files) -> range | None:
    """Read the range of days, in days since 1970, if there is one."""
    if "range" not in files:
        return None
    with reading("range-malformed"):
        days = fields("from ([0-9-]{10})\nto ([0-9-]{10})\n", files.read("range"))
        first, last = (dt.date.fromisoformat(day).toordinal() - 719_163 for day in days)
        need(first <= last)
    return range(first, last + 1)


def at(time_s: float) -> str:
    return f"{dt.datetime.fromtimestamp(time_s, dt.UTC):%Y-%m-%d %H:%M:%S}"


def words(r: dict[str, Any]) -> Iterator[str]:
    """The verdict for people."""
    first, last, by = (at(r[us] / 1e6) for us in ("first_us", "last_us", "sealed_us"))
    yield f"VALID: {r['events']:,} events of {r['log']}, complete, in order and unaltered."
    yield f"  recorded   {first} to {last}, sealed by {by} (UTC)"
    states = ("readable", "sealed", "shredded", "left_out")
    yield f"  bodies     {', '.join(f'{r[state]:,} {state}' for state in states)}".replace("_", " ")
    gap_s = f"{r['widest_gap_us'] / 1e6:,.0f}"
    apart = f"{r['epochs']:,} epochs, at most {gap_s} s apart" if r["epochs"] > 1 else "one epoch"
    yield f"  times      bound by {apart}"
    yield f"  signed by  {r['log_key']}"
    told = [f"{name} at {at(time_s)}" for name, time_s in r["witnesses"].items()]
    yield f"  witnesses  {', '.join(told) or 'none'}"
    yield f"  timestamps {', '.join(r['timestamps']) or 'none'}"
    void = sum(week["state"] == "void" for week in r["weeks"])
    told = f"{len(r['weeks']) - void:,} signed, {void:,} void (changed since)"
    known = sum(week["is_on_record"] for week in r["weeks"])
    yield f"  weeks      {told}, {r['weeks_left_out']:,} left out, {known:,} named as on record"
    for week in r["weeks"]:
        text = "{state:6} {week}, {supervisee}: {minutes} minutes, by {supervisor} on {origin}, "
        text = text.format_map(week) + f"{at(week['signed_us'] / 1e6)}, {week['where']}"
        yield "    " + "".join(each if each.isprintable() else "?" for each in text)
    yield f"  other rows {r['rows_closed']:,} not disclosed, {r['rows_shredded']:,} shredded"
    for code, where in r["findings"]:
        yield f"  ask why    {FINDINGS[code]} ({code}: {where})"
    if not r["policy_compared"]:
        yield "  not checked: that this is the service's key. Give --policy with one that you kept."
    kept = sum(origin in r["extends"] for origin in (r["log"], r["log"].rpartition("/p/")[0]))
    if kept < 2:
        yield "  not checked: that this is the past you or others were shown. Give --since with the"
        yield "    checkpoints that you or they kept, of the root log and of this practice."
    if not r["witnesses"]:
        yield "  not checked: that others are shown the same root log. No witness has cosigned it."
    if r["weeks"]:
        yield "  not checked: that the passkeys were in the hands of those whom the log names, and"
        yield "    that the hours are those of the sessions, which no auditor can open. Ask them."
    if r["timestamps"]:
        yield "  not checked: who signed the timestamps. Ask openssl ts -verify (index.html)."


def main() -> int:
    """Verify what the command line names; returns the exit status."""
    parser = argparse.ArgumentParser(description="Verify an audit bundle.")
    parser.add_argument("bundle", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--since", action="append", default=[], help="a checkpoint that you kept")
    parser.add_argument("--policy", help="the policy that you kept")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    asked = parser.parse_args()
    gc.disable()  # nothing here goes in circles, and a million events make many objects
    try:
        since = [open(path, "rb").read(MIB) for path in asked.since]
        policy = open(asked.policy, "rb").read(MIB) if asked.policy else None
    except OSError:
        parser.error("a kept file cannot be read")
    status = 0
    try:
        report = verify(asked.bundle, since, policy, asked.jobs)
        lines = list(words(report))
    except Exception as error:  # whatever is wrong with a bundle, it is not valid
        code, where = (error.code, error.where) if isinstance(error, Failure) else ("malformed", "")
        status, sentence = FAILURES[code]
        report: dict[str, object] = {"failure": code, "where": where, "means": sentence}
        lines = [f"NOT VALID: {sentence} ({code}{': ' if where else ''}{where})."]
    text = json.dumps({"valid": not status, **report}) if asked.json else "\n".join(lines)
    sys.stdout.write(f"{text}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
