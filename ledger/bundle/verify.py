"""Verifies an audit bundle of Therapist OS with Python 3.11 and the package `cryptography` alone.

    python verify.py [BUNDLE] [--since CHECKPOINT]... [--policy FILE] [--json] [--jobs N]

BUNDLE is the folder or zip, by default the folder of this file. The files, and what must hold of
them, are described in docs/format.md of the sources: RFC 6962 trees, C2SP notes, checkpoints and
tiles. It is read from the bottom: `verify` is the whole argument, in its order.
"""

import argparse
import base64
import datetime as dt
import hmac
import itertools
import json
import os
import re
import stat
import struct
import sys
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FAILURES = {  # code: (exit status, what it means)
    "file-missing": (10, "a file that the bundle must have is not there"),
    "file-unexpected": (11, "there is a file that no bundle of this size has"),
    "file-oversized": (12, "a file is longer than what it holds can be"),
    "file-unsafe": (13, "a name or kind of file that could lead outside the bundle"),
    "policy-malformed": (20, "the policy is not written as policies are"),
    "policy-differs": (21, "the policy is not the one you kept"),
    "checkpoint-malformed": (22, "a checkpoint or its note is not written as those are"),
    "signature-invalid": (23, "a signature does not verify, or is of a key the policy has not"),
    "quorum-not-met": (24, "too few witnesses have cosigned the checkpoint"),
    "root-tile-differs": (30, "a tile of the root log is not what the tiles below it make"),
    "root-mismatch": (31, "the root log's tiles do not make the signed root"),
    "fork": (32, "this log does not extend the checkpoint you kept: history was rewritten"),
    "rollback": (33, "this log is shorter than the checkpoint you kept: history was cut off"),
    "epochs-malformed": (40, "the slot proofs are not written as those are, or not in order"),
    "epoch-not-in-root-log": (41, "an epoch's record is not the leaf of the root log it says"),
    "slot-proof-invalid": (42, "an epoch's slot tree does not hold the slot leaf shown"),
    "slot-wrong": (43, "the slot shown is not this log's"),
    "slot-shrinks": (44, "the log is shorter in a later epoch"),
    "anchor-root-differs": (45, "the events do not make the root that an earlier epoch held"),
    "epoch-time-falls": (46, "an epoch is dated before the one it follows"),
    "entries-malformed": (50, "an entry bundle or a file of bodies is not whole"),
    "tile-differs": (51, "a tile of the practice's log is not what its entries make"),
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
    "shredding-malformed": (
        67,
        "an event that tells of a destroyed key is not written as those are",
    ),
    "timestamp-malformed": (70, "a timestamp is not a granted response over SHA-256"),
    "timestamp-unbound": (71, "a timestamp is not of its checkpoint, or no epoch carries it"),
    "timestamp-time": (72, "a timestamp and the epochs around it tell different times"),
    "proof-malformed": (80, "a proof file is not written as those are"),
    "proof-invalid": (81, "a proof does not prove what it is named for"),
    "range-malformed": (82, "the range of days is not written as those are"),
    "malformed": (90, "something is so wrong that the verifier cannot say what"),
}
FREE = {"verify.py", "index.html"}  # they explain the bundle, and nothing vouches for them
MIB, SIZE_MAX, WIDTH, DAY_US = 1 << 20, (1 << 63) - 1, 256, 86_400_000_000
LATE_US = 300_000_000  # so long may an event's commit take, and a timestamp's way
LEAF_MAX, BODY_MAX = 353, 1 << 20
RECORD, SLOT_HEAD = struct.Struct(">16sQqQ32s32s"), struct.Struct(">16sQB")
SHREDDED = b"\x96\xafkey-shredded.v1\xc4\x10"
FIRST = (1).to_bytes(8, "big") + bytes(32)  # version 1 of a stream follows nothing
COMMITMENT = b"therapist-os/key-commitment/v1\n"

Keys = dict[tuple[str, bytes], bytes]  # Ed25519 public keys by name and key id
Days = tuple[int, int]  # first and last day of the range, since 1970


class Policy(NamedTuple):
    """The log's name and key; each witness's key and short name; the groups; the quorum."""

    log: str
    key: bytes
    witnesses: dict[tuple[str, bytes], tuple[bytes, str]]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str

    def is_met(self, cosigned: set[str], name: str) -> bool:
        """Whether a witness or group has witnessed the checkpoint."""
        if name not in self.groups:
            return name == "none" or name in cosigned
        least, members = self.groups[name]
        return sum(self.is_met(cosigned, member) for member in members) >= least


class Checkpoint(NamedTuple):
    """What a verified note says, and the witnesses who cosigned it."""

    origin: str
    size: int
    root: bytes
    cosigners: set[str]


class Anchor(NamedTuple):
    """How far the log had come in one epoch, and the hash of the timestamp it carries."""

    epoch: int
    time_us: int
    size: int
    root: bytes
    stamp: bytes


class Failure(Exception):
    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code, where)
        self.code, self.where = code, where


def need(holds: object, code: str, where: str = "") -> None:
    if not holds:
        raise Failure(code, where)


# --- Files -------------------------------------------------------------------------------------


