// The proofs of a bundle: epochs, proof files, timestamped checkpoints.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// checkEpochs holds each slot proof to the root log, and the last to practice/checkpoint.
func checkEpochs(files bundle, hashes tlog.HashReader, size int64, origin string, practice tlog.Tree) error {
	blocks := strings.Split(string(files["epochs"]), "\n\n")
	if len(blocks) < 2 || blocks[len(blocks)-1] != "" {
		return errors.New("epochs: cut off")
	}
	var epoch int64
	var leaf []byte
	for _, block := range blocks[:len(blocks)-1] {
		record, slotLeaf, proof, err := slotProof(block)
		if err != nil {
			return err
		}
		epoch, leaf = int64(binary.BigEndian.Uint64(record[16:])), slotLeaf
		stored, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, epoch)})
		if err != nil || stored[0] != tlog.RecordHash(record) {
			return fmt.Errorf("epoch %d is not in the root log: %v", epoch, err)
		}
		if slotLeaf == nil {
			if binary.BigEndian.Uint64(record[32:]) > slotNumber(origin) {
				return fmt.Errorf("epoch %d: there is a slot, and it is not shown", epoch)
			}
			continue
		}
		var slots tlog.Hash
		copy(slots[:], record[rootAt:])
		count := int64(binary.BigEndian.Uint64(record[32:]))
		slot := int64(binary.BigEndian.Uint64(leaf[16:]))
		if err := tlog.CheckRecord(proof, count, slots, slot, tlog.RecordHash(leaf)); err != nil {
			return fmt.Errorf("epoch %d: slot: %w", epoch, err)
		}
		if slotOrigin(leaf) != origin {
			return fmt.Errorf("epoch %d: the slot is another log's", epoch)
		}
	}
	if leaf == nil {
		return errors.New("epochs: the last one shows no slot")
	}
	tail := leaf[25+len(origin):]
	sealedSize, sealedRoot := binary.BigEndian.Uint64(tail), tail[8:40]
	if epoch != size-1 || int64(sealedSize) != practice.N || !bytes.Equal(sealedRoot, practice.Hash[:]) {
		return errors.New("practice/checkpoint is not what the last epoch sealed")
	}
	return nil
}

// slotOrigin returns the origin in a slot leaf, or nothing where the leaf is not as long as it says.
func slotOrigin(leaf []byte) string {
	if end := 25 + int(leaf[24]); len(leaf) == end+8+32+16 {
		return string(leaf[25:end])
	}
	return ""
}

// slotNumber returns the number at the end of an origin: slots are given in order.
func slotNumber(origin string) uint64 {
	var number uint64
	fmt.Sscan(origin[strings.LastIndex(origin, "/")+1:], &number)
	return number
}

// slotProof reads a block; without a slot leaf it says that the log was not there yet.
func slotProof(block string) (record, leaf []byte, proof tlog.RecordProof, err error) {
	lines := strings.Split(block, "\n")
	malformed := errors.New("epochs: malformed")
	if len(lines) < 2 || lines[0] != "therapist-os/slot-proof@v1" {
		return nil, nil, nil, malformed
	}
	strict := base64.StdEncoding.Strict()
	record, err = strict.DecodeString(strings.TrimPrefix(lines[1], "record "))
	if err != nil || len(record) != recordLen || !bytes.HasPrefix(record, []byte("therapist-os/r1\n")) {
		return nil, nil, nil, malformed
	}
	if len(lines) == 2 {
		return record, nil, nil, nil
	}
	leaf, err = strict.DecodeString(strings.TrimPrefix(lines[2], "slot "))
	if err != nil || len(leaf) < 25 || !bytes.HasPrefix(leaf, []byte("therapist-os/s1\n")) {
		return nil, nil, nil, malformed
	}
	proof, err = hashLines(lines[3:])
	return record, leaf, proof, err
}

