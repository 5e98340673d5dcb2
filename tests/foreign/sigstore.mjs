// Checks every proof file of an audit bundle with npm's @sigstore/verify and nothing of ours.
//
//   node sigstore.mjs BUNDLE [POLICY]
//
// Each checkpoint's signature under the policy's key, and the inclusion of each leaf. What the
// leaves mean is verify.py's to say. Written against docs/format.md only.
import { createHash, createPublicKey } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { verifyCheckpoint } from "@sigstore/verify/dist/tlog/checkpoint.js";
import { verifyMerkleInclusion } from "@sigstore/verify/dist/tlog/merkle.js";

const SPKI_OF_ED25519 = Buffer.from("302a300506032b6570032100", "hex");
const [bundle, kept] = process.argv.slice(2);
const read = (...path) => readFileSync(join(bundle, ...path));
const need = (holds, what) => {
  if (!holds) throw new Error(what);
};

// The log's key under a name: a C2SP key id hashes the name too, so each log has its own.
function keyUnder(name, vkey) {
  const key = Buffer.from(vkey.split("+").slice(2).join("+"), "base64");
  need(key.length === 33 && key[0] === 1, "the policy's key is not Ed25519");
  const logID = createHash("sha256").update(`${name}\n`).update(key).digest();
  const der = Buffer.concat([SPKI_OF_ED25519, key.subarray(1)]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  return { name, logID, publicKey, baseURL: name };
}

function entryAt(index) {
  const groups = String(Math.floor(index / 256)).padStart(3, "0");
  const digits = groups.padStart(Math.ceil(groups.length / 3) * 3, "0").match(/.{3}/g);
  const full = digits.map((three, at) => (at < digits.length - 1 ? "x" : "") + three).join("/");
  const place = join("practice", "tile", "entries", full);
  const raw = existsSync(join(bundle, place))
    ? read(place)
    : read(`${place}.p`, readdirSync(join(bundle, `${place}.p`))[0]);
  let at = 0;
  for (let before = index % 256; before > 0; before -= 1) at += 2 + raw.readUInt16BE(at);
  return raw.subarray(at + 2, at + 2 + raw.readUInt16BE(at));
}

function lastRecord() {
  const block = read("epochs").toString().split("\n\n").at(-2);
  return Buffer.from(block.match(/^record (\S+)$/m)[1], "base64");
}

function check(file, log, practice) {
  const text = read("proofs", file).toString();
  const end = text.indexOf("\n\n");
  const [first, index, ...hashes] = text.slice(0, end).split("\n");
  need(end > 0 && first === "c2sp.org/tlog-proof@v1", "not a proof file");
  const logIndex = Number(index.slice("index ".length));
  const isEpoch = file === "epoch.tlog-proof";
  need(isEpoch || file === `${logIndex}.tlog-proof`, "named for another event");
  const inclusionProof = {
    logIndex: String(logIndex),
    hashes: hashes.map((line) => Buffer.from(line, "base64")),
    checkpoint: { envelope: text.slice(end + 2) },
  };
  const key = isEpoch ? log : practice;
  const checkpoint = verifyCheckpoint({ inclusionProof }, [key]);
  need(checkpoint.origin === key.name, "a checkpoint of another log");
  const canonicalizedBody = isEpoch ? lastRecord() : entryAt(logIndex);
  verifyMerkleInclusion({ inclusionProof, canonicalizedBody }, checkpoint);
}

const policy = readFileSync(kept ?? join(bundle, "policy")).toString();
const vkey = policy.match(/^log (\S+)$/m)[1];
const log = keyUnder(vkey.split("+")[0], vkey);
const origin = read("practice", "checkpoint").toString().split("\n")[0];
need(origin.startsWith(`${log.name}/p/`), "practice/checkpoint is of another log");
const files = readdirSync(join(bundle, "proofs"));
for (const file of files) {
  try {
    check(file, log, keyUnder(origin, vkey));
  } catch (error) {
    console.error(`not valid: proofs/${file}: ${error.message}`);
    process.exit(1);
  }
}
console.log(`valid: ${files.length} proofs`);