class Files:
    """The files of a folder or a zip, read in place; `sizes` has each with its length."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.zip: zipfile.ZipFile | None = None
        self.sizes: dict[str, int] = {}
        if os.path.isdir(place):
            for folder, folders, names in os.walk(place):
                for name in folders + names:
                    path = os.path.join(folder, name)
                    found, inner = os.lstat(path), os.path.relpath(path, place)
                    is_folder = name in folders and stat.S_ISDIR(found.st_mode)
                    need(is_folder or stat.S_ISREG(found.st_mode), "file-unsafe", inner)
                    if not is_folder:
                        self.sizes[inner.replace(os.sep, "/")] = found.st_size
            return
        self.zip = zipfile.ZipFile(place)
        for info in self.zip.infolist():
            name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
            safe = name not in self.sizes and kind in (0, stat.S_IFREG) and not info.flag_bits & 1
            safe = safe and re.fullmatch(r"[\w.-]+(/[\w.-]+)*", name, re.ASCII)
            need(safe and not {".", ".."} & set(name.split("/")), "file-unsafe", name)
            self.sizes[name] = info.file_size

    def read(self, name: str, limit: int = MIB) -> bytes:
        need(name in self.sizes, "file-missing", name)
        need(self.sizes[name] <= limit, "file-oversized", name)
        with self.zip.open(name) if self.zip else open(os.path.join(self.place, name), "rb") as f:
            raw = f.read(limit + 1)
        need(len(raw) == self.sizes[name], "file-oversized", name)
        return raw


def tile_name(top: str, level: object, index: int, width: int) -> str:
    digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]
    return f"{top}/{level}/{path}".replace("//", "/") + ("" if width == WIDTH else f".p/{width}")


def tiles(size: int, level: int = 0) -> list[tuple[int, int]]:
    """Index and width of each tile of a level."""
    count = size >> 8 * level
    return [(i, min(WIDTH, count - i * WIDTH)) for i in range(-(-count // WIDTH))]


def tile_names(top: str, size: int) -> set[str]:
    return {tile_name(top, n, *tile) for n in range(8) for tile in tiles(size, n)}


# --- Trees (RFC 6962) --------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def subtree(hashes: list[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [
            sha256(b"\x01" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=True)
        ]
    return hashes[0]


def split(raw: bytes) -> list[bytes]:
    return [raw[i : i + 32] for i in range(0, len(raw), 32)]


def prefix_root(stack: list[tuple[int, bytes]], hashes: list[bytes]) -> bytes:
    """The root over complete subtrees (height, hash), largest first, and leaves after them."""
    parts, start = [each for _, each in stack], 0
    for height in range(7, -1, -1):
        if len(hashes) & 1 << height:
            parts.append(subtree(hashes[start : start + (1 << height)]))
            start += 1 << height
    top = parts.pop()
    while parts:
        top = node(parts.pop(), top)
    return top


def check_tree(
    files: Files, top: str, size: int, wanted: set[int], roots: list[bytes] | None = None
) -> dict[int, bytes]:
    """Check all tiles above level 0, and return the tree's root at each wanted size.

    `roots` gives the root of each full tile of level 0 where that was computed already.
    """
    code = "root-tile-differs" if top == "root" else "tile-differs"
    found: dict[int, bytes] = {}
    stack: list[tuple[int, bytes]] = []
    row: list[bytes] = []
    at_tile: dict[int, list[int]] = {}
    for each in {size, *wanted}:
        at_tile.setdefault((each - 1) // WIDTH, []).append(each)
    for index, width in tiles(size):
        here, hashes = at_tile.get(index, []), list[bytes]()
        if not roots or width < WIDTH or any(each % WIDTH for each in here):
            name = tile_name(f"{top}/tile", 0, index, width)
            raw = files.read(name, 32 * width)
            need(len(raw) == 32 * width, code, name)
            hashes = split(raw)
        found |= {e: prefix_root(stack, hashes[: e % WIDTH]) for e in here if e % WIDTH}
        if width == WIDTH:
            row.append(roots[index] if roots else subtree(hashes))
            height, above = 8, row[-1]
            while stack and stack[-1][0] == height:
                height, above = height + 1, node(stack.pop()[1], above)
            stack.append((height, above))
        found |= {e: prefix_root(stack, []) for e in here if not e % WIDTH}
    for level in range(1, 8):
        for index, width in tiles(size, level):
            name, hashes = (
                tile_name(f"{top}/tile", level, index, width),
                row[index * WIDTH :][:WIDTH],
            )
            need(files.read(name, 32 * WIDTH) == b"".join(hashes), code, name)
        row = [subtree(row[i : i + WIDTH]) for i in range(0, len(row) - WIDTH + 1, WIDTH)]
    return found


def check_inclusion(
    proof: list[bytes], at: tuple[int, int], leaf: bytes, root: bytes, error: tuple[str, str]
) -> None:
    """RFC 9162 section 2.1.3.2."""
    (index, size), (code, where), proof = at, error, list(proof)
    need(index < size, code, where)
    last, top = size - 1, leaf
    while last:
        if index & 1 or index == last:
            if index & 1:
                need(proof, code, where)
                top = node(proof.pop(0), top)
        else:
            need(proof, code, where)
            top = node(top, proof.pop(0))
        index, last = index >> 1, last >> 1
    need(top == root and not proof, code, where)


# --- Notes, checkpoints, policy (C2SP) ---------------------------------------------------------


def b64(text: str, code: str, where: str = "") -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Failure(code, where) from None
    need(base64.b64encode(raw).decode() == text, code, where)
    return raw


def number(text: str, code: str, where: str = "") -> int:
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text, re.ASCII), code, where)
    return int(text)


def key_id(name: str, kind: int, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


def read_key(vkey: str, kind: int) -> tuple[str, bytes]:
    """Name and Ed25519 key of a vkey; `kind` is 1 for a log, 4 for a witness."""
    name, hint, packed = [*vkey.split("+", 2), "", ""][:3]
    raw = b64(packed, "policy-malformed", "vkey")
    good = len(raw) == 33 and raw[0] == kind and key_id(name, kind, raw[1:]).hex() == hint
    need(name and good, "policy-malformed", "vkey")
    return name, raw[1:]


def read_policy(raw: bytes) -> Policy:
    """Read a policy in its one spelling: log, witnesses, groups, quorum; each used just once."""
    lines = text_of(raw, "policy-malformed").split("\n")
    need(lines.pop() == "" and len(lines) > 1, "policy-malformed")
    policy = Policy(*read_key(lines[0].removeprefix("log "), 1), {}, {}, lines[-1][7:])
    need(lines[0][:4] == "log " and lines[-1][:7] == "quorum ", "policy-malformed")
    unused: set[str] = set()
    for words in (line.split(" ") for line in lines[1:-1]):
        need(
            len(words) > 2 and words[1] not in {"", "none", *unused, *policy.groups},
            "policy-malformed",
        )
        if words[0] == "witness" and len(words) == 3 and not policy.groups:
            name, key = read_key(words[2], 4)
            known = {each for each, _ in policy.witnesses.values()}
            need(key not in known and key != policy.key, "policy-malformed")
            policy.witnesses[name, key_id(name, 4, key)] = key, words[1]
        else:
            kind, _, least, *members = words
            need(kind == "group" and set(members) <= unused, "policy-malformed")
            numbers = {"any": 1, "all": len(members)}
            at_least = numbers.get(least) or number(least, "policy-malformed")
            good = 1 <= at_least <= len(members) == len(set(members))
            need(good, "policy-malformed")
            policy.groups[words[1]] = at_least, members
            unused -= set(members)
        unused.add(words[1])
    need({policy.quorum} - {"none"} == unused, "policy-malformed")
    return policy


def text_of(raw: bytes, code: str, where: str = "") -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Failure(code, where) from None
    need(not re.search("[\x00-\x09\x0b-\x1f]", text), code, where)
    return text


def read_checkpoint(raw: bytes, keys: Keys, where: str, policy: Policy | None = None) -> Checkpoint:
    """Verify a note, all of whose signers must be known, the log among them.

    The log's keys are given; witnesses are those of the policy, if it is given.
    """
    text, blank, block = text_of(raw, "checkpoint-malformed", where).rpartition("\n\n")
    lines, signers = text.split("\n"), set[tuple[str, bytes]]()
    need(blank and block.endswith("\n") and len(lines) == 3, "checkpoint-malformed", where)
    size, root = (
        number(lines[1], "checkpoint-malformed", where),
        b64(lines[2], "checkpoint-malformed", where),
    )
    need(lines[0] and 1 <= size <= SIZE_MAX and len(root) == 32, "checkpoint-malformed", where)
    message = f"{text}\n".encode()
    for words in (line.split(" ") for line in block[:-1].split("\n")):
        need(len(words) == 3 and words[0] == "\u2014", "checkpoint-malformed", where)
        packed = b64(words[2], "checkpoint-malformed", where)
        who, value = (words[1], packed[:4]), packed[4:]
        need(who not in signers, "checkpoint-malformed", where)
        signers.add(who)
        if who in keys:
            check_signature(keys[who], value, message, where)
        else:
            need(
                policy and who in policy.witnesses and len(value) == 72, "signature-invalid", where
            )
            assert policy
            stated = f"cosignature/v1\ntime {int.from_bytes(value[:8], 'big')}\n".encode()
            check_signature(policy.witnesses[who][0], value[8:], stated + message, where)
    need(signers & set(keys), "signature-invalid", where)
    cosigners = {policy.witnesses[who][1] for who in signers - set(keys)} if policy else set[str]()
    return Checkpoint(lines[0], size, root, cosigners)


def check_signature(key: bytes, signature: bytes, message: bytes, where: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Failure("signature-invalid", where) from None


# --- Epochs ------------------------------------------------------------------------------------


def read_epochs(files: Files, root_size: int, origin: str) -> list[Anchor]:
    """Check the slot proofs, and that their records are the leaves of the root log they say."""
    blocks = text_of(files.read("epochs", 64 * MIB), "epochs-malformed").split("\n\n")
    need(blocks.pop() == "" and blocks, "epochs-malformed")
    anchors: list[Anchor] = []
    for block in blocks:
        found = re.fullmatch(
            r"therapist-os/slot-proof@v1\nrecord (.*)\nslot (.*)((?:\n.+)*)", block
        )
        need(found, "epochs-malformed")
        assert found
        record, leaf = (b64(found[n], "epochs-malformed") for n in (1, 2))
        hashes = [b64(line, "epochs-malformed") for line in found[3].split("\n")[1:]]
        anchors.append(read_slot(files, root_size, origin, record, leaf, hashes))
        for before in anchors[-2:-1]:
            where = f"epoch {anchors[-1].epoch}"
            need(anchors[-1].epoch > before.epoch, "epochs-malformed", where)
            need(anchors[-1].time_us >= before.time_us, "epoch-time-falls", where)
            need(anchors[-1].size >= before.size, "slot-shrinks", where)
    need(anchors[-1].epoch == root_size - 1, "epochs-malformed", "the last epoch is not there")
    return anchors


def read_slot(
    files: Files, root_size: int, origin: str, record: bytes, leaf: bytes, hashes: list[bytes]
) -> Anchor:
    """Check one slot proof: record in the root log, slot leaf in the record's slot tree."""
    need(len(record) == RECORD.size and len(leaf) > SLOT_HEAD.size, "epochs-malformed")
    magic, epoch, time_us, slots, slots_root, stamp = RECORD.unpack(record)
    where = f"epoch {epoch}"
    need(magic == b"therapist-os/r1\n" and time_us >= 0, "epochs-malformed", where)
    need(epoch < root_size, "epoch-not-in-root-log", where)
    index = epoch // WIDTH
    name = tile_name("root/tile", 0, index, min(WIDTH, root_size - index * WIDTH))
    held = files.read(name, 32 * WIDTH)[epoch % WIDTH * 32 :][:32]
    need(held == sha256(b"\0" + record).digest(), "epoch-not-in-root-log", where)
    magic, slot, length = SLOT_HEAD.unpack_from(leaf)
    name, tail = leaf[SLOT_HEAD.size :][:length], leaf[SLOT_HEAD.size + length :]
    need(magic == b"therapist-os/s1\n" and len(tail) == 56, "epochs-malformed", where)
    size = int.from_bytes(tail[:8], "big")
    is_ours = name == origin.encode() and origin.endswith(f"/{slot}")
    need(is_ours and 1 <= size <= SIZE_MAX, "slot-wrong", where)
    hashed = sha256(b"\0" + leaf).digest()
    check_inclusion(hashes, (slot, slots), hashed, slots_root, ("slot-proof-invalid", where))
    return Anchor(epoch, time_us, size, tail[8:40], stamp)