func hashLines(lines []string) (proof tlog.RecordProof, err error) {
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil || hash.String() != line {
			return nil, errors.New("malformed hash")
		}
		proof = append(proof, hash)
	}
	return proof, nil
}

// checkProofs verifies each C2SP proof file by itself, and that its leaf is the bundle's.
func checkProofs(files bundle, vkey, own string) error {
	for path, raw := range files {
		name, isProof := cutPrefix(path, "proofs/")
		if !isProof {
			continue
		}
		head, signed, found := strings.Cut(string(raw), "\n\n")
		lines := strings.Split(head, "\n")
		if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
			return fmt.Errorf("%s: malformed", path)
		}
		var index int64
		if _, err := fmt.Sscan(strings.TrimPrefix(lines[1], "index "), &index); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		proof, err := hashLines(lines[2:])
		if err != nil || lines[1] != fmt.Sprintf("index %d", index) {
			return fmt.Errorf("%s: malformed", path)
		}
		key, leaf := own, []byte(nil)
		if name == "epoch.tlog-proof" {
			key, leaf = vkey, lastRecord(files)
		} else if leaf, err = entryAt(files, index); err != nil || name != fmt.Sprintf("%d.tlog-proof", index) {
			return fmt.Errorf("%s: of no entry: %v", path, err)
		}
		tree, err := openTree([]byte(signed), key)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

func lastRecord(files bundle) []byte {
	blocks := strings.Split(string(files["epochs"]), "\n\n")
	record, _, _, _ := slotProof(blocks[len(blocks)-2])
	return record
}

// entryAt finds an entry by its position.
func entryAt(files bundle, index int64) (entry []byte, err error) {
	full := strings.TrimPrefix(tlog.Tile{H: 8, L: 0, N: index / 256, W: 256}.Path(), "tile/8/0/")
	raw, there := files["practice/tile/entries/"+full]
	for path, content := range files {
		if !there && strings.HasPrefix(path, "practice/tile/entries/"+full+".p/") {
			raw = content
		}
	}
	for at := int64(0); at <= index%256; at++ {
		if entry, raw, _, err = next(raw, 2); err != nil {
			return nil, err
		}
	}
	return entry, nil
}

// checkConsistency verifies what a witness takes: from an empty log, and from each timestamped one.
func checkConsistency(files bundle, root tlog.Tree, hashes tlog.HashReader) error {
	for path, raw := range files {
		name, isRequest := cutPrefix(path, "consistency/")
		if !isRequest {
			continue
		}
		head, signed, found := strings.Cut(string(raw), "\n\n")
		lines := strings.Split(head, "\n")
		var old int64
		if _, err := fmt.Sscan(name, &old); err != nil || !found || lines[0] != "old "+name || name != fmt.Sprint(old) {
			return fmt.Errorf("%s: malformed", path)
		}
		if signed != string(files["root/checkpoint"]) {
			return fmt.Errorf("%s: not of root/checkpoint", path)
		}
		if old == 0 { // from nothing on there is nothing to prove
			if len(lines) != 1 {
				return fmt.Errorf("%s: a proof of nothing", path)
			}
			continue
		}
		proof, err := hashLines(lines[1:])
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		before, err := tlog.TreeHash(old, hashes)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := tlog.CheckTree(tlog.TreeProof(proof), root.N, root.Hash, old, before); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// checkTimestamped verifies that what was timestamped is the root log's past.
func checkTimestamped(files bundle, vkey string, root tlog.Tree, hashes tlog.HashReader) error {
	for path, raw := range files {
		if !strings.HasPrefix(path, "timestamps/") || !strings.HasSuffix(path, "/checkpoint") {
			continue
		}
		then, err := openTree(raw, vkey)
		if err == nil {
			err = extends(then, root, hashes)
		}
		if err != nil || path != fmt.Sprintf("timestamps/%d/checkpoint", then.N) {
			return fmt.Errorf("%s: %v", path, err)
		}
	}
	return nil
}
