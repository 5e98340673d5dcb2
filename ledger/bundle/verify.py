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
import marshal
import os
import re
import stat
import struct
import sys
import zipfile
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache, partial
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
    "shredding-malformed": (67, "an event of a destroyed key is not written as those are"),
    "timestamp-malformed": (70, "a timestamp is not a granted response over SHA-256"),
    "timestamp-unbound": (71, "a timestamp is not of its checkpoint, or no epoch carries it"),
    "timestamp-time": (72, "a timestamp and the epochs around it tell different times"),
    "proof-malformed": (80, "a proof file is not written as those are"),
    "proof-invalid": (81, "a proof does not prove what it is named for"),
    "range-malformed": (82, "the range of days is not written as those are"),
    "malformed": (90, "something is so wrong that the verifier cannot say what"),
}
FREE = {"verify.py", "index.html", "statement.pdf"}  # explain it; nothing vouches for them
MIB, SIZE_MAX, WIDTH, DAY_US = 1 << 20, (1 << 63) - 1, 256, 86_400_000_000
LATE_US = 300_000_000  # so long may an event's commit take, and a timestamp's way
LEAF_MAX, BODY_MAX, LEFT_OUT, FIRST = 353, 1 << 20, 0xFFFFFFFF, (1, bytes(32))
RECORD, SLOT_HEAD = struct.Struct(">16sQqQ32s32s"), struct.Struct(">16sQB")
# An entry up to the length of its type: its own length; magic and practice; stream; version;
# previous; time; length of the type. Its last fields: length and hash of the body.
HEAD, TAIL, LENGTH = map(struct.Struct, (">H32s16sQ32s16xq16xB", ">I32s", ">I"))
MAGIC, SHREDDED = b"therapist-os/e1\n", b"key-shredded.v1"
COMMITMENT = b"therapist-os/key-commitment/v1\n"

Signer = tuple[str, bytes]  # name and key id
Keys = dict[Signer, bytes]  # Ed25519 public keys
Days = tuple[int, int]  # first and last day of the range, since 1970
Head = tuple[int, bytes, bytes, int, int]  # see `Stream.head`


class Policy(NamedTuple):
    """The log's name and key; each witness's key and short name; the groups; the quorum."""

    log: str
    key: bytes
    witnesses: dict[Signer, tuple[bytes, str]]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str

    def is_met(self, cosigned: set[str], name: str) -> bool:
        """Whether a witness or group has witnessed the checkpoint."""
        if name not in self.groups:
            return name == "none" or name in cosigned
        least, members = self.groups[name]
        return sum(self.is_met(cosigned, member) for member in members) >= least


class Checkpoint(NamedTuple):
    """What a verified note says, the witnesses who cosigned it, and the note itself."""

    origin: str
    size: int
    root: bytes
    cosigners: set[str]
    note: bytes


class Anchor(NamedTuple):
    """How far the log had come in one epoch, and the hashes of its timestamp and its record."""

    epoch: int
    time_us: int
    size: int
    root: bytes
    stamp: bytes
    leaf_hash: bytes


class Failure(Exception):
    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code, where)
        self.code, self.where = code, where


def need(holds: object, code: str = "", where: str = "") -> None:
    """Go on only if this holds; inside `reading` the code is the one given there."""
    if not holds:
        raise Failure(code, where) if code else ValueError


@contextmanager
def reading(code: str, where: str = "") -> Generator[None, None, None]:
    """Fail with this code if what is read inside is not written as it should be."""
    try:
        yield
    except (ValueError, IndexError, struct.error):
        raise Failure(code, where) from None


# --- Files -------------------------------------------------------------------------------------