# --- Events ------------------------------------------------------------------------------------


class Stream:
    """One stream within a range of tiles: how it begins, goes on, and which key seals it."""

    __slots__ = ("after", "bodies", "first", "last_sealed", "seal")

    def __init__(self, first: bytes) -> None:
        self.first, self.after, self.seal = first, first, b""
        self.bodies, self.last_sealed = 0, -1


class Job(NamedTuple):
    """Which tiles to check; the range of days; disclosed keys; positions whose time is wanted."""

    place: str
    tiles: list[tuple[int, int]]
    days: Days | None
    keys: dict[bytes, bytes]
    wanted: set[int]


class Range:
    """The events of some tiles, checked in themselves; `join` checks that ranges go together."""

    def __init__(self, job: Job) -> None:
        self.job, self.files = job, Files(job.place)
        self.head, self.begin, self.late, self.left_out = b"", b"", bytes(8), 0
        self.roots: list[bytes] = []
        self.streams: dict[bytes, Stream] = {}
        self.shredded: list[tuple[bytes, bytes, int]] = []
        self.opened: list[tuple[int, bytes]] = []
        self.times: dict[int, int] = {}
        self.tags: set[bytes] = set()
        for index, width in job.tiles:
            self.tile(index, width)

    def tile(self, index: int, width: int) -> None:
        """Check one tile's entries and bodies, and that they make the tile."""
        name = tile_name("practice/tile/entries", "", index, width)
        raw = self.files.read(name, width * (LEAF_MAX + 2))
        bodies = self.files.read(tile_name("bodies", "", index, width), width * (BODY_MAX + 4))
        hashes: list[bytes] = []
        at = body_at = 0
        for position in range(index * WIDTH, index * WIDTH + width):
            end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
            leaf = raw[at + 2 : end]
            if end > len(raw) or len(leaf) < 167:
                raise Failure("entries-malformed", name)
            hashed = sha256(b"\0" + leaf).digest()
            hashes.append(hashed)
            body_at = self.event(position, leaf, hashed, bodies, body_at)
            at = end
        need(at == len(raw) and body_at == len(bodies), "entries-malformed", name)
        name = tile_name("practice/tile", 0, index, width)
        need(self.files.read(name, 32 * WIDTH) == b"".join(hashes), "tile-differs", name)
        if width == WIDTH:
            self.roots.append(subtree(hashes))

    def event(self, position: int, leaf: bytes, hashed: bytes, bodies: bytes, at: int) -> int:
        """Check one event, in few steps, and return its body's end (docs/format.md, Event leaf)."""
        if leaf[:32] != self.head:
            self.not_ours(leaf, position)
        time = leaf[104:112]  # big-endian and not negative, so bytes compare as numbers do
        if time < self.late or time[0] > 127:
            raise Failure("time-falls", f"position {position}")
        self.late = time
        if position in self.job.wanted:
            self.times[position] = int.from_bytes(time, "big")
        tag = leaf[128 : 129 + leaf[128]]
        mode = 128 + len(tag)
        if tag not in self.tags:
            self.new_tag(tag, position)
        is_sealed = leaf[mode] if mode < len(leaf) else 2
        tail = mode + 61 if is_sealed else mode + 1
        if is_sealed > 1 or len(leaf) != tail + 36:
            raise Failure("leaf-malformed", f"position {position}")
        stream = self.streams.get(leaf[32:48])
        if stream is None:
            self.streams[leaf[32:48]] = stream = Stream(leaf[48:88])
        elif leaf[48:88] != stream.after:
            skipped = leaf[48:56] != stream.after[:8]
            raise Failure("version-skipped" if skipped else "chain-broken", f"position {position}")
        stream.after = (int.from_bytes(leaf[48:56], "big") + 1).to_bytes(8, "big") + hashed
        end = at + 4 + int.from_bytes(leaf[tail : tail + 4], "big")
        body = bodies[at + 4 : end]
        is_whole = bodies[at : at + 4] == leaf[tail : tail + 4]
        if not is_whole or self.job.days or sha256(body).digest() != leaf[-32:]:
            body, end = self.body(position, leaf, is_sealed, bodies, at)
        if is_sealed:
            stream.last_sealed = position
            stream.bodies += body is not None
            if leaf[mode + 1 : mode + 49] != stream.seal or self.job.keys:
                self.sealed(position, leaf, stream, body, hashed)
        elif tag == b"\x0fkey-shredded.v1":
            self.told(position, body or b"")
        return end

    def not_ours(self, leaf: bytes, position: int) -> None:
        """Say what is wrong with the first 32 bytes, unless this is the range's first event."""
        need(leaf[:16] == b"therapist-os/e1\n", "leaf-malformed", f"position {position}")
        need(not self.head, "other-practice", f"position {position}")
        self.head, self.begin = leaf[:32], leaf[104:112]

    def told(self, position: int, body: bytes) -> None:
        """Take down what an event tells of a destroyed key."""
        good = body[:19] == SHREDDED and body[35:37] == b"\xc4\x10" and len(body) > 53
        need(good, "shredding-malformed", f"position {position}")
        self.shredded.append((body[37:53], body[19:35], position))

    def new_tag(self, tag: bytes, position: int) -> None:
        good = 1 < len(tag) < 129 and all(33 <= byte <= 126 for byte in tag[1:])
        need(good, "leaf-malformed", f"position {position}")
        self.tags.add(tag)

    def body(
        self, position: int, leaf: bytes, is_sealed: int, bodies: bytes, at: int
    ) -> tuple[bytes | None, int]:
        """Check an event's stored body; returns it (None where it is left out) and its end."""
        days, is_out = self.job.days, False
        if days and is_sealed:
            is_out = not days[0] <= int.from_bytes(self.late, "big") // DAY_US <= days[1]
        length = bodies[at : at + 4]
        if length == b"\xff\xff\xff\xff":
            need(is_out, "body-missing", f"position {position}")
            self.left_out += 1
            return None, at + 4
        end = at + 4 + int.from_bytes(length, "big")
        body = bodies[at + 4 : end]
        if is_out or length != leaf[-36:-32] or sha256(body).digest() != leaf[-32:]:
            raise Failure("body-differs", f"position {position}")
        return body, end

    def sealed(
        self, position: int, leaf: bytes, stream: Stream, body: bytes | None, hashed: bytes
    ) -> None:
        """Check the key of a sealed event, and open it where the key is disclosed."""
        seal = leaf[-96:-48]
        if seal != stream.seal:
            need(not stream.seal, "key-changed", f"position {position}")
            stream.seal = seal
        key = self.job.keys.get(seal[:16])
        if key is None:
            return
        self.opened.append((position, hashed))
        commitment = hmac.digest(key, COMMITMENT + seal[:16], "sha256")
        need(hmac.compare_digest(commitment, seal[16:]), "key-wrong", f"position {position}")
        try:
            if body is not None:
                AESGCM(key).decrypt(leaf[-48:-36], body, leaf[:-36])
        except InvalidTag:
            raise Failure("does-not-open", f"position {position}") from None


def join(ranges: list[Range], keys: dict[bytes, bytes]) -> tuple[dict[str, int], int]:
    """Check that ranges go together; returns the bodies in each state, and the streams."""
    streams: dict[bytes, Stream] = {}
    for before, each in zip([None, *ranges], ranges, strict=False):
        need(before is None or before.head == each.head, "other-practice")
        need(before is None or before.late <= each.begin, "time-falls")
        for name, stream in each.streams.items():
            known = streams.get(name)
            expected = known.after if known else FIRST
            code = "chain-broken" if stream.first[:8] == expected[:8] else "version-skipped"
            need(stream.first == expected, code, f"stream {name.hex()}")
            if known:
                is_same = b"" in (known.seal, stream.seal) or known.seal == stream.seal
                need(is_same, "key-changed", f"stream {name.hex()}")
                stream.seal = stream.seal or known.seal
                stream.bodies += known.bodies
                stream.last_sealed = max(known.last_sealed, stream.last_sealed)
            streams[name] = stream
    gone = {key: (stream, at) for each in ranges for key, stream, at in each.shredded}
    counts = {"readable": 0, "sealed": 0, "shredded": 0}
    owners: dict[bytes, bytes] = {}
    for name, stream in streams.items():
        key = stream.seal[:16]
        if key:
            need(owners.setdefault(key, name) == name, "key-shared", f"key {key.hex()}")
            told, at = gone.get(key, (name, SIZE_MAX))
            need(told == name, "shredding-malformed", f"key {key.hex()}")
            came_back = stream.last_sealed > at or (key in gone and key in keys)
            need(not came_back, "key-returned", f"key {key.hex()}")
            state = "shredded" if key in gone else "readable" if key in keys else "sealed"
            counts[state] += stream.bodies
    need(set(gone) <= set(owners), "shredding-malformed", "a key that no event has")
    need(set(keys) <= set(owners), "key-wrong", "a disclosed key that no event has")
    return counts, len(streams)