class Files:
    """The files of a folder or a zip, read in place; `sizes` has each with its length."""

    def __init__(self, place: str) -> None:
        self.place, self.sizes = place, dict[str, int]()
        self.zip = None if os.path.isdir(place) else zipfile.ZipFile(place)
        if not self.zip:
            self.scan("")
            return
        for info in self.zip.infolist():
            name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
            safe = name not in self.sizes and kind in (0, stat.S_IFREG) and not info.flag_bits & 1
            safe = safe and re.fullmatch(r"[\w.-]+(/[\w.-]+)*", name, re.ASCII)
            need(safe and not {".", ".."} & set(name.split("/")), "file-unsafe", name)
            self.sizes[name] = info.file_size

    def scan(self, folder: str) -> None:
        for found in os.scandir(f"{self.place}/{folder}"):
            name = folder + found.name
            if found.is_dir(follow_symlinks=False):
                self.scan(f"{name}/")
            else:
                need(found.is_file(follow_symlinks=False), "file-unsafe", name)
                self.sizes[name] = found.stat(follow_symlinks=False).st_size

    def read(self, name: str, limit: int = MIB) -> bytes:
        need(name in self.sizes, "file-missing", name)
        size = self.sizes[name]
        need(size <= limit, "file-oversized", name)
        with self.zip.open(name) if self.zip else open(f"{self.place}/{name}", "rb") as file:
            raw = file.read(size + 1)
        need(len(raw) == size, "file-oversized", name)
        return raw


def tile_name(top: str, index: int, width: int) -> str:
    path = f"{index % 1000:03}"
    while index := index // 1000:
        path = f"x{index % 1000:03}/{path}"
    return f"{top}/{path}" if width == WIDTH else f"{top}/{path}.p/{width}"