# --- Timestamps (RFC 3161; who signed one is openssl's business) --------------------------------


def der(raw: bytes, *path: int) -> bytes:
    """Return the content at a path of indexes into nested DER values, each with a tag of a byte."""
    for index in path:
        values: list[bytes] = []
        while raw and len(values) <= index:
            more = raw[1] & 127 if raw[1:2] > b"\x7f" else 0
            start = 2 + more
            end = start + (int.from_bytes(raw[2:start], "big") if more else raw[1])
            need(end <= len(raw), "timestamp-malformed")
            values.append(raw[start:end])
            raw = raw[end:]
        need(len(values) > index, "timestamp-malformed")
        raw = values[index]
    return raw


def check_timestamps(
    files: Files, anchors: list[Anchor], log: Keys
) -> dict[int, tuple[bytes, str]]:
    """Check each timestamp against the epochs; returns the root and time it tells of each size."""
    found: dict[int, tuple[bytes, str]] = {}
    for name in sorted(n for n in files.sizes if re.fullmatch("timestamps/[0-9]+/token[.]tsr", n)):
        where = name.removesuffix("/token.tsr")
        note, token = files.read(f"{where}/checkpoint"), files.read(name)
        checkpoint = read_checkpoint(note, log, where)
        is_named = where == f"timestamps/{checkpoint.size}" and (
            checkpoint.origin in {n for n, _ in log}
        )
        need(is_named, "timestamp-unbound", where)
        info = der(token, 0, 1, 1, 0, 2, 1, 0)  # TimeStampResp ... SignedData ... TSTInfo
        text = der(info, 0, 4).decode("ascii", "replace")
        is_granted = der(token, 0, 0, 0) == b"\0" and re.fullmatch(r"\d{14}(\.\d{1,6})?Z", text)
        need(is_granted, "timestamp-malformed", where)
        need(der(info, 0, 2, 1) == sha256(note).digest(), "timestamp-unbound", where)
        made = dt.datetime.strptime(f"{text[:14]}+0000", "%Y%m%d%H%M%S%z")
        made_us = int(made.timestamp()) * 1_000_000
        carrying = [a for a in anchors if a.stamp == sha256(token).digest()]
        need(carrying and carrying[0].epoch >= checkpoint.size, "timestamp-unbound", where)
        before = [a.time_us for a in anchors if a.epoch < checkpoint.size]
        is_in_time = carrying[0].time_us + LATE_US >= made_us >= max(before, default=0) - LATE_US
        need(is_in_time, "timestamp-time", where)
        found[checkpoint.size] = checkpoint.root, f"{made:%Y-%m-%d %H:%M:%S}"
    return found