def tiles(size: int, level: int = 0) -> list[tuple[int, int]]:
    """Index and width of each tile of a level."""
    count = size >> 8 * level
    return [(i, min(WIDTH, count - i * WIDTH)) for i in range(-(-count // WIDTH))]


# --- Trees (RFC 6962) --------------------------------------------------------------------------


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


def check_tree(
    files: Files, top: str, size: int, tile_roots: bytes = b""
) -> Callable[[int], bytes]:
    """Check a log's tiles from level 1 on; returns what tells its root at each size up to its own.

    `tile_roots` are those of the full tiles of level 0, where they were computed already.
    """
    code = "root-tile-differs" if top == "root" else "tile-differs"

    @lru_cache(maxsize=1)
    def within(index: int) -> list[bytes]:
        width = min(WIDTH, size - index * WIDTH)
        name = tile_name(f"{top}/tile/0", index, width)
        hashes = files.read(name, 32 * WIDTH)
        need(len(hashes) == 32 * width, code, name)
        return levels(hashes)

    above = levels(tile_roots or b"".join([within(index)[8] for index in range(size // WIDTH)]))
    for level in range(1, 8):
        for index, width in tiles(size, level):
            name = tile_name(f"{top}/tile/{level}", index, width)
            expected = above[8 * level - 8][8192 * index : 8192 * (index + 1)]
            need(files.read(name, 32 * WIDTH) == expected, code, name)

    def root_at(wanted: int) -> bytes:
        """Fold the complete subtrees, from the smallest, which is the rightmost."""
        root = b""
        for height in range(wanted.bit_length()):
            at = (wanted >> height) - 1  # the last one of this height, if the size has one
            if at % 2 == 0:
                row = above[height - 8] if height > 7 else within(wanted // WIDTH)[height]
                at = 32 * (at if height > 7 else at % (WIDTH >> height))
                root = node(row[at : at + 32], root) if root else row[at : at + 32]
        return root

    return root_at


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


def roots_by(proof: list[bytes], old: int, old_root: bytes, size: int) -> tuple[bytes, bytes]:
    """Return the old and the new root that a proof makes (RFC 9162 section 2.1.4.2)."""
    need(1 <= old < size)
    first, *rest = [old_root, *proof] if old & (old - 1) == 0 else proof
    index, last, before, now = old - 1, size - 1, first, first
    while index & 1:
        index, last = index >> 1, last >> 1
    for each in rest:
        need(last)
        if index & 1 or index == last:
            before, now = node(each, before), node(each, now)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            now = node(now, each)
        index, last = index >> 1, last >> 1
    need(not last)
    return before, now


# --- Notes, checkpoints, policy (C2SP); all of this raises ValueError ---------------------------


def b64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text)
    return raw


def number(text: str) -> int:
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text, re.ASCII))
    return int(text)


def text_of(raw: bytes) -> str:
    text = raw.decode()
    need(not re.search("[\x00-\x09\x0b-\x1f]", text))
    return text


def groups_of(pattern: str, text: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text)
    if not found:
        raise ValueError
    return found.groups()


def key_id(name: str, kind: int, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


def read_key(vkey: str, kind: int) -> tuple[str, bytes]:
    """Name and Ed25519 key of a vkey; `kind` is 1 for a log, 4 for a witness."""
    name, hint, packed = vkey.split("+", 2)
    raw = b64(packed)
    need(name and len(raw) == 33 and raw[0] == kind and key_id(name, kind, raw[1:]).hex() == hint)
    return name, raw[1:]


def read_policy(raw: bytes) -> Policy:
    """Read a policy in its one spelling: log, witnesses, groups, quorum; each used just once."""
    first, *lines, last, end = text_of(raw).split("\n")
    need(first[:4] == "log " and last[:7] == "quorum " and not end)
    policy, unused = Policy(*read_key(first[4:], 1), {}, {}, last[7:]), set[str]()
    for kind, name, *rest in (line.split(" ") for line in lines):
        need(name not in {"", "none", *unused, *policy.groups})
        if kind == "witness" and not policy.groups:
            (vkey,) = rest
            witness, key = read_key(vkey, 4)
            need(key not in {policy.key, *(known for known, _ in policy.witnesses.values())})
            policy.witnesses[witness, key_id(witness, 4, key)] = key, name
        else:
            least, *members = rest
            need(kind == "group" and set(members) <= unused)
            at_least = {"any": 1, "all": len(members)}.get(least) or number(least)
            need(1 <= at_least <= len(members) == len(set(members)))
            policy.groups[name] = at_least, members
            unused -= set(members)
        unused.add(name)
    need({policy.quorum} - {"none"} == unused)
    return policy


def read_checkpoint(raw: bytes, keys: Keys, where: str, policy: Policy | None = None) -> Checkpoint:
    """Verify a note, all of whose signers must be known: the log, and the policy's witnesses."""
    witnesses, signers = policy.witnesses if policy else {}, set[Signer]()
    with reading("checkpoint-malformed", where):
        text, _, block = text_of(raw).rpartition("\n\n")
        origin, size, root = text.split("\n")
        checkpoint = Checkpoint(origin, number(size), b64(root), set(), raw)
        need(origin and 1 <= checkpoint.size <= SIZE_MAX and len(checkpoint.root) == 32)
        *lines, end = block.split("\n")
        need(lines and not end)
        for dash, name, packed in (line.split(" ") for line in lines):
            value, message = b64(packed), f"{text}\n".encode()
            who, signature = (name, value[:4]), value[4:]
            need(dash == "\u2014" and who not in signers)
            signers.add(who)
            key, cosigner = (keys[who], "") if who in keys else witnesses.get(who, (b"", ""))
            need(key, "signature-invalid", where)
            if cosigner:
                need(len(signature) == 72, "signature-invalid", where)
                time_s, signature = int.from_bytes(signature[:8], "big"), signature[8:]
                message = f"cosignature/v1\ntime {time_s}\n".encode() + message
                checkpoint.cosigners.add(cosigner)
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
            except (InvalidSignature, ValueError):
                raise Failure("signature-invalid", where) from None
    need(signers & set(keys), "signature-invalid", where)
    return checkpoint


def read_kept(raw: bytes, keys: Keys, now: Sequence[Checkpoint]) -> tuple[Checkpoint, int]:
    """Read a checkpoint kept from last time, whose witnesses may have been others.

    Returns it with the index of the log that it is of.
    """
    with reading("checkpoint-malformed", "--since"):
        text, blank, block = text_of(raw).rpartition("\n\n")
    origin, origins = text.split("\n")[0], [log.origin for log in now]
    need(origin in origins, "slot-wrong", "a kept checkpoint is of another log")
    own = [f"{line}\n" for line in block.split("\n") if line.split(" ")[1:2] == [origin]]
    kept = read_checkpoint(f"{text}{blank}{''.join(own)}".encode(), keys, "--since")
    need(kept.size <= now[origins.index(origin)].size, "rollback", origin)
    return kept, origins.index(origin)


# --- Epochs ------------------------------------------------------------------------------------


def read_epochs(files: Files, root_size: int, origin: str) -> list[Anchor]:
    """Check the slot proofs, and that their records are the leaves of the root log they say."""
    anchors: list[Anchor] = []
    with reading("epochs-malformed"):
        *blocks, end = text_of(files.read("epochs", 64 * MIB)).split("\n\n")
        need(blocks and not end)
        for block in blocks:
            anchors.append(read_slot(files, root_size, origin, block))
            for before, now in itertools.pairwise(anchors[-2:]):
                where = f"epoch {now.epoch}"
                need(now.epoch > before.epoch, "epochs-malformed", where)
                need(now.time_us >= before.time_us, "epoch-time-falls", where)
                need(now.size >= before.size, "slot-shrinks", where)
    need(anchors[-1].epoch == root_size - 1, "epochs-malformed", "the last epoch is not there")
    return anchors


def read_slot(files: Files, root_size: int, origin: str, block: str) -> Anchor:
    """Check one slot proof: record in the root log, slot leaf in the record's slot tree."""
    lines = r"therapist-os/slot-proof@v1\nrecord (.*)\nslot (.*)((?:\n.+)*)"
    record, leaf, hashes = groups_of(lines, block)
    record, leaf, *proof = map(b64, [record, leaf, *hashes.split("\n")[1:]])
    magic, epoch, time_us, slots, slots_root, stamp = RECORD.unpack(record)
    where = f"epoch {epoch}"
    need(magic == b"therapist-os/r1\n" and time_us >= 0, "epochs-malformed", where)
    need(epoch < root_size, "epoch-not-in-root-log", where)
    index, at = divmod(epoch, WIDTH)
    name = tile_name("root/tile/0", index, min(WIDTH, root_size - index * WIDTH))
    held = files.read(name, 32 * WIDTH)[32 * at : 32 * at + 32]
    hashed = sha256(b"\0" + record).digest()
    need(held == hashed, "epoch-not-in-root-log", where)
    magic, slot, length = SLOT_HEAD.unpack_from(leaf)
    name, tail = leaf[SLOT_HEAD.size :][:length], leaf[SLOT_HEAD.size + length :]
    need(magic == b"therapist-os/s1\n" and len(tail) == 56, "epochs-malformed", where)
    size = int.from_bytes(tail[:8], "big")
    is_ours = name == origin.encode() and origin.endswith(f"/{slot}")
    need(is_ours and 1 <= size <= SIZE_MAX, "slot-wrong", where)
    with reading("slot-proof-invalid", where):
        need(root_by(proof, slot, slots, sha256(b"\0" + leaf).digest()) == slots_root)
    return Anchor(epoch, time_us, size, tail[8:40], stamp, hashed)


# --- Events ------------------------------------------------------------------------------------


class Stream:
    """Of a stream: the version and hash that its next event carries; its key, and how it is used.

    `seal` is key id and commitment; `key` is the disclosed key; `bodies` counts the sealed ones
    that are there; `sealed_at` is the position of the last sealed event.
    """

    __slots__ = ("bodies", "key", "previous", "seal", "sealed_at", "version")

    def __init__(self, version: int, previous: bytes) -> None:
        self.version, self.previous = version, previous
        self.seal, self.key, self.bodies, self.sealed_at = b"", b"", 0, -1

    def head(self) -> Head:
        return self.version, self.previous, self.seal, self.bodies, self.sealed_at


class Wanted(NamedTuple):
    """The range of days, disclosed keys, and the positions whose times are asked for."""

    days: Days | None
    keys: dict[bytes, bytes]
    times: set[int]


class Range:
    """The events of some tiles, checked in themselves; `join` checks that ranges go together."""

    def __init__(self, place: str, wanted: Wanted, some: list[tuple[int, int]]) -> None:
        self.files, self.wanted = Files(place), wanted
        self.head, self.begin_us, self.late_us, self.left_out = b"", 0, 0, 0
        self.kinds: dict[bytes, tuple[str, int]] = {}  # of each type and mode
        self.streams: dict[bytes, Stream] = {}
        self.firsts: dict[bytes, tuple[int, bytes]] = {}  # of streams that do not begin here
        self.owners: dict[bytes, bytes] = {}  # the stream of each key
        self.shredded: list[tuple[bytes, bytes, int]] = []  # key, stream, position
        self.opened: list[tuple[int, bytes]] = []  # position and leaf hash
        self.times: dict[int, int] = {}
        self.roots = b"".join(self.tile(*each) for each in some)  # of the full tiles
        self.heads: dict[bytes, Head] = {name: s.head() for name, s in self.streams.items()}

    def __getstate__(self) -> bytes:
        """Go to another process, faster than object by object."""
        return marshal.dumps({**vars(self), "files": None, "wanted": None, "streams": None})

    def __setstate__(self, raw: bytes) -> None:
        vars(self).update(marshal.loads(raw))

    def tile(self, index: int, width: int) -> bytes:
        """Check one tile's entries and bodies, and that they make it; returns a full one's root."""
        place = tile_name("practice/tile/entries", index, width)
        raw = self.files.read(place, width * (LEAF_MAX + 2))
        bodies = self.files.read(tile_name("bodies", index, width), width * (BODY_MAX + 4))
        with reading("entries-malformed", place):
            hashes = self.events(range(index * WIDTH, index * WIDTH + width), raw, bodies)
        name = tile_name("practice/tile/0", index, width)
        need(self.files.read(name, 32 * WIDTH) == hashes, "tile-differs", name)
        return levels(hashes)[8] if width == WIDTH else b""

    def events(self, positions: range, raw: bytes, bodies: bytes) -> bytes:
        """Check events (docs/format.md, Event leaf); returns their hashes. Time is spent here."""
        streams, kinds, (days, _, times) = self.streams, self.kinds, self.wanted
        hashes, at, body_at = list[bytes](), 0, 0
        for position in positions:
            length, head, name, version, previous, time_us, size = HEAD.unpack_from(raw, at)
            mode, end = at + 131 + size, at + 2 + length
            body_size, body_hash = TAIL.unpack_from(raw, end - 36)
            tag = raw[at + 130 : mode + 1]
            kind, fit = kinds.get(tag) or self.new_kind(tag, position)
            if head != self.head or time_us < self.late_us or length != fit:
                self.unlike(head, time_us, length == fit, position)
            self.late_us = time_us
            if position in times:
                self.times[position] = time_us
            stream = streams.get(name) or self.new_stream(name, version, previous)
            if version != stream.version or previous != stream.previous:
                code = "chain-broken" if version == stream.version else "version-skipped"
                raise Failure(code, f"position {position}")
            hashed = sha256(b"\0" + raw[at + 2 : end]).digest()
            hashes.append(hashed)
            stream.version, stream.previous = version + 1, hashed
            (stored,) = LENGTH.unpack_from(bodies, body_at)
            body = bodies[body_at + 4 : body_at + 4 + stored]
            if stored != body_size or days or sha256(body).digest() != body_hash:
                body = self.body(position, stored, body, (kind, body_size, body_hash))
            body_at += 4 if stored == LEFT_OUT else 4 + stored
            if kind == "sealed":
                seal, stream.sealed_at = raw[mode + 1 : mode + 49], position
                stream.bodies += body is not None
                if seal != stream.seal:
                    self.new_seal(name, stream, seal, position)
                if stream.key:
                    self.opened.append((position, hashed))
                    self.open(stream.key, raw[at + 2 : end], body, position)
            elif kind == "shredded":
                self.told(position, body or b"")
            at = end
        need(at == len(raw) and body_at == len(bodies))
        return b"".join(hashes)

    def new_kind(self, tag: bytes, position: int) -> tuple[str, int]:
        """Say of a type (after its length) and mode what it is, and how long its leaf must be."""
        good = 2 < len(tag) == tag[0] + 2 <= 129 and all(33 <= byte <= 126 for byte in tag[1:-1])
        need(good and tag[-1] < 2, "leaf-malformed", f"position {position}")
        kind = "sealed" if tag[-1] else "shredded" if tag[1:-1] == SHREDDED else "clear"
        self.kinds[tag] = kind, 128 + len(tag) + (60 if tag[-1] else 0) + 36
        return self.kinds[tag]

    def unlike(self, head: bytes, time_us: int, fits: bool, position: int) -> None:  # noqa: FBT001
        """Say what is wrong with a leaf, if it is not just the first one."""
        where = f"position {position}"
        need(head[:16] == MAGIC and fits, "leaf-malformed", where)
        need(self.head in (b"", head), "other-practice", where)
        need(time_us >= self.late_us, "time-falls", where)
        self.head, self.begin_us = head, time_us

    def new_stream(self, name: bytes, version: int, previous: bytes) -> Stream:
        if (version, previous) != FIRST:
            self.firsts[name] = version, previous
        self.streams[name] = Stream(version, previous)
        return self.streams[name]

    def body(
        self, position: int, stored: int, body: bytes, told: tuple[str, int, bytes]
    ) -> bytes | None:
        """Check a stored body that is not simply right; None if it is rightly left out."""
        kind, size, hashed = told
        day, days = self.late_us // DAY_US, self.wanted.days
        is_out = days and kind == "sealed" and not days[0] <= day <= days[1]
        if stored == LEFT_OUT:
            need(is_out, "body-missing", f"position {position}")
            self.left_out += 1
            return None
        is_right = stored == size and sha256(body).digest() == hashed
        need(is_right and not is_out, "body-differs", f"position {position}")
        return body

    def new_seal(self, name: bytes, stream: Stream, seal: bytes, position: int) -> None:
        """Take down the one key of a stream."""
        key, where = seal[:16], f"position {position}"
        need(not stream.seal, "key-changed", where)
        need(self.owners.setdefault(key, name) == name, "key-shared", where)
        stream.seal, stream.key = seal, self.wanted.keys.get(key, b"")
        if stream.key:
            commitment = hmac.digest(stream.key, COMMITMENT + key, "sha256")
            need(hmac.compare_digest(commitment, seal[16:]), "key-wrong", where)

    def open(self, key: bytes, leaf: bytes, body: bytes | None, position: int) -> None:
        try:
            if body is not None:
                AESGCM(key).decrypt(leaf[-48:-36], body, leaf[:-36])
        except InvalidTag:
            raise Failure("does-not-open", f"position {position}") from None

    def told(self, position: int, body: bytes) -> None:
        """Take down what an event tells of a destroyed key."""
        good = body[:19] == b"\x96\xaf" + SHREDDED + b"\xc4\x10" and body[35:37] == b"\xc4\x10"
        need(good and len(body) > 53, "shredding-malformed", f"position {position}")
        self.shredded.append((body[37:53], body[19:35], position))


def check_events(place: str, size: int, wanted: Wanted, jobs: int) -> list[Range]:
    """Check the events, on several cores where they are many."""
    every = tiles(size)
    step = len(every) if jobs < 2 or len(every) < 64 else -(-len(every) // jobs)
    parts = [every[at : at + step] for at in range(0, len(every), step)]
    if len(parts) == 1:
        return [Range(place, wanted, every)]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(partial(Range, place, wanted), parts))


def join(ranges: list[Range], keys: dict[bytes, bytes]) -> dict[str, Any]:
    """Check that ranges go together; returns what the report says of the events."""
    heads, owners = dict[bytes, Head](), dict[bytes, bytes]()
    for at, part in enumerate(ranges):
        before = ranges[at - 1] if at else part
        need(before.head == part.head, "other-practice")
        need(at == 0 or before.late_us <= part.begin_us, "time-falls")
        for name in part.firsts.keys() | (part.heads.keys() & heads.keys()):
            where, first = f"stream {name.hex()}", part.firsts.get(name, FIRST)
            version, previous, seal, bodies, sealed_at = heads.get(name, (*FIRST, b"", 0, -1))
            need(first[0] == version, "version-skipped", where)
            need(first[1] == previous, "chain-broken", where)
            version, previous, now_seal, now_bodies, now_at = part.heads[name]
            need(seal == now_seal or b"" in (seal, now_seal), "key-changed", where)
            seal, bodies, sealed_at = seal or now_seal, bodies + now_bodies, max(sealed_at, now_at)
            part.heads[name] = version, previous, seal, bodies, sealed_at
        for key in part.owners.keys() & owners.keys():
            need(part.owners[key] == owners[key], "key-shared", f"key {key.hex()}")
        heads |= part.heads
        owners |= part.owners
    gone = {key: (name, at) for part in ranges[::-1] for key, name, at in part.shredded[::-1]}
    for key, (name, at) in gone.items():  # the first time that each was told
        need(owners.get(key) == name, "shredding-malformed", f"key {key.hex()}")
        need(key not in keys and heads[name][4] < at, "key-returned", f"key {key.hex()}")
    need(keys.keys() <= owners.keys(), "key-wrong", "a disclosed key that no event has")
    readable, shredded = (sum(heads[owners[key]][3] for key in some) for some in (keys, gone))
    sealed = sum(head[3] for head in heads.values()) - readable - shredded
    return {
        "readable": readable,
        "sealed": sealed,
        "shredded": shredded,
        "left_out": sum(each.left_out for each in ranges),
        "streams": len(heads),
        "practice": ranges[0].head[16:].hex(),
        "first_us": ranges[0].begin_us,
        "last_us": ranges[-1].late_us,
    }


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
        is_ours = checkpoint.origin in {name for name, _ in log}
        need(is_ours and where == f"timestamps/{checkpoint.size}", "timestamp-unbound", where)
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


def verify(
    place: str, since: Sequence[bytes] = (), kept: bytes | None = None, jobs: int = 1
) -> dict[str, Any]:
    """Verify a bundle; returns what was found. Raises Failure at the first thing that is wrong."""
    files = Files(place)
    # 1. The checkpoints, signed; the practice log's is believed as far as an epoch says the same.
    root, practice, log, own = read_signed(files, kept)
    past = [read_kept(raw, log | own, (root, practice)) for raw in since]
    # 2. The epochs, leaves of the root log, each with the one slot that this log has in it.
    anchors = read_epochs(files, root.size, practice.origin)
    need(anchors[-1][2:4] == practice[1:3], "practice-root-differs", "the last epoch")
    stamps = check_timestamps(files, anchors, log)
    root_at = check_tree(files, "root", root.size)
    need(root_at(root.size) == root.root, "root-mismatch")
    need(all(root_at(at) == told for at, (told, _) in stamps.items()), "timestamp-unbound")
    # 3. Every event: its place, chain, time, body and key; and the roots that each epoch held.
    disclosed = dict(read_secret(files, n) for n in files.sizes if n.startswith("disclosed/"))
    times = {a.size for a in anchors} | {a.size - 1 for a in anchors}
    ranges = check_events(place, practice.size, Wanted(read_range(files), disclosed, times), jobs)
    report = join(ranges, disclosed)
    log_at = check_tree(files, "practice", practice.size, b"".join(r.roots for r in ranges))
    need(log_at(practice.size) == practice.root, "practice-root-differs")
    need(all(log_at(a.size) == a.root for a in anchors), "anchor-root-differs")
    for old, which in past:
        need((root_at, log_at)[which](old.size) == old.root, "fork", old.origin)
    check_times({at: us for r in ranges for at, us in r.times.items()}, anchors, practice.size)
    # 4. The single proofs; and exactly the files that follow from all this.
    opened = [each for part in ranges for each in part.opened]
    check_requests(files, root, {at: told for at, (told, _) in stamps.items()})
    check_proof(files, "epoch", root.size - 1, anchors[-1].leaf_hash, root)
    for at, hashed in opened:
        check_proof(files, str(at), at, hashed, practice)
    check_names(files, (root.size, practice.size), [str(at) for at, _ in opened], list(stamps))
    return report | {
        "policy_compared": kept is not None,
        "extends": sorted({old.origin for old, _ in past}),
        "timestamps": [time for _, time in stamps.values()],
        "log_key": files.read("policy").decode().split("\n")[0][4:],
        **told_of_logs(root, practice, anchors),
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
        "witnesses": sorted(root.cosigners),
    }


def read_signed(files: Files, kept: bytes | None) -> tuple[Checkpoint, Checkpoint, Keys, Keys]:
    """Read the checkpoints of the root log and of the practice's, and return them with their keys.

    Both logs have the one key of the policy, each in its own name.
    """
    need(kept in (None, files.read("policy")), "policy-differs")
    with reading("policy-malformed"):
        policy = read_policy(files.read("policy"))
    log = {(policy.log, key_id(policy.log, 1, policy.key)): policy.key}
    root = read_checkpoint(files.read("root/checkpoint"), log, "root/checkpoint", policy)
    need(root.origin == policy.log, "checkpoint-malformed", "root/checkpoint")
    need(policy.is_met(root.cosigners, policy.quorum), "quorum-not-met")
    note = files.read("practice/checkpoint")
    name = note.split(b"\n", 1)[0].decode("utf-8", "replace")
    own = {(name, key_id(name, 1, policy.key)): policy.key}
    practice = read_checkpoint(note, own, "practice/checkpoint")
    is_ours = re.fullmatch(re.escape(policy.log) + "/p/(0|[1-9][0-9]{0,18})", name, re.ASCII)
    need(is_ours, "slot-wrong", "practice/checkpoint")
    return root, practice, log, own


def check_times(times: dict[int, int], anchors: list[Anchor], size: int) -> None:
    """An event is not later than the epoch that holds it, nor much earlier than one that lacks it.

    Times never fall within the log, so the events beside each epoch's end speak for the others.
    """
    for a in anchors:
        need(times[a.size - 1] <= a.time_us, "postdated", f"position {a.size - 1}, epoch {a.epoch}")
        is_late = a.size == size or times[a.size] >= a.time_us - LATE_US
        need(is_late, "backdated", f"position {a.size}, epoch {a.epoch}")


def check_names(files: Files, sizes: tuple[int, int], proofs: list[str], stamps: list[int]) -> None:
    """Check that no file is missing, and none is there that does not belong."""
    expected = {"policy", "root/checkpoint", "practice/checkpoint", "epochs", *FREE}
    for log, size in zip(("root", "practice"), sizes, strict=True):
        every = [(f"{log}/tile/{level}", tile) for level in range(8) for tile in tiles(size, level)]
        expected |= {tile_name(top, *tile) for top, tile in every}
    for top in ("practice/tile/entries", "bodies"):
        expected |= {tile_name(top, *tile) for tile in tiles(sizes[1])}
    expected |= {f"proofs/{name}.tlog-proof" for name in ["epoch", *proofs]}
    of_stamp = ("checkpoint", "token.tsr", "chain.pem")
    expected |= {f"timestamps/{size}/{name}" for size in stamps for name in of_stamp}
    expected |= {f"consistency/{size}" for size in (0, *stamps)}
    for name in sorted(expected - files.sizes.keys()):
        raise Failure("file-missing", name)
    for name in sorted(files.sizes.keys() - expected):  # range and keys were read before
        need(name == "range" or name.startswith("disclosed/"), "file-unexpected", name)


def check_proof(files: Files, name: str, index: int, leaf: bytes, under: Checkpoint) -> None:
    """Check a file in C2SP tlog-proof: this leaf, under this checkpoint's note."""
    where = f"proofs/{name}.tlog-proof"
    proof = read_proof(files, where, r"c2sp[.]org/tlog-proof@v1\nindex ", index, under.note)
    with reading("proof-invalid", where):
        need(root_by(proof, index, under.size, leaf) == under.root)


def check_requests(files: Files, root: Checkpoint, past: dict[int, bytes]) -> None:
    """Check what a witness may be sent (C2SP tlog-witness), from each size and its root on."""
    for size, old_root in {0: b"", **past}.items():
        where = f"consistency/{size}"
        proof = read_proof(files, where, "old ", size, root.note)
        with reading("proof-invalid", where):
            made = (
                roots_by(proof, size, old_root, root.size) if size else (b"".join(proof), root.root)
            )
            need(made == (old_root, root.root))


def read_proof(files: Files, where: str, start: str, told: int, note: bytes) -> list[bytes]:
    """Read the hashes of a proof that tells this number, and is followed by this note."""
    head, _, follows = files.read(where).partition(b"\n\n")
    with reading("proof-malformed", where):
        at, hashes = groups_of(f"{start}(.*)((?:\n.+)*)", text_of(head))
        need(number(at) == told and follows == note, "proof-invalid", where)
        return [b64(line) for line in hashes.split("\n")[1:]]


def read_range(files: Files) -> Days | None:
    """Read the range of days, in days since 1970, if there is one."""
    if "range" not in files.sizes:
        return None
    with reading("range-malformed"):
        days = groups_of("from ([0-9-]{10})\nto ([0-9-]{10})\n", text_of(files.read("range")))
        first, last = (dt.date.fromisoformat(day).toordinal() - 719_163 for day in days)
        need(first <= last)
    return first, last


def read_secret(files: Files, name: str) -> tuple[bytes, bytes]:
    """Read a disclosed key; returns its id and its secret."""
    need(re.fullmatch("disclosed/[0-9a-f]{32}[.]key", name), "file-unexpected", name)
    with reading("key-wrong", name):
        (secret,) = groups_of("([0-9a-f]{64})\n", text_of(files.read(name, 65)))
    return bytes.fromhex(name[10:42]), bytes.fromhex(secret)


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