# --- The whole argument ------------------------------------------------------------------------


class Signed(NamedTuple):
    """The two checkpoints as they were signed, with their notes, and the keys of each log."""

    policy: Policy
    root: Checkpoint
    practice: Checkpoint
    notes: tuple[bytes, bytes]
    keys: tuple[Keys, Keys]


def verify(
    place: str, since: Sequence[bytes] = (), kept: bytes | None = None, jobs: int = 1
) -> dict[str, Any]:
    """Verify a bundle; returns what was found. Raises Failure at the first thing that is wrong."""
    files = Files(place)
    # 1. The checkpoints, signed; the practice log's is believed as far as an epoch says the same.
    signed = read_signed(files, kept)
    root, practice = signed.root, signed.practice
    past = [read_kept(raw, signed) for raw in since]
    # 2. The epochs, leaves of the root log, each with the one slot that this log has in it.
    anchors = read_epochs(files, root.size, practice.origin)
    need(anchors[-1][2:4] == practice[1:3], "practice-root-differs", "the last epoch")
    stamps = check_timestamps(files, anchors, signed.keys[0])
    check_root_log(files, root, past, stamps)
    # 3. Every event: its place, chain, time, body and key; and the roots that each epoch held.
    days = read_range(files) if "range" in files.sizes else None
    names = [name for name in files.sizes if name.startswith("disclosed/")]
    keys = dict(read_secret(files, name) for name in names)
    ranges = check_ranges(place, practice.size, anchors, (days, keys), jobs)
    counts, streams = join(ranges, keys)
    check_practice_log(files, practice, past, anchors, ranges)
    check_times({at: us for r in ranges for at, us in r.times.items()}, anchors, practice.size)
    # 4. The single proofs; and exactly the files that follow from all this.
    opened = [each for part in ranges for each in part.opened]
    check_proofs(files, signed, opened)
    check_names(files, root.size, practice.size, [str(at) for at, _ in opened], list(stamps))
    return counts | {
        "log": practice.origin,
        "practice": ranges[0].head[16:].hex(),
        "events": practice.size,
        "streams": streams,
        "left_out": sum(each.left_out for each in ranges),
        "root": practice.root.hex(),
        "first_us": int.from_bytes(ranges[0].begin, "big"),
        "last_us": int.from_bytes(ranges[-1].late, "big"),
        "log_key": files.read("policy").decode().split("\n")[0][4:],
        "policy_compared": kept is not None,
        "extends": sorted({p.origin for p in past}),
        **told_of_epochs(root, anchors, [time for _, time in stamps.values()]),
    }


def told_of_epochs(root: Checkpoint, anchors: list[Anchor], stamps: list[str]) -> dict[str, Any]:
    """What the report says of the root log."""
    gaps = [b.time_us - a.time_us for a, b in itertools.pairwise(anchors)]
    return {
        "sealed_us": anchors[-1].time_us,
        "checkpoint_size": root.size,
        "checkpoint_root": root.root.hex(),
        "epochs": len(anchors),
        "widest_gap_us": max(gaps, default=0),
        "timestamps": stamps,
        "witnesses": sorted(root.cosigners),
    }


def read_signed(files: Files, kept: bytes | None) -> Signed:
    """Read policy and checkpoints, and check who signed."""
    raw = files.read("policy")
    need(kept in (None, raw), "policy-differs")
    policy = read_policy(raw)
    notes = files.read("root/checkpoint"), files.read("practice/checkpoint")
    log = {(policy.log, key_id(policy.log, 1, policy.key)): policy.key}
    root = read_checkpoint(notes[0], log, "root/checkpoint", policy)
    need(root.origin == policy.log, "checkpoint-malformed", "root/checkpoint")
    need(policy.is_met(root.cosigners, policy.quorum), "quorum-not-met")
    name = notes[1].split(b"\n", 1)[0].decode("utf-8", "replace")
    own = {(name, key_id(name, 1, policy.key)): policy.key}
    practice = read_checkpoint(notes[1], own, "practice/checkpoint")
    is_ours = re.fullmatch(re.escape(policy.log) + "/p/(0|[1-9][0-9]{0,18})", name, re.ASCII)
    need(is_ours, "slot-wrong", "practice/checkpoint")
    return Signed(policy, root, practice, notes, (log, own))


def check_root_log(
    files: Files, root: Checkpoint, past: list[Checkpoint], stamps: dict[int, tuple[bytes, str]]
) -> None:
    """Check the root log's tiles, and that it extends what was kept and what was stamped."""
    old = [p for p in past if p.origin == root.origin]
    roots = check_tree(files, "root", root.size, {*stamps, *(p.size for p in old)})
    need(roots[root.size] == root.root, "root-mismatch")
    is_stamped = all(roots[size] == told for size, (told, _) in stamps.items())
    need(is_stamped, "timestamp-unbound")
    need(all(roots[p.size] == p.root for p in old), "fork", root.origin)


def check_practice_log(
    files: Files,
    practice: Checkpoint,
    past: list[Checkpoint],
    anchors: list[Anchor],
    ranges: list[Range],
) -> None:
    """Check the practice log's tiles, and that it extends what was kept and each epoch held."""
    old = [p for p in past if p.origin == practice.origin]
    wanted = {each.size for each in (*anchors, *old)}
    known = [root for each in ranges for root in each.roots]
    roots = check_tree(files, "practice", practice.size, wanted, known)
    need(roots[practice.size] == practice.root, "practice-root-differs")
    need(all(roots[a.size] == a.root for a in anchors), "anchor-root-differs")
    need(all(roots[p.size] == p.root for p in old), "fork", practice.origin)


def check_proofs(files: Files, signed: Signed, opened: list[tuple[int, bytes]]) -> None:
    """Check the proof of the last epoch's record, and that of each event with a disclosed key."""
    size = signed.root.size
    index = (size - 1) // WIDTH
    tile = files.read(tile_name("root/tile", 0, index, size - index * WIDTH), 32 * WIDTH)
    check_proof(files, "epoch", size - 1, tile[-32:], signed.root, signed.notes[0])
    for at, hashed in opened:
        check_proof(files, str(at), at, hashed, signed.practice, signed.notes[1])


def check_ranges(
    place: str,
    size: int,
    anchors: list[Anchor],
    readable: tuple[Days | None, dict[bytes, bytes]],
    jobs: int,
) -> list[Range]:
    """Check the events, on several cores where they are many."""
    wanted = {a.size for a in anchors} | {a.size - 1 for a in anchors}
    every = tiles(size)
    step = len(every) if jobs < 2 or len(every) < 64 else -(-len(every) // (jobs * 4))
    parts = [every[at : at + step] for at in range(0, len(every), step)]
    work = [Job(place, part, *readable, wanted) for part in parts]
    if len(work) == 1:
        return [Range(work[0])]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(Range, work))


def check_times(times: dict[int, int], anchors: list[Anchor], size: int) -> None:
    """An event is not later than the epoch that holds it, nor much earlier than one that lacks it.

    Times never fall within the log, so the events beside each epoch's end speak for the others.
    """
    for a in anchors:
        need(times[a.size - 1] <= a.time_us, "postdated", f"position {a.size - 1}, epoch {a.epoch}")
        is_late = a.size == size or times[a.size] >= a.time_us - LATE_US
        need(is_late, "backdated", f"position {a.size}, epoch {a.epoch}")


def check_names(
    files: Files, root_size: int, size: int, proofs: list[str], stamps: list[int]
) -> None:
    """Check that no file is missing, and none is there that does not belong."""
    expected = {"policy", "root/checkpoint", "practice/checkpoint", "epochs", *FREE}
    expected |= tile_names("root/tile", root_size) | tile_names("practice/tile", size)
    for top in ("practice/tile/entries", "bodies"):
        expected |= {tile_name(top, "", *tile) for tile in tiles(size)}
    expected |= {f"proofs/{name}.tlog-proof" for name in ["epoch", *proofs]}
    expected |= {
        f"timestamps/{n}/{f}" for n in stamps for f in ("checkpoint", "token.tsr", "chain.pem")
    }
    free = re.compile("range|disclosed/[0-9a-f]{32}[.]key")  # these were read before
    for name in sorted(expected - set(files.sizes)):
        raise Failure("file-missing", name)
    for name in sorted(set(files.sizes) - expected):
        need(free.fullmatch(name), "file-unexpected", name)


def check_proof(
    files: Files, name: str, index: int, leaf: bytes, under: Checkpoint, note: bytes
) -> None:
    """Check a file in C2SP tlog-proof: this leaf, under this note."""
    where = f"proofs/{name}.tlog-proof"
    head, _, held = files.read(where).partition(b"\n\n")
    lines = r"c2sp[.]org/tlog-proof@v1\nindex (.*)((?:\n.+)*)"
    found = re.fullmatch(lines, text_of(head, "proof-malformed", where))
    need(found, "proof-malformed", where)
    assert found
    hashes = [b64(line, "proof-malformed", where) for line in found[2].split("\n")[1:]]
    is_this = number(found[1], "proof-malformed", where) == index and held == note
    need(is_this, "proof-invalid", where)
    check_inclusion(hashes, (index, under.size), leaf, under.root, ("proof-invalid", where))


def read_kept(raw: bytes, signed: Signed) -> Checkpoint:
    """Read a checkpoint kept from last time: its witnesses may have been others."""
    text, blank, block = text_of(raw, "checkpoint-malformed", "--since").rpartition("\n\n")
    origin = text.split("\n")[0]
    now = {log.origin: log for log in (signed.root, signed.practice)}.get(origin)
    need(now, "slot-wrong", "a kept checkpoint is of another log")
    own = [f"{line}\n" for line in block.split("\n") if line.split(" ")[1:2] == [origin]]
    keys = signed.keys[0] | signed.keys[1]
    kept = read_checkpoint(f"{text}{blank}{''.join(own)}".encode(), keys, "--since")
    need(now and kept.size <= now.size, "rollback", origin)
    return kept


def read_range(files: Files) -> Days:
    """Read the range of days, in days since 1970."""
    text = text_of(files.read("range"), "range-malformed")
    found = re.fullmatch("from ([0-9-]{10})\nto ([0-9-]{10})\n", text)
    need(found, "range-malformed")
    assert found
    try:
        first, last = (dt.date.fromisoformat(found[n]).toordinal() - 719_163 for n in (1, 2))
    except ValueError:
        raise Failure("range-malformed") from None
    need(first <= last, "range-malformed")
    return first, last


def read_secret(files: Files, name: str) -> tuple[bytes, bytes]:
    """Read a disclosed key; returns its id and its secret."""
    need(re.fullmatch("disclosed/[0-9a-f]{32}[.]key", name), "file-unexpected", name)
    text = text_of(files.read(name, 65), "key-wrong", name)
    need(re.fullmatch("[0-9a-f]{64}\n", text), "key-wrong", name)
    return bytes.fromhex(name[10:42]), bytes.fromhex(text)


def words(r: dict[str, Any]) -> Iterator[str]:
    """The verdict for people."""
    first, last, by = (
        f"{dt.datetime.fromtimestamp(r[us] / 1e6, dt.UTC):%Y-%m-%d %H:%M:%S}"
        for us in ("first_us", "last_us", "sealed_us")
    )
    yield f"VALID: {r['events']:,} events of {r['log']}, complete, in order and unaltered."
    yield f"  recorded   {first} to {last}, sealed by {by} (UTC)"
    states = ("readable", "sealed", "shredded", "left_out")
    yield f"  bodies     {', '.join(f'{r[state]:,} {state}' for state in states)}".replace("_", " ")
    gap_s = f"{r['widest_gap_us'] / 1e6:,.0f}"
    apart = f"{r['epochs']:,} epochs, at most {gap_s} s apart" if r["epochs"] > 1 else "one epoch"
    yield f"  times      bound by {apart}"
    yield f"  signed by  {r['log_key']}"
    yield f"  witnesses  {', '.join(r['witnesses']) or 'none'}"
    yield f"  timestamps {', '.join(r['timestamps']) or 'none'}"
    if not r["policy_compared"]:
        yield "  not checked: that this is the service's key. Give --policy with one that you kept."
    if not r["extends"]:
        yield "  not checked: that the past was not rewritten. Give --since with one you kept."
    if not r["witnesses"]:
        yield "  not checked: that others are shown the same log. No witness has cosigned it."
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
